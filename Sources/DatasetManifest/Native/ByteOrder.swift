internal import Glibc

extension String {
    /// The order of UTF-8 bytes, the same in every locale and for every form of normalisation.
    func precedesInBytes(_ other: String) -> Bool {
        var left = self
        var right = other
        return left.withUTF8 { left in
            right.withUTF8 { right in
                unsafe compareBytes(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right)) < 0
            }
        }
    }

    /// The same bytes; `==` takes the composed and the decomposed form of a letter for equal.
    func hasSameBytes(as other: String) -> Bool {
        var left = self
        var right = other
        return left.withUTF8 { left in
            right.withUTF8 { right in
                unsafe compareBytes(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right)) == 0
            }
        }
    }
}

extension [UInt8] {
    /// Negative where this comes first, 0 where both are equal.
    func compared(to other: [UInt8]) -> Int {
        unsafe withUnsafeBytes { left in
            unsafe other.withUnsafeBytes { right in unsafe compareBytes(left, right) }
        }
    }
}

/// Byte by byte, as unsigned numbers; of two of which one begins with the other the shorter comes first.
private func compareBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let shared = min(left.count, right.count)
    // memcmp must not be handed the null address that an empty buffer may have.
    if shared > 0, let first = left.baseAddress, let second = right.baseAddress {
        let order = unsafe memcmp(first, second, shared)
        if order != 0 { return Int(order) }
    }
    return left.count - right.count
}
