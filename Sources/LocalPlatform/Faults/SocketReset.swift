import Foundation

/// Ends a TCP connection with a reset. The server framework keeps its sockets to itself, so ours is found among the
/// open files by the client's port; connecting it to nowhere makes Linux send RST at once (connect(2), `AF_UNSPEC`).
enum SocketReset {
    static func resetConnection(fromPort port: Int?) {
        guard let port, let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") else {
            return
        }
        for descriptor in names.compactMap({ CInt($0) }) where peerPort(of: descriptor) == port {
            var nowhere = sockaddr()
            nowhere.sa_family = sa_family_t(AF_UNSPEC)
            _ = unsafe connect(descriptor, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
        }
    }

    private static func peerPort(of descriptor: CInt) -> Int? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutableBytes(of: &storage) { bytes -> Int? in
            let address = unsafe bytes.assumingMemoryBound(to: sockaddr.self)
            guard unsafe getpeername(descriptor, address.baseAddress, &length) == 0 else { return nil }
            let family = unsafe bytes.load(as: sa_family_t.self)
            guard family == sa_family_t(AF_INET) || family == sa_family_t(AF_INET6) else { return nil }
            return unsafe Int(UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self)))
        }
    }
}
