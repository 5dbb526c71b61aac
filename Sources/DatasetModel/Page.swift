/// Where a listing goes on, opaque, only meaningful to the store that made it.
package struct Cursor: ExactlyCompared, Sendable {
    package let rawValue: String

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }
}

/// One part of a listing; `next` is nil on the last one.
package struct Page: Sendable {
    package var nodes: [Node]
    package var next: Cursor?

    package init(nodes: [Node], next: Cursor? = nil) {
        self.nodes = nodes
        self.next = next
    }
}
