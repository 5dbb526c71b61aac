extension ArchiveTree {
    /// Whether a symbolic link stays in the archive, wherever the archive is mounted and whatever the other links say.
    ///
    /// Absolute targets do not, nor do those that climb above the root. After a component that is a link or is not there no
    /// `..` is allowed: `a/..` is elsewhere when `a` is a link, so that counting components would not be a proof.
    ///
    /// - Parameter link: The node of the link; the target is relative to the directory it lies in.
    package func confine(_ target: String, of link: Int) -> Bool {
        guard nodes.indices.contains(link), !target.isEmpty, target.utf8.first != UInt8(ascii: "/"),
            !target.utf8.contains(0)
        else { return false }
        // Nil behind what is no directory of this tree.
        var place: Int? = nodes[link].parent
        for part in target.utf8.split(separator: UInt8(ascii: "/")) {
            let component = String(Substring(part))
            switch component {
            case ".": continue
            case "..":
                guard let here = place, here != Self.root else { return false }
                place = nodes[here].parent
            default:
                place = place.flatMap { child(named: component, of: $0) }
                if let here = place, nodes[here].kind != .directory { place = nil }
            }
        }
        return true
    }
}
