internal import Glibc

/// What `strerror(3)` says of an error number; Glibc keeps that text per thread since 2.32.
func systemMessage(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
}
