// libFuzzer's entry. Built for fuzzing by
//
//     swift build -c release --product ArchiveFuzz --scratch-path .build-fuzz \
//         -Xswiftc -sanitize=fuzzer,address -Xswiftc -DFUZZING
//     .build-fuzz/release/ArchiveFuzz DIRECTORY-OF-ITS-OWN Tests/ArchiveFuzz/Corpus
//
// An ordinary build makes a program that runs the files named in its arguments, once each.

/// One input of the fuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    exerciseArchive(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
