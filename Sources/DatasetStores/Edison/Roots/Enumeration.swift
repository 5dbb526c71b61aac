internal import DatasetModel
internal import DatasetSync

extension Edison {
    /// Pages through the search, in slices of creation time where there is more than its window.
    ///
    /// The search is Elasticsearch behind a thin API. It lags behind the platform by seconds, shows what was deleted
    /// already and what others share, refuses pages beyond its window, and gives no total.
    struct Enumeration: Sendable {
        let client: Client
        let options: Options
        let time: any TimeSource

        struct Hits: Sendable {
            /// No id twice.
            var records: [EntryRecord] = []
            /// Nothing is known to be missing.
            var isComplete = true
        }

        /// How a slice of time is asked for; which of them a platform knows is found out.
        private enum SliceStyle { case between, comparisons }

        /// No entry was made before the platform was.
        private static let beginning = Int64(1_420_070_400_000)
        /// Ends of slices overlap by so many milliseconds: whether they belong to the slice is not documented.
        private static let overlap: Int64 = 1

        /// Everything that fulfils the criteria, as far as the search shows it.
        @available(*, noasync, message: "this waits for the network")
        func hits(_ criteria: [Criterion], until cancellation: Cancellation) throws(StoreError) -> Hits {
            var collected = Collected()
            if try pages(criteria, into: &collected, until: cancellation) { return collected.hits }
            let end = time.wallNanoseconds() / 1_000_000 + 86_400_000
            do throws(StoreError) {
                try slice(Self.beginning..<end, .between, criteria, into: &collected, until: cancellation)
            } catch {
                guard error.code == .invalid else { throw error }
                do throws(StoreError) {
                    try slice(Self.beginning..<end, .comparisons, criteria, into: &collected, until: cancellation)
                } catch {
                    guard error.code == .invalid else { throw error }
                    collected.hits.isComplete = false
                }
            }
            return collected.hits
        }

        private struct Collected {
            var hits = Hits()
            var ids: Set<String> = []

            /// - Returns: How many of them were new.
            mutating func add(_ records: [EntryRecord]) -> Int {
                var added = 0
                for record in records where ids.insert(record.id).inserted {
                    hits.records.append(record)
                    added += 1
                }
                return added
            }
        }

        /// - Returns: False when there is more than the window shows.
        private func pages(
            _ criteria: [Criterion],
            into collected: inout Collected,
            until cancellation: Cancellation
        ) throws(StoreError) -> Bool {
            var limit = options.searchPage
            var offset = 0
            while offset < options.searchWindow {
                let asked = min(limit, options.searchWindow - offset)
                let records: [EntryRecord]
                do throws(StoreError) {
                    records = try client.search(criteria, limit: asked, offset: offset, until: cancellation)
                } catch {
                    guard error.code == .invalid else { throw error }
                    // Older platforms take no more than 100 at once; some windows are smaller than assumed.
                    if limit > 100, offset == 0 {
                        limit = 100
                        continue
                    }
                    if offset > 0 { return false }
                    throw error
                }
                _ = collected.add(records)
                offset += records.count
                if records.isEmpty || !Self.mayBeFull(records.count, asked) { return true }
            }
            return false
        }

        /// A short page is the last one, unless the platform has quietly asked for a rounder number itself.
        private static func mayBeFull(_ count: Int, _ asked: Int) -> Bool {
            count >= asked || [10, 20, 25, 50, 100, 200, 250, 500].contains(count)
        }

        /// - Parameter range: Milliseconds since 1970.
        private func slice(
            _ range: Range<Int64>,
            _ style: SliceStyle,
            _ criteria: [Criterion],
            into collected: inout Collected,
            until cancellation: Cancellation
        ) throws(StoreError) {
            let sliced = criteria + Self.criteria(range, style)
            let last = try client.search(sliced, limit: 1, offset: options.searchWindow - 1, until: cancellation)
            guard !last.isEmpty, range.count > 4 else {
                let before = collected.hits.records.count
                if try !pages(sliced, into: &collected, until: cancellation) { collected.hits.isComplete = false }
                // A platform that does not know the criterion may ignore it: then slicing leads nowhere.
                let isStray = collected.hits.records[before...].contains { record in
                    guard let created = record.created else { return false }
                    return !(range.lowerBound - 1000..<range.upperBound + 1000).contains(
                        created.nanoseconds / 1_000_000
                    )
                }
                if isStray { throw StoreError(.invalid, "the search ignores the time of creation") }
                return
            }
            let middle = range.lowerBound + (range.upperBound - range.lowerBound) / 2
            try slice(range.lowerBound..<middle + Self.overlap, style, criteria, into: &collected, until: cancellation)
            try slice(middle - Self.overlap..<range.upperBound, style, criteria, into: &collected, until: cancellation)
        }

        private static func criteria(_ range: Range<Int64>, _ style: SliceStyle) -> [Criterion] {
            func text(_ milliseconds: Int64) -> String {
                Moment.text(Timestamp(nanoseconds: milliseconds * 1_000_000))
            }
            let (low, high) = (text(range.lowerBound), text(range.upperBound))
            switch style {
            case .between: return [.between("created_at", low, high)]
            case .comparisons:
                return [
                    Criterion(field: "created_at", operation: "greater_than", value: .string(low)),
                    Criterion(field: "created_at", operation: "less_than", value: .string(high)),
                ]
            }
        }
    }
}
