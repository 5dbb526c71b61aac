internal import Glibc

@main
struct ArchiveFuzz {
    static func main() {
        #if FUZZING
            var count = CommandLine.argc
            var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv
            exit(unsafe runDriver(&count, &arguments) { start, count in unsafe fuzzOneInput(start, count) })
        #else
            for path in CommandLine.arguments.dropFirst() {
                guard let bytes = file(path) else {
                    print("cannot read \(path)")
                    exit(1)
                }
                exerciseArchive(bytes)
                print("ok \(path)")
            }
        #endif
    }

    /// The bytes of a file; nil when it cannot be read.
    private static func file(_ path: String) -> [UInt8]? {
        guard let file = unsafe fopen(path, "r") else { return nil }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe fread(&piece, 1, piece.count, file)
            if count == 0 { return bytes }
            bytes += piece[..<count]
        }
    }
}

#if FUZZING
    /// libFuzzer's `LLVMFuzzerRunDriver`: the main function of its own.
    @_silgen_name("LLVMFuzzerRunDriver")
    private func runDriver(
        _ count: UnsafeMutablePointer<CInt>,
        _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
        _ run: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    ) -> CInt
#endif
