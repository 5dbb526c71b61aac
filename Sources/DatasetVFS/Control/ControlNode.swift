internal import DatasetModel

/// One thing in a control directory.
enum ControlNode: Sendable {
    case directory(any ControlDirectory)
    /// Bytes made when they are asked for.
    case file(any ControlFile)
    /// Bytes of the store: an archive as the file it is, an earlier revision.
    case content(Node)
    case link(target: String)

    var kind: FileKind {
        switch self {
        case .directory: .directory
        case .file, .content: .regular
        case .link: .symbolicLink
        }
    }
}

/// A directory whose names are made when they are asked for; every name of the control directory is one of these.
protocol ControlDirectory: Sendable {
    /// Nil when there is no such name.
    func child(named name: String, _ context: CallContext) throws(VFSError) -> ControlNode?

    /// What a listing shows; names that it does not show may be there all the same.
    func names(_ context: CallContext) throws(VFSError) -> [(name: String, kind: FileKind)]
}

/// A file whose bytes are made when it is opened.
protocol ControlFile: Sendable {
    func content(_ context: CallContext) throws(VFSError) -> [UInt8]

    /// It can be written: whole, taken over when it is closed.
    var isWritable: Bool { get }

    func accept(_ bytes: [UInt8], _ context: CallContext) throws(VFSError)
}

extension ControlFile {
    var isWritable: Bool { false }

    func accept(_ bytes: [UInt8], _ context: CallContext) throws(VFSError) { throw .readOnly }
}

/// The place of something in a control directory: the directory that one belongs to, and names from there.
struct ControlPath: Hashable, Sendable {
    /// The inode of the directory that it is about; the root's control directory tells of the whole mount.
    let directory: UInt64
    /// As the tree shows them, compared by bytes.
    private(set) var names: [[UInt8]] = []

    init(of directory: UInt64) {
        self.directory = directory
    }

    func appending(_ name: String) -> ControlPath {
        var path = self
        path.names.append(Array(name.utf8))
        return path
    }

    var components: [String] { names.map { String(decoding: $0, as: UTF8.self) } }

    /// Below the mount point, or below a directory's path.
    func text(below directory: String) -> String {
        let top = directory == "/" ? "" : directory
        return ([top, TreeName.control] + components).joined(separator: "/")
    }
}
