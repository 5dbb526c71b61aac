import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization

/// Hands everything on and calls a closure at each delivery.
final class TappingSink: ByteSink {
    private let base: any ByteSink
    private let tap: @Sendable () -> Void

    init(_ base: any ByteSink, _ tap: @escaping @Sendable () -> Void) {
        self.base = base
        self.tap = tap
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let wantsMore = unsafe base.receive(bytes)
        tap()
        return wantsMore
    }
}

/// Runs something the first time it is asked to and keeps its error.
final class Once: Sendable {
    private let body: @Sendable () throws -> Void
    private let state = Mutex<(hasRun: Bool, error: (any Error)?)>((false, nil))

    init(_ body: @escaping @Sendable () throws -> Void) {
        self.body = body
    }

    var error: (any Error)? { state.withLock { $0.error } }

    func run() {
        let isFirst = state.withLock { state in
            defer { state.hasRun = true }
            return !state.hasRun
        }
        guard isFirst else { return }
        do {
            try body()
        } catch {
            state.withLock { $0.error = error }
        }
    }
}

/// A content that calls a closure when it is read at an offset or behind, before it gives the bytes.
struct TappedContent: StagedContent {
    let base: ReferenceContent
    let offset: UInt64
    let tap: @Sendable () -> Void

    init(_ base: ReferenceContent, at offset: UInt64, _ tap: @escaping @Sendable () -> Void) {
        self.base = base
        self.offset = offset
        self.tap = tap
    }

    var size: UInt64 { base.size }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        if offset + UInt64(buffer.count) > self.offset { tap() }
        unsafe try base.read(at: offset, into: buffer)
    }
}
