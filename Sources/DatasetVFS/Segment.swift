internal import DatasetSync
internal import Synchronization

/// Memory for consecutive blocks of one transfer, shared by those who read them and the one who gives them to the cache.
///
/// Its bytes count against the budget for as long as anybody holds it.
///
/// Sendable although unchecked: one transfer fills it from the front, and a part of it is handed to others only when it is
/// whole, under the lock of ``Content``; from then on nobody changes that part.
@safe final class Segment: @unchecked Sendable {
    /// It was fetched before anybody asked for it.
    let isAhead: Bool
    private let memory: UnsafeMutableRawBufferPointer
    private let pool: SegmentPool

    fileprivate init(_ memory: UnsafeMutableRawBufferPointer, isAhead: Bool, of pool: SegmentPool) {
        unsafe self.memory = memory
        self.isAhead = isAhead
        self.pool = pool
    }

    deinit { unsafe pool.takeBack(memory) }

    func fill(from offset: Int, with bytes: UnsafeRawBufferPointer) {
        unsafe UnsafeMutableRawBufferPointer(rebasing: memory[offset..<offset + bytes.count]).copyMemory(from: bytes)
    }

    /// - Parameter range: Bytes that are whole.
    func withBytes<Answer>(in range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Answer) -> Answer {
        unsafe body(UnsafeRawBufferPointer(rebasing: memory[range]))
    }
}

/// Where segments come from. Full-sized ones are used again: fresh memory is cleared by the kernel, and on a virtual
/// machine fetched from the host.
final class SegmentPool: Sendable {
    /// Free memory; nobody else points to it.
    @safe private struct Spare: @unchecked Sendable {
        let memory: UnsafeMutableRawBufferPointer
    }

    /// Bytes of a full segment: the unit in which the cache is written.
    static let segmentBytes = 1 << 20
    /// Direct transfers to a disk need this.
    private static let alignment = 4096
    private static let spareLimit = 48

    let budget: MemoryBudget
    private let spares = Mutex<[Spare]>([])

    init(budget: MemoryBudget) {
        self.budget = budget
    }

    deinit {
        for spare in spares.withLock({ $0 }) { unsafe spare.memory.deallocate() }
    }

    func segment(_ count: Int, isAhead: Bool) -> Segment {
        budget.charge(count)
        let spare = count == Self.segmentBytes ? spares.withLock { $0.popLast() } : nil
        let memory = unsafe spare?.memory ?? .allocate(byteCount: count, alignment: Self.alignment)
        return unsafe Segment(memory, isAhead: isAhead, of: self)
    }

    fileprivate func takeBack(_ memory: UnsafeMutableRawBufferPointer) {
        let isSpare = spares.withLock { spares in
            guard memory.count == Self.segmentBytes, spares.count < Self.spareLimit else { return false }
            unsafe spares.append(Spare(memory: memory))
            return true
        }
        budget.discharge(memory.count)
        if !isSpare { unsafe memory.deallocate() }
    }
}
