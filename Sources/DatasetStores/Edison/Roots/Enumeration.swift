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

        struct Hits: Sendable {
            /// No id twice.
            var records: [EntryRecord] = []
            /// Nothing is known to be missing.
            var isComplete = true
            /// Hits that cannot be read and are left out, none twice.
            var damaged: Set<String> = []
        }

        /// How a slice of time is asked for; which of them a platform knows is found out.
        private enum SliceStyle { case between, comparisons }

        /// From 2015, before the platform was, to 2100: no clock is asked, since any may be wrong.
        private static let times = Int64(1_420_070_400_000)..<4_102_444_800_000
        /// Ends of slices overlap by so many milliseconds: whether they belong to the slice is not documented.
        private static let overlap: Int64 = 1

        /// Everything that fulfils the criteria, as far as the search shows it.
        @available(*, noasync, message: "this waits for the network")
        func hits(_ criteria: [Criterion], until cancellation: Cancellation) throws(StoreError) -> Hits {
            var collected = Collected(window: options.searchWindow)
            if try pages(criteria, into: &collected, until: cancellation) { return collected.hits }
            do throws(StoreError) {
                try slice(Self.times, .between, criteria, into: &collected, until: cancellation)
            } catch {
                guard error.code == .invalid else { throw error }
                do throws(StoreError) {
                    try slice(Self.times, .comparisons, criteria, into: &collected, until: cancellation)
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
            /// Searches that may still be made: a million entries take about 1500.
            var budget = 5000
            /// How far pages reach, as far as is known.
            var window: Int

            init(window: Int) {
                self.window = window
            }

            /// - Returns: How many of them were new.
            mutating func add(_ page: SearchPage) -> Int {
                var added = 0
                hits.damaged.formUnion(page.damaged)
                for record in page.records where ids.insert(record.id).inserted {
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
            while offset < collected.window {
                let asked = min(limit, collected.window - offset)
                collected.budget -= 1
                let page: SearchPage
                do throws(StoreError) {
                    page = try client.search(criteria, limit: asked, offset: offset, until: cancellation)
                } catch {
                    guard error.code == .invalid else { throw error }
                    // Older platforms take no more than 100 at once; some windows are smaller than assumed.
                    if limit > 10, offset == 0 {
                        limit = limit > 100 ? 100 : 10
                        continue
                    }
                    guard offset > 0 else { throw error }
                    collected.window = offset
                    return false
                }
                _ = collected.add(page)
                offset += page.count
                if page.count == 0 || !Self.mayBeFull(page.count, asked) { return true }
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
            let last = try client.search(sliced, limit: 1, offset: collected.window - 1, until: cancellation)
            // A platform that does not know the criterion may ignore it: then slicing leads nowhere.
            let isStray = last.records.contains { record in
                guard let created = record.created else { return false }
                let milliseconds = created.nanoseconds / 1_000_000
                return milliseconds < range.lowerBound - 1000 || milliseconds > range.upperBound + 1000
            }
            if isStray { throw StoreError(.invalid, "the search ignores the time of creation") }
            collected.budget -= 1
            guard collected.budget > 0 else {
                collected.hits.isComplete = false
                return
            }
            guard last.count > 0, range.count > 4 else {
                if try !pages(sliced, into: &collected, until: cancellation) { collected.hits.isComplete = false }
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
