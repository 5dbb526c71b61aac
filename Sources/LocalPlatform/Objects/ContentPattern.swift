/// Bytes that follow from a rule, so that an object of any size needs no disk: 64-bit little-endian words, where word
/// `i` holds zero, `i`, or SplitMix64 of `seed + i + 1`.
enum ContentPattern: Equatable, Sendable {
    case zeros
    case counter
    case random(seed: UInt64)

    /// Reads `zeros`, `counter`, `random` or `random:SEED`.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        switch parts.first {
        case "zeros": self = .zeros
        case "counter": self = .counter
        case "random":
            guard let seed = parts.count > 1 ? UInt64(parts[1]) : 0 else { return nil }
            self = .random(seed: seed)
        default: return nil
        }
    }

    var text: String {
        switch self {
        case .zeros: "zeros"
        case .counter: "counter"
        case .random(let seed): "random:\(seed)"
        }
    }

    func word(_ index: UInt64) -> UInt64 {
        switch self {
        case .zeros: return 0
        case .counter: return index
        case .random(let seed):
            var mixed = (seed &+ index &+ 1) &* 0x9E37_79B9_7F4A_7C15
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// Fills `target` with the bytes that stand at `offset` of the object.
    func fill(_ target: UnsafeMutableRawBufferPointer, offset: Int) {
        if self == .zeros {
            unsafe target.initializeMemory(as: UInt8.self, repeating: 0)
            return
        }
        var done = 0
        let count = target.count
        while done < count {
            let position = offset + done
            let skip = position % 8
            let current = word(UInt64(position / 8))
            if skip == 0 && count - done >= 8 {
                unsafe target.storeBytes(of: current.littleEndian, toByteOffset: done, as: UInt64.self)
                done += 8
            } else {
                unsafe target[done] = UInt8(truncatingIfNeeded: current >> UInt64(8 * skip))
                done += 1
            }
        }
    }
}
