internal import DatasetCache
internal import DatasetManifest
internal import DatasetModel

/// The control directory of one directory of the tree; the root's tells of the whole mount besides.
struct DirectoryControl: ControlDirectory {
    let system: VirtualFileSystem
    let directory: UInt64

    private var isRoot: Bool { directory == Inode.root.rawValue }

    func child(named name: String, _ context: CallContext) throws(VFSError) -> ControlNode? {
        if isRoot, let file = MountControl(rawValue: name) {
            return .file(MountControlFile(system: system, file: file))
        }
        if let view = ManifestView(rawValue: name) {
            return .file(ViewControl(system: system, directory: directory, view: view))
        }
        if let manifest = ManifestControl(name, system: system, directory: directory) { return .file(manifest) }
        let powers = system.store.powers
        switch name {
        case "by-id" where isRoot && powers.identifiers != nil: return .directory(IdentifierControl(system: system))
        case "search" where isRoot && powers.search != nil: return .directory(SearchControl(system: system))
        case "raw": return .directory(RawControl(system: system, directory: directory))
        case "versions" where powers.versions != nil:
            return .directory(VersionsControl(system: system, directory: directory))
        default: return nil
        }
    }

    func names(_ context: CallContext) throws(VFSError) -> [(name: String, kind: FileKind)] {
        let powers = system.store.powers
        var names: [(name: String, kind: FileKind)] = [("raw", .directory), ("manifest.json", .regular)]
        names += ManifestView.allCases.map { ($0.fileName, .regular) }
        if powers.versions != nil { names.append(("versions", .directory)) }
        if isRoot {
            names += MountControl.allCases.map { ($0.rawValue, .regular) }
            if powers.identifiers != nil { names.append(("by-id", .directory)) }
            if powers.search != nil { names.append(("search", .directory)) }
        }
        return names.sorted { $0.name < $1.name }
    }
}

/// Files about the whole mount.
enum MountControl: String, CaseIterable, Sendable {
    case status, errors, config, queue, metrics
}

struct MountControlFile: ControlFile {
    let system: VirtualFileSystem
    let file: MountControl

    func content(_ context: CallContext) throws(VFSError) -> [UInt8] { system.content(of: file) }
}
