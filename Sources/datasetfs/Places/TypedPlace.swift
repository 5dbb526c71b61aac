internal import DatasetFUSE
internal import DatasetStores

/// Something in a store as a person typed it: `STORE` or `STORE` and a path, or a path on a mount.
///
/// | typed | store | path |
/// |---|---|---|
/// | `edison:lab/run7/a.csv` | `edison:` | `lab`, `run7`, `a.csv` |
/// | `edison:66cee0ed-…` | `edison:` | the dataset's or entry's id |
/// | `edison+http://127.0.0.1:8080#lab/a.csv` | `edison+http://127.0.0.1:8080` | `lab`, `a.csv` |
/// | `NAME:run7/a.csv` | `NAME:` of the configuration | `run7`, `a.csv` |
/// | `file:DIR` | `file:DIR` | none: the store is the directory |
/// | `file:DIR/new.txt` | `file:DIR` | `new.txt`, when DIR is a directory and `new.txt` is none |
/// | `~/data/lab/a.csv` | of the mount on `~/data` | by the id that the mount tells, else `lab`, `a.csv` |
struct TypedPlace {
    /// As it was typed, for messages and to remember it by.
    let typed: String
    /// As `datasetfs mount` takes it.
    let store: String
    let path: [String]
    /// It ended in a slash: it is to be a directory.
    let isMarkedDirectory: Bool
    /// Absolute, where it is on a mount.
    let mounted: String?

    init(_ typed: String, _ configuration: Configuration) throws(Failure) {
        self.typed = typed
        let colon = typed.utf8.firstIndex(of: UInt8(ascii: ":"))
        let scheme = colon.map { String(typed[..<$0]) } ?? ""
        let rest = colon.map { String(typed[typed.utf8.index(after: $0)...]) } ?? typed
        isMarkedDirectory = typed.hasSuffix("/")
        switch scheme {
        case "edison":
            (store, path, mounted) = ("edison:", Self.parts(rest), nil)
        case "edison+http", "edison+https":
            let halves = typed.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            (store, path, mounted) = (String(halves[0]), Self.parts(halves.count > 1 ? String(halves[1]) : ""), nil)
        case "file":
            let (directory, name) = Self.directory(rest)
            (store, path, mounted) = ("file:" + directory, name.map { [$0] } ?? [], nil)
        case "memory":
            throw Failure(
                .wrongUsage,
                "a “memory:” store ends with its process: nothing can be put there or found there."
            )
        case _ where configuration.stores[scheme] != nil:
            (store, path, mounted) = (scheme + ":", Self.parts(rest), nil)
        default:
            guard let mount = Mounts.find(typed) else { throw Self.unknown(typed, configuration) }
            let place = try MountedPath(typed)
            (store, path, mounted) = (mount.source, Self.parts(place.inside), place.path)
        }
    }

    /// A directory that is there is the store; what is not there, or a file, is looked for in the directory above.
    private static func directory(_ rest: String) -> (String, String?) {
        guard !rest.isEmpty, !rest.hasPrefix("//") else { return (rest, nil) }
        let absolute = Paths.absolute(rest, from: Paths.workingDirectory)
        guard !LocalStatus.isDirectory(absolute), absolute != "/" else { return (rest, nil) }
        return (Paths.absolute("..", from: absolute), absolute.split(separator: "/").last.map(String.init))
    }

    private static func parts(_ text: String) -> [String] {
        text.split(separator: "/").filter { $0 != "." }.map(String.init)
    }

    private static func unknown(_ typed: String, _ configuration: Configuration) -> Failure {
        let names = configuration.stores.keys.sorted().map { ", \($0):PATH" }.joined()
        return Failure(
            .wrongUsage,
            "“\(typed)” is neither a place in a store nor a path on a mount. Write edison:DATASET/PATH, edison+http://HOST:PORT#DATASET/PATH, file:DIR\(names), or a path below a mount point."
        )
    }
}
