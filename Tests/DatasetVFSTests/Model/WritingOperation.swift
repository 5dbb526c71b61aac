import DatasetModel
import DatasetTestSupport

/// One thing that happens to a tree, complete in itself: a sequence stays one when any of its steps is left out.
enum WritingOperation: Sendable {
    case put(String, Int, seed: UInt64)
    case open(String, truncates: Bool)
    case write(Int, offset: Int, Int, seed: UInt64)
    case append(Int, Int, seed: UInt64)
    case truncate(String, Int)
    case close(Int)
    case synchronize(Int)
    case rename(String, String)
    case unlink(String)
    case makeDirectory(String)
    case removeDirectory(String)
    case link(String)
    case remount(fresh: Bool)
    case crash(fresh: Bool)
    case drain
    case fault(FaultyStore.Call, StoreFault)
    /// Another client changes, makes or removes a file at the store.
    case elsewhere(String, Int?, seed: UInt64)

    static let directories = ["d", "e", "d/s"]
    static let files = ["", "d/", "e/", "d/s/"].flatMap { place in ["a", "b", "t.tmp", "x~"].map { place + $0 } }

    static func random(_ generator: inout SeededGenerator) -> WritingOperation {
        func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }
        // Most of what happens happens to a few.
        func file() -> String { below(2) == 0 ? ["a", "b", "d/a"][below(3)] : files[below(files.count)] }
        func directory() -> String { directories[below(directories.count)] }
        func size() -> Int { [0, 1, 10, 1000, 5000, 40_000][below(6)] }
        switch below(34) {
        case 0...4: return .put(file(), size(), seed: generator.next())
        case 5...7: return .open(file(), truncates: below(3) == 0)
        case 8...11: return .write(below(4), offset: [0, 1, 500, 4000][below(4)], size(), seed: generator.next())
        case 12: return .append(below(4), size(), seed: generator.next())
        case 13: return .truncate(file(), size())
        case 14...16: return .close(below(4))
        case 17: return .synchronize(below(4))
        case 18...21: return .rename(file(), file())
        case 22: return .rename(directory(), directory())
        case 23...24: return .unlink(file())
        case 25...26: return .makeDirectory(directory())
        case 27: return .removeDirectory(directory())
        case 28: return .link(file())
        case 29: return .remount(fresh: below(2) == 0)
        case 30: return .crash(fresh: below(2) == 0)
        case 31: return .drain
        case 32:
            let error = StoreError([.reset, .serverFailure][below(2)], "a fault of the test")
            return .fault(
                [.create, .replace, .remove][below(3)],
                below(2) == 0 ? .fail(error) : .failAfter(error)
            )
        default: return .elsewhere(file(), below(4) == 0 ? nil : size(), seed: generator.next())
        }
    }
}
