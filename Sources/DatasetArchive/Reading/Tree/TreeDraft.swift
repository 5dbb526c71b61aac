/// The tree while members are put in, in the directory's order.
struct TreeDraft {
    /// A name in a directory, compared byte by byte: `String` would take differently composed accents for one name.
    struct Key: Hashable {
        var parent: Int
        var name: String

        static func == (left: Key, right: Key) -> Bool {
            left.parent == right.parent && left.name.utf8.elementsEqual(right.name.utf8)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(parent)
            let isDone: Void? = unsafe name.utf8.withContiguousStorageIfAvailable { bytes in
                unsafe hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
            }
            if isDone == nil { name.utf8.forEach { hasher.combine($0) } }
        }
    }

    private static let keptProblems = 1_000

    let limits: ArchiveLimits
    var nodes: [ArchiveTree.Node]
    private var index: [Key: Int] = [:]
    /// Of directories whose name a file has too: that file's place among the members.
    var displaced: [Int: Int] = [:]
    private(set) var problems: [ArchiveProblem] = []
    private(set) var omittedProblems = 0
    /// The directory that the last member lay in: the next one mostly lies there too.
    private var last: (path: ArraySlice<String>, node: Int) = ([], ArchiveTree.root)

    /// - Parameter expected: About how many nodes there will be.
    init(limits: ArchiveLimits, expecting expected: Int) {
        self.limits = limits
        nodes = [ArchiveTree.Node(name: "", parent: 0, children: 0..<0, kind: .directory, member: nil)]
        nodes.reserveCapacity(expected + 1)
        index.reserveCapacity(expected)
    }

    mutating func note(_ problem: ArchiveProblem) {
        if problems.count < Self.keptProblems { problems.append(problem) } else { omittedProblems += 1 }
    }

    func find(_ name: String, in parent: Int) -> Int? {
        index[Key(parent: parent, name: name)]
    }

    mutating func add(_ name: String, in parent: Int, kind: ArchiveMember.Kind, member: Int?)
        throws(ArchiveError) -> Int
    {
        guard nodes.count <= limits.maximumMembers else {
            throw ArchiveError(
                .limitExceeded,
                "The archive has more than \(limits.maximumMembers) members and directories, more than the limits allow",
                remedy: "The archive itself can be read as one file."
            )
        }
        nodes.append(ArchiveTree.Node(name: name, parent: parent, children: 0..<0, kind: kind, member: member))
        index[Key(parent: parent, name: name)] = nodes.count - 1
        return nodes.count - 1
    }

    /// The directory of that path, made where no member tells it; a file that is in the way is displaced.
    mutating func directory(_ path: ArraySlice<String>) throws(ArchiveError) -> Int {
        if path.elementsEqual(last.path, by: { $0.utf8.elementsEqual($1.utf8) }) { return last.node }
        var node = ArchiveTree.root
        for name in path {
            if let next = find(name, in: node) {
                if nodes[next].kind != .directory { displace(next) }
                node = next
            } else {
                node = try add(name, in: node, kind: .directory, member: nil)
            }
        }
        last = (path, node)
        return node
    }

    /// Makes a directory of a file's node; the file gets another name when all members are in.
    mutating func displace(_ node: Int) {
        displaced[node] = nodes[node].member
        nodes[node].kind = .directory
        nodes[node].member = nil
    }
}
