/// A store that keeps things in several forms, of which it chooses one by name and content.
package protocol FormTellingStore: Sendable {
    /// What a creation would become, in the store's own word, e.g. `text` or `file`; nothing is sent.
    ///
    /// - Throws: What ``Store/check(_:)`` refuses, and what reading the content ends with.
    func form(of creation: Creation, content: (any StagedContent)?) throws(StoreError) -> String
}
