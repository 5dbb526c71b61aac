package import DatasetModel

/// One step of a commit; the steps of one commit become durable together or not at all, applied in their order.
package enum Edit: Sendable {
    /// Inserts or replaces the row of that id, note and failure included.
    case put(Change)
    /// Forgets a change; its content goes with it unless another row names it. Nothing happens when it is gone.
    case drop(ChangeID)
    /// Keeps the content of a draft that was sealed; one that no row names at the end of the commit is not kept.
    case keep(SealedContent)
    /// Replaces what is remembered of a thing; nil or empty forgets it.
    case attributes(LocalAttributes?, of: Location)
    /// What is remembered of `from` is remembered of `to` from now on, in place of what was; also where that is nothing.
    case moveAttributes(from: Location, to: Location)
}
