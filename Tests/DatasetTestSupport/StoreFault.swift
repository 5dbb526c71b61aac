package import DatasetModel

/// What goes wrong with one call of a store.
package enum StoreFault: Sendable {
    case fail(StoreError)
    /// Does what was asked, and then fails: the answer that is lost on its way back.
    case failAfter(StoreError)
    /// Does what was asked, and then waits at the gate with the answer, as long as the caller wants to.
    case holdAfter(Gate)
    /// Of a creation or replacement: the content cannot be read from that offset on.
    case failContent(at: UInt64, StoreError)
    /// Of a creation or replacement: whoever reads the content at that offset or behind waits at the gate.
    case holdContent(at: UInt64, Gate)
    /// Waits at the gate, as long as the caller wants to, then goes on as if nothing were.
    case hold(Gate)
    /// Turns over one bit of the byte at that offset of the content, if the read delivers it; nothing is reported.
    case corruptByte(at: UInt64)
    /// Delivers that many bytes, then fails; without an error it ends as if all were well.
    case truncate(after: UInt64, StoreError?)
    /// Tells this size for every file of the answer.
    case size(UInt64?)
    /// Tells these names, one after the other, for the things of the answer.
    case names([String])
}

extension StoreFault {
    func applied(to node: Node, at index: Int = 0) -> Node {
        var node = node
        switch self {
        case .size(let size) where node.kind == .file: node.size = size
        case .names(let names) where index < names.count: node.name = names[index]
        case .fail, .failAfter, .hold, .holdAfter, .failContent, .holdContent, .corruptByte, .truncate, .size, .names:
            break
        }
        return node
    }
}
