extension StubServer {
    /// A request as it came over the wire.
    package struct Request: Sendable {
        package var method: String
        /// Path and query as sent.
        package var target: String
        package var headers: [(name: String, value: String)]
        package var body: [UInt8]
        /// Which accepted connection it came on, from 1.
        package var connection: Int

        /// The first field of that name, whatever its case.
        package func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }

        /// `bytes=a-b` as offsets, with nil for an open end.
        package var range: (first: Int, last: Int?)? {
            guard let value = header("Range"), value.hasPrefix("bytes=") else { return nil }
            let ends = value.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2, let first = Int(ends[0]) else { return nil }
            return (first, Int(ends[1]))
        }
    }
}
