internal import DatasetSync
internal import Synchronization

extension Edison {
    /// Feeds the answer about one dataset to a ``DatasetReader``.
    final class DatasetSink: ByteSink {
        struct Result {
            var reader = DatasetReader()
            var failure: Malformed?
            /// It was broken off on purpose.
            var hasEnough = false
        }

        /// An answer of this length is read to its end even where its head would do: breaking it off would cost the
        /// connection.
        static let worthFinishing = 256 << 10

        private let stopsEarly: Bool
        private let state = Mutex(Result())

        init(stopsEarly: Bool) {
            self.stopsEarly = stopsEarly
        }

        var result: Result { state.withLock { $0 } }

        func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
            state.withLock { state in
                do throws(Malformed) {
                    try unsafe state.reader.consume(bytes)
                } catch {
                    state.failure = error
                    return false
                }
                state.hasEnough = stopsEarly && state.reader.knowsDataset && state.reader.received > Self.worthFinishing
                return !state.hasEnough
            }
        }
    }

    /// The sink of the latest answer.
    final class LatestSink: Sendable {
        private let current = Mutex<DatasetSink?>(nil)

        var sink: DatasetSink? { current.withLock { $0 } }

        func renew(stopsEarly: Bool) -> DatasetSink {
            let sink = DatasetSink(stopsEarly: stopsEarly)
            current.withLock { $0 = sink }
            return sink
        }
    }
}
