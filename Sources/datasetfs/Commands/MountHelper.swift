internal import ArgumentParser

/// What `/sbin/mount.datasetfs` runs: `mount -t datasetfs SOURCE DIR -o …` in the words of mount(8).
struct MountHelper: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mount-helper",
        abstract: "Mount as mount(8) asks for it: SOURCE DIR [-sfnv] [-o options].",
        shouldDisplay: false
    )

    @Argument(parsing: .captureForPassthrough)
    var words: [String] = []

    func run() throws {
        let arguments = try MountHelperArguments.translated(words)
        // Nothing to do for `mount -f` (fake).
        guard let arguments else { return }
        try Background.runAgain(arguments)
    }
}

/// The way from mount(8)'s words to ours, a pure value.
enum MountHelperArguments {
    /// Options that speak to mount(8), systemd or nobody.
    private static let ignored: Set<String> = [
        "_netdev", "nofail", "noauto", "auto", "user", "nouser", "users", "defaults", "rw", "atime", "noatime",
        "relatime", "async", "dev", "suid", "exec", "loud", "silent",
    ]

    /// What the kernel shall know.
    private static let kernel: Set<String> = ["ro", "nosuid", "nodev", "noexec"]

    private static let flags: Set<String> = ["allow-other", "nonempty", "list-all-xattrs", "include-shared"]

    /// Our arguments for mount(8)'s, nil when nothing is to be done (`-f`).
    static func translated(_ words: [String]) throws -> [String]? {
        var positions: [String] = []
        var options: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            switch word {
            case "-o": options.append(rest.popFirst() ?? "")
            case "-f": return nil
            case "-s", "-n", "-v", "-w": break
            case "-r": options.append("ro")
            case "-t": _ = rest.popFirst()
            case _ where word.hasPrefix("-o"): options.append(String(word.dropFirst(2)))
            case _ where word.hasPrefix("-"):
                throw ValidationError(
                    "mount.datasetfs does not know \(word); it takes SOURCE DIR [-sfnv] [-o options]."
                )
            default: positions.append(word)
            }
        }
        guard positions.count == 2 else {
            throw ValidationError("mount.datasetfs takes SOURCE DIR [-sfnv] [-o options].")
        }
        return ["mount"] + positions + (try expand(options))
    }

    /// The same command with each `-o` turned into the flags it stands for.
    static func expanded(_ arguments: [String]) throws -> [String] {
        var result: [String] = []
        var rest = arguments.dropFirst()
        while let word = rest.popFirst() {
            if word == "-o" {
                result += try expand([rest.popFirst() ?? ""])
            } else if word.hasPrefix("-o"), !word.hasPrefix("--") {
                result += try expand([String(word.dropFirst(2))])
            } else {
                result.append(word)
            }
        }
        return result
    }

    /// `attr_ttl=60,allow_other` as `--attr-ttl 60 --allow-other`; commas inside double quotes stay.
    private static func expand(_ lists: [String]) throws -> [String] {
        try lists.flatMap(split).flatMap { option throws -> [String] in
            let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = (parts.first ?? "").replacing("_", with: "-")
            // `user=NAME` is mount(8)'s own word for who mounted; the store's user id comes from config.yaml or --user.
            let isForOthers = ["x-", "comment=", "user="].contains { option.hasPrefix($0) }
            if ignored.contains(option) || isForOthers || option.isEmpty { return [] }
            if kernel.contains(option) { return ["--kernel-option", option] }
            if parts.count == 2 { return ["--" + name, parts[1]] }
            guard flags.contains(name) else {
                throw ValidationError("unknown mount option “\(option)”; see datasetfs mount --help.")
            }
            return ["--" + name]
        }
    }

    private static func split(_ list: String) -> [String] {
        var result = [""]
        var isQuoted = false
        for character in list {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: result.append("")
            default: result[result.count - 1].append(character)
            }
        }
        return result
    }
}
