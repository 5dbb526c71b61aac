internal import DatasetCache
internal import DatasetModel
internal import DatasetSync

/// What becomes of a block that came: memory at once, the cache behind the transfer's back.
extension Content {
    /// Takes a whole block, on the transfer's thread, which never waits for the disk.
    func keep(_ block: Int, _ bytes: [UInt8]) {
        let serial = change { state in
            state.claims.remove(block)
            return state.held.hold(block, bytes)
        }
        // A queue that takes no more belongs to a mount that is ending: the block is then as good as refused.
        if !keeping.writers.submit({ [self] in write(block, serial) }) { noteWritten(block, serial, isKept: false) }
    }

    private func write(_ block: Int, _ serial: UInt64) {
        guard let bytes = state.withLock({ $0.held.bytes(of: block, serial: serial) }) else { return }
        let isKept = unsafe bytes.withUnsafeBytes { unsafe cached.put(block: block, $0) }
        noteWritten(block, serial, isKept: isKept)
    }

    private func noteWritten(_ block: Int, _ serial: UInt64, isKept: Bool) {
        let isCurrent = change { state in
            let isCurrent = state.held.noteWritten(block, serial: serial, isKept: isKept)
            if keeping.budget.isExceeded { state.held.trim(to: HeldBlocks.refusedFloor) }
            return isCurrent
        }
        if !isCurrent { cached.drop(blocks: block..<block + 1) }
        runWhenIdle()
    }

    func drop(_ blocks: Range<Int>) {
        change { $0.held.drop(blocks) }
        cached.drop(blocks: blocks)
    }

    /// Changes the state, wakes who waits and settles the account with the budget.
    @discardableResult
    func change<Answer>(_ body: (inout State) -> Answer) -> Answer {
        let (answer, difference) = state.update { state -> (Answer, Int) in
            let before = state.held.count
            let answer = body(&state)
            return (answer, state.held.count - before)
        }
        if difference > 0 { keeping.budget.charge(difference) } else { keeping.budget.discharge(-difference) }
        return answer
    }

    // MARK: - Coming to rest

    /// Bytes that the cache is still being given.
    var bytesUnderWay: UInt64 { UInt64(state.withLock { $0.held.count }) }

    /// Runs `action` once the cache has been given all that came: at once, or on the thread that gives it the last.
    func whenIdle(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.whenIdle = action }
        runWhenIdle()
    }

    private func runWhenIdle() {
        let action = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.held.underWay == 0 else { return nil }
            defer { state.whenIdle = nil }
            return state.whenIdle
        }
        action?()
    }
}
