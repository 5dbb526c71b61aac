internal import DatasetModel

/// Which bytes of the contents below a draft are copied when it is sealed, and which stay where they are.
///
/// A file that is changed a little and closed again and again would either be copied whole each time or end as a pile of
/// layers. As in a binary counter, a layer is taken in when it is not much larger than all that lies over it: the pile is
/// never deeper than the logarithm of the size, and each byte is copied about as often.
struct LayerPlan {
    private(set) var absorbed = Extents()
    /// Has the bytes of `borrowed`.
    private(set) var base: SealedContent?
    private(set) var borrowed: Extents

    /// - Parameters:
    ///   - inherited: Bytes from below that are on this disk.
    ///   - own: Bytes that the draft has itself.
    ///   - smallest: A layer of at most so many bytes is always taken in.
    init(of inherited: Extents, in lower: LowerContent, over own: UInt64, smallest: UInt64) {
        borrowed = inherited
        guard let local = lower.local else {
            // Nothing of this journal: it may be gone tomorrow.
            (absorbed, borrowed) = (inherited, Extents())
            return
        }
        var weight = own
        for layer in local.chain {
            guard !borrowed.isEmpty else { return }
            let deeper = borrowed.intersection(layer.borrowed)
            let here = borrowed.subtracting(deeper)
            guard here.total <= max(smallest, 2 * weight) else {
                base = layer
                return
            }
            for range in here.ranges { absorbed.insert(range) }
            weight += here.total
            borrowed = deeper
        }
    }
}
