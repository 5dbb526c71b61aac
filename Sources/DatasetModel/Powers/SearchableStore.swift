package import DatasetSync

/// A store that finds things by what they are called, described as and made of.
package protocol SearchableStore: Sendable {
    /// One page of what is found, best first.
    ///
    /// An index stands behind it: what was made a moment ago may be missing, and what is gone may still be found.
    /// The nodes tell what a listing tells: sizes and versions may be missing.
    ///
    /// - Throws: `.invalid` for a criterion that the store does not know, `.unsupported` where it has no search.
    @available(*, noasync, message: "this may wait for the network")
    func search(_ query: SearchQuery, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> SearchPage
}

/// What is searched for: words, conditions, or both; nothing at all finds everything.
package struct SearchQuery: Sendable, Hashable {
    /// Words in names, descriptions and texts.
    package var text: String?
    package var criteria: [SearchCriterion]
    /// One criterion is enough; otherwise all of them have to hold.
    package var matchesAny = false
    /// Leave out what belongs to others, as far as the store knows whose account this is.
    package var isOwnOnly = false
    /// Hits on one page.
    package var pageSize = 100

    package init(text: String? = nil, criteria: [SearchCriterion] = []) {
        self.text = text
        self.criteria = criteria
    }
}

/// One condition of a search.
package struct SearchCriterion: Sendable, Hashable {
    package enum Operation: String, Sendable, CaseIterable {
        case equals
        /// The phrase, whatever the case of its letters.
        case contains
        /// The words.
        case fulltext
        case startsWith = "starts_with"
        case endsWith = "ends_with"
        case greaterThan = "greater_than"
        case lessThan = "less_than"
        /// Two values, both belonging to it.
        case between
        case `in`
    }

    package enum Value: Sendable, Hashable {
        case text(String)
        case texts([String])
        case flag(Bool)
    }

    /// The store's own name of the field, e.g. `name`.
    package var field: String
    package var operation: Operation
    package var value: Value

    package init(_ field: String, _ operation: Operation, _ value: Value) {
        self.field = field
        self.operation = operation
        self.value = value
    }
}

/// One thing that a search found.
package struct SearchHit: Sendable, Equatable {
    package var node: Node
    /// How well it fits, larger is better; nil where the store does not tell.
    package var score: Double?

    package init(node: Node, score: Double? = nil) {
        self.node = node
        self.score = score
    }
}

/// One part of what a search found; `next` is nil on the last one. A page may be empty and not be the last.
package struct SearchPage: Sendable {
    package var hits: [SearchHit]
    package var next: Cursor?

    package init(hits: [SearchHit], next: Cursor? = nil) {
        self.hits = hits
        self.next = next
    }
}
