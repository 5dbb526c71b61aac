internal import Glibc

/// The C library's sentence for an errno.
func errorText(_ errno: Int32) -> String {
    var room = [CChar](repeating: 0, count: 256)
    // The module imports the XSI form: 0, and the sentence in the buffer.
    guard unsafe strerror_r(errno, &room, room.count) == 0 else { return "error \(errno)" }
    let bytes = room.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
}
