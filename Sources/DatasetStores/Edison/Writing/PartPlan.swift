extension Edison {
    /// How a content is divided for a multipart upload, as the platform's own client divides it.
    ///
    /// Object stores take at most 10 000 parts, none but the last smaller than 5 MiB.
    struct PartPlan: Equatable, Sendable {
        static let maximalCount: UInt64 = 10_000

        let size: UInt64
        /// All parts are as long, but the last may be shorter.
        let partSize: UInt64
        let count: Int

        init(size: UInt64) {
            self.size = size
            guard size > 0 else {
                // An empty object is one empty part.
                (partSize, count) = (0, 1)
                return
            }
            let preferred: UInt64 = size < 1 << 30 ? 10 << 20 : size < 10 << 30 ? 50 << 20 : 100 << 20
            let parts = min((size - 1) / preferred + 1, Self.maximalCount)
            partSize = (size - 1) / parts + 1
            count = Int((size - 1) / partSize + 1)
        }

        /// - Parameter index: From 0.
        func range(of index: Int) -> Range<UInt64> {
            let start = UInt64(index) * partSize
            return start..<min(start + partSize, size)
        }
    }
}
