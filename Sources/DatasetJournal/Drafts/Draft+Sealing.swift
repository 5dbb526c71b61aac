internal import DatasetModel
internal import DatasetSync
internal import Synchronization

extension Draft {
    /// A snapshot of the draft as it is: what is written later does not change it.
    ///
    /// It is not durable before it is committed with ``Edit/keep(_:)``, and goes with the last reference until then. Where
    /// nothing has changed since the last seal, the same content is answered again.
    ///
    /// - Throws: `.full` before the reserve is touched.
    package func seal() throws(JournalError) -> SealedContent {
        try changing.withLock { memory throws(JournalError) in
            let (size, sealed) = state.withLock { ($0.size, $0.sealed) }
            if let sealed { return sealed }
            let content =
                size <= UInt64(keeper.inlineLimit) ? try sealSmall() : try sealLarge(&memory)
            keeper.register(content)
            state.withLock { state in
                state.sealed = content
                state.isDirty = false
            }
            return content
        }
    }

    /// All bytes that are here go into memory, and with the commit into the database.
    private func sealSmall() throws(JournalError) -> SealedContent {
        let state = self.state.withLock { $0 }
        try keeper.space.admit(state.size)
        var bytes = state.buffer
        bytes.append(contentsOf: repeatElement(0, count: Int(state.size) - bytes.count))
        if let file = state.file {
            for range in state.written.ranges {
                try bytes.replace(range, with: try file.bytes(of: range))
            }
        }
        let missing = state.lower.missing(of: state.inherited)
        for range in state.inherited.subtracting(missing).ranges {
            try bytes.replace(range, with: try state.lower.bytes(of: range))
        }
        let content = SealedContent(
            id: try keeper.makeID(),
            size: state.size,
            place: .memory(bytes),
            missing: missing,
            origin: missing.isEmpty ? nil : state.lower.origin,
            base: nil,
            borrowed: Extents(),
            isSynchronized: true,
            keeper: keeper
        )
        // What is missing is fetched for the content, once: the draft has it from there, whatever becomes of the version
        // that it was opened over.
        if !missing.isEmpty { self.state.withLock { $0.lower.local = content } }
        return content
    }

    /// The file becomes the content, after it has taken in what is not worth a layer of its own.
    private func sealLarge(_ memory: inout DraftMemory) throws(JournalError) -> SealedContent {
        let file: DraftFile
        if let known = state.withLock({
            $0.fork(); return $0.file
        }) {
            file = known
        } else {
            file = try makeFile(&memory)
        }
        let state = self.state.withLock { $0 }
        let missing = state.lower.missing(of: state.inherited)
        let layers = LayerPlan(
            of: state.inherited.subtracting(missing),
            in: state.lower,
            over: state.written.total,
            smallest: keeper.smallestLayer
        )
        try keeper.space.admit(layers.absorbed.total)
        for piece in layers.absorbed.pieces(of: 1 << 20) {
            try file.write(try state.lower.bytes(of: piece), at: piece.offset)
            self.state.withLock { state in
                state.written.insert(piece)
                state.inherited.remove(piece)
            }
        }
        try file.truncate(to: state.size)
        let content = SealedContent(
            id: file.id,
            size: state.size,
            place: .file,
            missing: missing,
            origin: missing.isEmpty ? nil : state.lower.origin,
            base: layers.base,
            borrowed: layers.borrowed,
            isSynchronized: false,
            keeper: keeper
        )
        file.handOver()
        self.state.withLock { $0.frozenAs = content }
        return content
    }
}

extension DraftFile {
    fileprivate func bytes(of range: ByteRange) throws(JournalError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(range.count))
        var span = bytes.mutableSpan
        // What a short file lacks are zeros.
        _ = try system(path) { () throws(SystemFailure) in
            try unsafe span.withUnsafeMutableBytes { buffer throws(SystemFailure) in
                try unsafe file.read(at: range.offset, into: buffer)
            }
        }
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func replace(_ range: ByteRange, with bytes: [UInt8]) throws(JournalError) {
        replaceSubrange(Int(range.offset)..<Int(range.end), with: bytes)
    }
}
