internal import DatasetModel

/// `by-id/`: whatever the account may read, by its id or alias, as a link to where it stands in the tree.
///
/// It shows no names: nobody can tell them all.
struct IdentifierControl: ControlDirectory {
    let system: VirtualFileSystem

    func child(named name: String, _ context: CallContext) throws(VFSError) -> ControlNode? {
        guard let store = system.store.powers.identifiers, !name.hasPrefix(".") else { return nil }
        do throws(StoreError) {
            let node = try store.node(withID: TreeName.unescaped(name), until: context.cancellation)
            return .link(target: "../.." + (try system.place(of: system.collections.shown(node), context)))
        } catch {
            guard error.code == .notFound || error.code == .invalid else { throw VFSError(error) }
            return nil
        }
    }

    func names(_ context: CallContext) throws(VFSError) -> [(name: String, kind: FileKind)] { [] }
}
