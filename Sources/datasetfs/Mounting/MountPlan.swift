internal import DatasetModel
internal import DatasetStores
internal import DatasetSync
internal import DatasetVFS
internal import Glibc

/// Everything a mount needs to know, resolved from flags, environment and configuration, in this order.
struct MountPlan {
    let address: StoreAddress
    let store: StoreSettings
    /// Absolute.
    let mountPoint: String
    let command: Mount
    let paths: Paths
    let cacheBase: String
    let stateBase: String

    init(_ command: Mount, environment: [String: String]) throws(Failure) {
        self.command = command
        paths = Paths(environment: environment)
        let configuration = try Configuration.load(explicit: command.storeOptions.config, paths: paths)
        store = try StoreSettings(
            typed: command.store,
            options: command.storeOptions,
            configuration: configuration,
            environment: environment
        )
        address = store.address
        mountPoint = Paths.absolute(command.directory, from: Paths.workingDirectory)
        cacheBase = command.cacheDir.map { Paths.absolute($0, from: Paths.workingDirectory) } ?? paths.cache
        stateBase = command.stateDir.map { Paths.absolute($0, from: Paths.workingDirectory) } ?? paths.state
    }

    /// Nothing is written through this mount.
    var isReadOnly: Bool { command.kernelOption.contains("ro") }

    /// This machine's name as far as a file name can hold it.
    var host: String {
        var buffer = [CChar](repeating: 0, count: 256)
        let isKnown = unsafe gethostname(&buffer, buffer.count - 1) == 0
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let short = name.prefix { $0 != "." }.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        return isKnown && !short.isEmpty ? String(short.prefix(32)) : "host"
    }

    /// What `mount` and `df` show as the source.
    var source: String { command.store }

    var umask: UInt32 { UInt32(command.umask, radix: 8) ?? 0o022 }

    func logFile() throws(Failure) -> String {
        if let file = command.log.logFile { return Paths.absolute(file, from: Paths.workingDirectory) }
        try Paths.make(paths.state)
        return paths.state + "/mount.log"
    }

    /// What `.datasetfs/config` shows; nothing secret is in it.
    var shown: [String: String] {
        [
            "store": source,
            "address": address.description,
            "mount_point": mountPoint,
            "attr_ttl_seconds": "\(command.attrTtl)",
            "cache_directory": cacheBase,
            "state_directory": stateBase,
            "archives": command.archives.rawValue,
            "durability": command.durability.rawValue,
            "ignore": command.ignore.joined(separator: ","),
            "cache_size_bytes": "\(command.cacheSize.bytes)",
            "cache_free_space_bytes": "\(command.cacheFreeSpace.bytes)",
            "connections": "\(command.storeOptions.connections)",
            "drain_timeout_seconds": "\(command.drainTimeout)",
            "deadline_seconds": "\(command.storeOptions.deadline)",
            "api_key": store.keySource,
            "datasets": store.datasets.joined(separator: ","),
            "entries": store.entries.joined(separator: ","),
            "include_shared": "\(store.includesShared)",
            "umask": command.umask,
        ]
    }
}
