extension Edison {
    /// A text that must not be seen: printing, interpolating or dumping it shows nothing of it.
    package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
    {
        let value: String

        package init(_ value: String) {
            self.value = value
        }

        package var description: String { "•••" }
        package var debugDescription: String { "•••" }
        package var customMirror: Mirror { Mirror(self, children: []) }
    }
}
