/// What a store can do beyond reading and writing a tree; nil is what it cannot.
///
/// Whoever needs a power takes it from here and refuses without asking the store where it is nil. A store that wraps
/// another hands on what it means to keep.
package struct StorePowers: Sendable {
    package var search: (any SearchableStore)?
    package var versions: (any VersionedStore)?
    package var identifiers: (any IdentifyingStore)?
    package var registration: (any RegisteringStore)?
    package var sharing: (any SharingStore)?
    package var datasets: (any DatasetKeepingStore)?
    package var forms: (any FormTellingStore)?

    package init() {}
}

extension Store {
    /// The usual case: a tree and nothing else.
    package var powers: StorePowers { StorePowers() }
}
