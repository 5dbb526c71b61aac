package import DatasetModel
internal import DatasetSync
internal import Synchronization

extension Draft {
    /// Puts bytes at `offset`; nil: at the end, wherever that is when it happens.
    ///
    /// - Throws: `.full` before the reserve is touched; the draft is then as it was. Where the disk itself fails half way,
    ///   nothing is added, but bytes that were to be overwritten may be so already, as with any file.
    package func write(at offset: UInt64?, _ bytes: UnsafeRawBufferPointer) throws(JournalError) {
        guard unsafe !bytes.isEmpty else { return }
        try changing.withLock { memory throws(JournalError) in
            try keeper.space.admit(UInt64(bytes.count))
            let start = offset ?? size
            let range = ByteRange(offset: start, count: UInt64(bytes.count))
            try check(end: start.addingReportingOverflow(UInt64(bytes.count)))
            guard let file = try file(forSize: range.end, adding: bytes.count, &memory) else {
                charge(for: range.end, &memory)
                state.withLock { unsafe $0.write(bytes, at: start) }
                return
            }
            var written = 0
            do throws(SystemFailure) {
                try unsafe file.file.write(bytes, at: start, written: &written)
            } catch {
                restoreZeros(ByteRange(offset: start, count: UInt64(written)), in: file)
                throw JournalError(error, path: file.path)
            }
            state.withLock { $0.noteWritten(range) }
            if memory.noteWritten(bytes.count) { file.file.beginWriting() }
        }
    }

    /// Cuts the draft short, or lets it grow by zeros.
    package func truncate(to newSize: UInt64) throws(JournalError) {
        try changing.withLock { memory throws(JournalError) in
            try check(end: (newSize, false))
            let file = state.withLock { state in
                state.fork()
                return newSize < state.size ? state.file : nil
            }
            // Before it is noted: what is cut off must not come back when the draft grows again.
            try file?.truncate(to: newSize)
            state.withLock { $0.setSize(newSize) }
        }
    }

    /// Takes room on the disk for bytes to come (`fallocate(2)`); what is there stays as it is.
    ///
    /// - Parameter growing: The file ends behind the range from now on, if it ended before.
    package func allocate(_ range: ByteRange, growing: Bool) throws(JournalError) {
        try changing.withLock { memory throws(JournalError) in
            try check(end: (range.end, false))
            let missing = state.withLock { Extents(range).subtracting($0.written).total }
            try keeper.space.admit(missing)
            let newSize = growing ? max(size, range.end) : size
            if let file = try file(forSize: max(newSize, range.end), adding: 0, &memory), !range.isEmpty {
                try system(file.path) { () throws(SystemFailure) in
                    try file.file.allocate(range.offset, range.count)
                }
            }
            if newSize > size { state.withLock { $0.setSize(newSize) } }
        }
    }

    /// Turns a range into zeros: a hole, or zeros behind the end with `growing`.
    package func zero(_ range: ByteRange, growing: Bool) throws(JournalError) {
        try changing.withLock { memory throws(JournalError) in
            try check(end: (range.end, false))
            let (file, doomed) = state.withLock { state -> (DraftFile?, [ByteRange]) in
                state.fork()
                let within = range.clamped(to: state.size)
                let doomed = state.written.parts(of: within)
                for part in doomed where state.file == nil { state.clearBuffer(part) }
                return (state.file, doomed)
            }
            if let file {
                for piece in doomed.flatMap({ Extents($0).pieces(of: 1 << 20) }) {
                    try file.write([UInt8](repeating: 0, count: Int(piece.count)), at: piece.offset)
                }
            }
            state.withLock { state in
                state.noteZero(range.clamped(to: state.size))
                if growing, range.end > state.size { state.setSize(range.end) }
            }
        }
    }

    // MARK: - Where own bytes go; under `changing`

    /// The file that takes what is written next, nil while it goes to memory.
    func file(forSize size: UInt64, adding bytes: Int, _ memory: inout DraftMemory) throws(JournalError) -> DraftFile? {
        let (file, newSize) = state.withLock { state in
            state.fork()
            return (state.file, max(size, state.size))
        }
        if let file { return file }
        let isSmall = newSize <= UInt64(keeper.inlineLimit)
        if isSmall, memory.charged >= Int(size) || !keeper.memory.isExceeded { return nil }
        return try makeFile(&memory)
    }

    /// Moves what is in memory to a file.
    func makeFile(_ memory: inout DraftMemory) throws(JournalError) -> DraftFile {
        let file = try DraftFile(try keeper.makeID(), in: keeper.folder)
        let (buffer, written) = state.withLock { ($0.buffer, $0.written) }
        for range in written.ranges {
            try file.write(Array(buffer[Int(range.offset)..<Int(range.end)]), at: range.offset)
        }
        state.withLock { state in
            state.file = file
            state.buffer = []
        }
        keeper.memory.discharge(memory.charged)
        memory.charged = 0
        return file
    }

    private func charge(for size: UInt64, _ memory: inout DraftMemory) {
        let more = Int(size) - memory.charged
        guard more > 0 else { return }
        keeper.memory.charge(more)
        memory.charged += more
    }

    /// After a write that failed half way: the file holds nothing but what is noted as written.
    private func restoreZeros(_ range: ByteRange, in file: DraftFile) {
        let gaps = state.withLock { $0.written.gaps(in: range) }
        for gap in gaps {
            // The room is there already: this can only fail with the disk, and then the bytes are behind the end or unread.
            try? file.write([UInt8](repeating: 0, count: Int(gap.count)), at: gap.offset)
        }
    }

    private func check(end: (partialValue: UInt64, overflow: Bool)) throws(JournalError) {
        guard end.overflow || end.partialValue > UInt64(Int64.max) else { return }
        throw JournalError(.full, "a file cannot be larger than \(Int64.max) bytes")
    }
}

extension DraftState {
    fileprivate mutating func clearBuffer(_ range: ByteRange) {
        for index in Int(range.offset)..<Int(range.end) { buffer[index] = 0 }
    }
}
