/// Text that is compared byte for byte.
///
/// Swift compares `String` by canonical equivalence: the composed and the decomposed form of `é` are equal there. To a store
/// they are two names of two things.
package protocol ExactlyCompared: Hashable {
    var rawValue: String { get }
}

extension ExactlyCompared {
    package static func == (left: Self, right: Self) -> Bool {
        left.rawValue.utf8.elementsEqual(right.rawValue.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = rawValue
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
