internal import DatasetArchive

/// Every node below the root, in its place, under a name that a file system can hold and that no sibling has.
func exerciseTree(_ tree: ArchiveTree, of directory: ArchiveDirectory, limits: ArchiveLimits) {
    hold(tree.nodes.count <= limits.maximumMembers + 1, "the tree is within the limits")
    for (index, node) in tree.nodes.enumerated() {
        hold(node.parent < index || index == ArchiveTree.root, "a directory stands before what lies in it")
        hold(
            tree.nodes[node.parent].children.contains(index) || index == ArchiveTree.root,
            "a parent knows its children"
        )
        hold(node.children.isEmpty || node.kind == .directory, "only directories hold something")
        hold(node.children.allSatisfy { tree.nodes[$0].parent == index }, "children know their parent")
        hold(node.member.map { directory.members.indices.contains($0) } ?? true, "a node's member exists")
        for (left, right) in zip(node.children, node.children.dropFirst()) {
            let names = (tree.nodes[left].name.utf8, tree.nodes[right].name.utf8)
            hold(names.0.lexicographicallyPrecedes(names.1), "siblings are sorted, and no two have one name")
        }
        if index != ArchiveTree.root { exerciseName(node.name) }
    }
    for index in tree.nodes.indices.prefix(200) {
        let path = tree.path(of: index)
        hold(tree.node(at: path) == index, "a path leads to its node")
        if tree.nodes[index].kind == .symbolicLink {
            hold(!tree.confine("/\(path)", of: index), "no link is absolute")
            hold(!tree.confine("\(path)/../../\(path)/../../..", of: index), "no link climbs out")
        }
    }
    for problem in tree.problems.prefix(50) {
        hold(!problem.description.isEmpty, "a problem can be told")
    }
}

private func exerciseName(_ name: String) {
    let bytes = name.utf8
    hold((1...255).contains(bytes.count), "a name has 1 to 255 bytes")
    hold(!bytes.contains(0) && !bytes.contains(UInt8(ascii: "/")), "a name has neither NUL nor slash")
    hold(name != "." && name != "..", "a name is neither . nor ..")
}
