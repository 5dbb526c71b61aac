import DatasetModel
import DatasetSync

@testable import DatasetArchive

/// All that an archive holds, read member by member.
struct ReadTree {
    private(set) var files: [String: [UInt8]] = [:]
    private(set) var links: [String: String] = [:]
    private(set) var directories: Set<String> = []
    private(set) var modes: [String: UInt16] = [:]
    private(set) var times: [String: Int64] = [:]
    let problems: [ArchiveProblem]

    init(_ source: MemorySource) throws {
        let directory = try ArchiveDirectory(reading: source, until: Cancellation())
        let tree = try ArchiveTree(directory)
        problems = tree.problems
        for index in tree.nodes.indices.dropFirst() {
            let (node, path) = (tree.nodes[index], tree.path(of: index))
            let member = node.member.map { directory.members[$0] }
            modes[path] = member?.permissions
            times[path] = member?.modified?.seconds
            switch (node.kind, member) {
            case (.directory, _): directories.insert(path)
            case (.symbolicLink, let member?):
                links[path] = try MemberReader(member, in: source).linkTarget(until: Cancellation())
            case (_, let member?): files[path] = try MemberReader(member, in: source).whole()
            case (_, nil): break
            }
        }
    }
}
