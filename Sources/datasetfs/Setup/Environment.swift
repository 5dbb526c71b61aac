internal import Glibc

/// The process's environment, copied once.
enum Environment {
    static var variables: [String: String] {
        var result: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let line = unsafe String(cString: text)
            if let mark = line.firstIndex(of: "=") {
                result[String(line[..<mark])] = String(line[line.index(after: mark)...])
            }
            unsafe entry += 1
        }
        return result
    }
}
