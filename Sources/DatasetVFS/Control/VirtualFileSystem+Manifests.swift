internal import DatasetCache
internal import DatasetJournal
internal import DatasetManifest
internal import DatasetModel
internal import DatasetSync

/// What manifests that were written say of what is made later.
extension VirtualFileSystem {
    /// Directories above one thing; more are a circle.
    private static let depth = 128

    /// Everything remembered of a directory and what lies below it, by manifests of its own or of directories above.
    func remembered(for directory: UInt64) -> Manifest {
        var result = Manifest()
        for (manifest, path) in manifests(above: directory) { result = manifest.below(path).overlaid(by: result) }
        return result
    }

    /// The description that a manifest has for a new name; the nearest one counts.
    func rememberedDescription(of name: String, in directory: UInt64) -> String? {
        guard let memory = manifestMemory, !memory.isEmpty else { return nil }
        return manifests(above: directory).lazy
            .compactMap { manifest, path in manifest.entry(at: path + [name])?.description }
            .first { !$0.isEmpty }
    }

    /// Those that may speak of a directory, the nearest first, each with the path from its own directory.
    private func manifests(above directory: UInt64) -> [(manifest: Manifest, path: [String])] {
        guard let memory = manifestMemory, !memory.isEmpty else { return [] }
        var found: [(manifest: Manifest, path: [String])] = []
        var path: [String] = []
        var current = directory
        for _ in 0..<Self.depth {
            guard let fact = try? catalog.fact(current) else { break }
            if let manifest = memory[fact.location] { found.append((manifest, path)) }
            guard current != Inode.root.rawValue else { break }
            path.insert(fact.name, at: 0)
            current = fact.parent
        }
        return found
    }

    /// Keeps a manifest for what is made later, durably.
    func remember(_ manifest: Manifest, for directory: UInt64, _ context: CallContext) throws(VFSError) {
        let side = try writeSide()
        var fact = try catalog.fact(directory)
        if fact.location.pendingID != nil, let change = side.changes.change(at: fact.location) {
            // It is remembered by the address that the directory has at the store.
            do throws(StoreError) {
                try side.publisher.wait(for: change.id, until: context.cancellation)
            } catch {
                throw VFSError(error)
            }
            fact = try catalog.fact(directory)
        }
        guard let memory = manifestMemory, memory.remember(manifest, for: fact.location) else {
            throw VFSError(StoreError(.localFailure, "the manifest cannot be kept on this machine's disk"))
        }
    }
}
