internal import DatasetCache
internal import DatasetManifest
internal import DatasetModel
internal import DatasetSync
internal import Glibc

/// `manifest.json` and `manifest.yaml`: descriptions of a directory and all below it, to be read and to be written.
///
/// What is written is applied to what exists, and remembered for what is made later.
struct ManifestControl: ControlFile {
    let system: VirtualFileSystem
    let directory: UInt64
    let format: ManifestFormat

    init?(_ name: String, system: VirtualFileSystem, directory: UInt64) {
        guard name == "manifest.json" || name == "manifest.yaml" || name == "manifest.yml",
            let format = ManifestFormat(fileName: name)
        else { return nil }
        self.system = system
        self.directory = directory
        self.format = format
    }

    var isWritable: Bool { system.writing != nil }

    /// What the store says, and where it says nothing what is remembered.
    func content(_ context: CallContext) throws(VFSError) -> [UInt8] {
        let key = ViewMemory.Key(directory: directory, name: "manifest \(format)")
        return try system.views.bytes(key, at: system.time.now()) { () throws(VFSError) in
            let facts = try system.directoryFacts(directory, context)
            return system.remembered(for: directory).overlaid(by: Manifest(describing: facts)).rendered(as: format)
        }
    }

    func accept(_ bytes: [UInt8], _ context: CallContext) throws(VFSError) {
        let fact = try system.catalog.fact(directory)
        guard CollectionAddress(fact.location) == nil else {
            throw VFSError(CollectionStore.unchangeable("what is said of what lies in a collection"))
        }
        let isRoot = directory == Inode.root.rawValue
        let manifest: Manifest
        do throws(ManifestError) {
            manifest = try Manifest(parsing: bytes, as: format, directoryName: isRoot ? nil : fact.name)
        } catch {
            throw Self.refusal("\(error)")
        }
        let present = Manifest(describing: try system.directoryFacts(directory, context))
        let statements = manifest.statements(differingFrom: present)
        var found: [(inode: UInt64, statement: ManifestStatement)] = []
        for statement in statements {
            guard let target = try find(statement.path, context) else { continue }
            if statement.isDirectory, target.kind != .directory {
                throw Self.refusal("\(statement.path.joined(separator: "/")): it is no directory")
            }
            found.append((target.inode, statement))
        }
        try system.remember(manifest, for: directory, context)
        system.views.forget()
        try apply(found, context)
        system.views.forget()
    }

    /// All of it is tried; the first failure is told.
    private func apply(_ found: [(inode: UInt64, statement: ManifestStatement)], _ context: CallContext)
        throws(VFSError)
    {
        var failure: VFSError?
        for (inode, statement) in found {
            guard let text = statement.description else { continue }
            do throws(VFSError) {
                try system.refuseDescribing(Inode(inode))
                try system.describe(Inode(inode), AttributeChange(description: text), context)
            } catch {
                system.record(error, "describe", at: system.path(of: inode))
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func find(_ path: [String], _ context: CallContext) throws(VFSError) -> Fact? {
        var fact = try system.catalog.fact(directory)
        for name in path {
            guard fact.kind == .directory, let next = try system.find(name, in: fact, context.cancellation) else {
                return nil
            }
            fact = next
        }
        return fact
    }

    private static func refusal(_ reason: String) -> VFSError {
        VFSError(StoreError(.invalid, "the manifest is refused: \(reason)", remedy: "Nothing of it was applied."))
    }
}
