// The standard library's `withUnsafeBytes` forgets the type of the error that its closure throws; these keep it.

extension [UInt8] {
    /// Lends the bytes; an empty array may lend a null pointer.
    func withRawBytes<Answer, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        try unsafe withUnsafeBufferPointer { buffer throws(Failure) in
            try unsafe body(UnsafeRawBufferPointer(buffer))
        }
    }

    /// Lends the bytes to be overwritten.
    mutating func withMutableRawBytes<Answer, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        try unsafe withUnsafeMutableBufferPointer { buffer throws(Failure) in
            try unsafe body(UnsafeMutableRawBufferPointer(buffer))
        }
    }
}

extension ArraySlice<UInt8> {
    /// Lends the bytes; an empty slice may lend a null pointer.
    func withRawBytes<Answer, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        try unsafe withUnsafeBufferPointer { buffer throws(Failure) in
            try unsafe body(UnsafeRawBufferPointer(buffer))
        }
    }
}
