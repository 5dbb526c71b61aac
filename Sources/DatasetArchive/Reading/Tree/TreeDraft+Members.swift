extension TreeDraft {
    /// Gives a member its place, or notes why it has none.
    mutating func insert(_ members: [ArchiveMember], _ position: Int) throws(ArchiveError) {
        let member = members[position]
        guard member.kind != .other else { return note(ArchiveProblem(.specialFile, of: member.name, .leftOut)) }
        let path: MemberPath
        do throws(MemberPath.Refusal) {
            path = try MemberPath(member.name, limits: limits)
        } catch {
            // `./` is how some makers tell the root itself.
            let isRoot = error.kind == .emptyName && member.kind == .directory
            return isRoot ? () : note(ArchiveProblem(error.kind, of: member.name, .leftOut))
        }
        for change in path.changes {
            note(ArchiveProblem(change, of: member.name, .renamed(to: path.components.joined(separator: "/"))))
        }
        if let defect = member.defect, member.kind != .directory {
            note(ArchiveProblem(.defect(defect), of: member.name, .unreadable))
        }
        guard let name = path.components.last else { return }
        let parent = try directory(path.components.dropLast())
        guard let node = find(name, in: parent) else {
            return _ = try add(name, in: parent, kind: member.kind, member: position)
        }
        settle(members, position, with: node)
    }

    /// Two members ask for one place: the later one gets it, but a directory stays one.
    private mutating func settle(_ members: [ArchiveMember], _ position: Int, with node: Int) {
        switch (nodes[node].kind == .directory, members[position].kind == .directory) {
        case (true, true):
            nodes[node].member = position
        case (false, true):
            displace(node)
            nodes[node].member = position
        case (true, false):
            if let earlier = displaced[node] { note(ArchiveProblem(.duplicate, of: members[earlier].name, .leftOut)) }
            displaced[node] = position
        case (false, false):
            if let earlier = nodes[node].member {
                note(ArchiveProblem(.duplicate, of: members[earlier].name, .leftOut))
            }
            nodes[node].member = position
            nodes[node].kind = members[position].kind
        }
    }

    /// Gives the files whose names became directories a name of their own beside them.
    mutating func settleDisplaced(_ members: [ArchiveMember]) throws(ArchiveError) {
        for (node, position) in displaced.sorted(by: { $0.value < $1.value }) {
            let parent = nodes[node].parent
            let (stem, suffix) = MemberPath.split(nodes[node].name)
            var number = 2
            var name = nodes[node].name
            repeat {
                name = "\(stem) (\(number))\(suffix)"
                if name.utf8.count > 255 { name = MemberPath.cut(name) }
                number += 1
            } while find(name, in: parent) != nil
            let file = try add(name, in: parent, kind: members[position].kind, member: position)
            note(ArchiveProblem(.fileIsDirectory, of: members[position].name, .renamed(to: path(of: file))))
        }
        displaced = [:]
    }

    private func path(of node: Int) -> String {
        var parts: [String] = []
        var current = node
        while current != ArchiveTree.root {
            parts.append(nodes[current].name)
            current = nodes[current].parent
        }
        return parts.reversed().joined(separator: "/")
    }
}
