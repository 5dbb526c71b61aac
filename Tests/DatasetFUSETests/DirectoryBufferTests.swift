internal import DatasetModel
internal import DatasetVFS
internal import Testing

@testable internal import DatasetFUSE

@Suite("DirectoryBuffer")
struct DirectoryBufferTests {
    private func item(_ name: String, _ offset: UInt64) -> DirectoryItem {
        DirectoryItem(inode: Inode(offset + 100), kind: .regular, name: name, offset: offset)
    }

    private func entry(_ inode: UInt64) -> Entry {
        let time = Timestamp(nanoseconds: 0)
        let status = FileStatus(
            inode: Inode(inode),
            kind: .directory,
            size: 0,
            permissions: 0o755,
            links: 2,
            owner: 0,
            group: 0,
            accessed: time,
            modified: time,
            changed: time
        )
        return Entry(status: status, lifetime: .seconds(1))
    }

    /// Runs `add` on a buffer of that many bytes, again and again while it answers true, at most `limit` times.
    ///
    /// - Returns: The bytes packed, and how many names went in.
    private func packed(
        _ size: Int,
        limit: Int = 1,
        _ add: (inout DirectoryBuffer, Int) -> Bool
    ) -> (bytes: [UInt8], count: Int) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
        defer { unsafe memory.deallocate() }
        var buffer = unsafe DirectoryBuffer(memory)
        var count = 0
        while count < limit, add(&buffer, count) { count += 1 }
        return unsafe (Array(buffer.bytes), count)
    }

    private func number(_ bytes: [UInt8], at index: Int) -> UInt64 {
        bytes[index..<index + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    @Test("a name is packed with number, offset, length and type, padded to eight bytes")
    func plainEntry() {
        let (bytes, count) = packed(4096) { buffer, _ in buffer.add(item("abc", 7)) }

        // struct fuse_dirent: ino, off, namelen, type, name.
        #expect(count == 1 && bytes.count == 32)
        #expect(number(bytes, at: 0) == 107)
        #expect(number(bytes, at: 8) == 7)
        #expect(bytes[16] == 3 && bytes[20] == 8)
        #expect(Array(bytes[24..<27]) == Array("abc".utf8))
    }

    @Test("what does not fit is refused and leaves what was packed alone")
    func fullBuffer() {
        let (bytes, count) = packed(100, limit: 5) { buffer, index in buffer.add(item("abc", UInt64(index + 1))) }

        #expect(count == 3 && bytes.count == 96)
        #expect(number(bytes, at: 64 + 8) == 3)
    }

    @Test("a smaller name still fits behind one that did not")
    func smallerName() {
        let (bytes, count) = packed(64, limit: 2) { buffer, index in
            if index == 1 { _ = buffer.add(item("much-too-long-for-the-rest", 2)) }
            return buffer.add(item("a", 3))
        }
        #expect(count == 2 && bytes.count == 64)
    }

    @Test("a buffer exactly full takes its last name, an empty one none")
    func exactlyFull() {
        #expect(packed(64, limit: 3) { buffer, _ in buffer.add(item("a", 1)) }.count == 2)
        #expect(packed(0) { buffer, _ in buffer.add(item("a", 1)) }.count == 0)
    }

    @Test("with attributes the node id goes out; a bare name's is 0 but its number shows")
    func plusEntries() {
        let full = packed(4096) { buffer, _ in buffer.add(item("abc", 7), entry(42)) }.bytes
        let bare = packed(4096) { buffer, _ in buffer.add(item("abc", 7), nil) }.bytes

        // struct fuse_direntplus: 128 bytes of fuse_entry_out, then the dirent.
        #expect(full.count == 160 && bare.count == 160)
        #expect(number(full, at: 0) == 42 && number(bare, at: 0) == 0)
        #expect(number(full, at: 128) == 42 && number(bare, at: 128) == 107)
        #expect(full[128 + 20] == 4 && bare[128 + 20] == 8)
    }

    @Test("reading on from the last offset misses nothing, whatever the buffer's size", arguments: [200, 512, 4096])
    func offsets(size: Int) {
        var next = 0
        while next < 50 {
            let (bytes, count) = packed(size, limit: 50 - next) { buffer, index in
                let number = next + index
                return buffer.add(item("name-\(number)", UInt64(number + 1)), number % 2 == 0 ? nil : entry(9))
            }
            #expect(count > 0 && bytes.count <= size)
            guard count > 0 else { return }
            next += count
        }
        #expect(next == 50)
    }
}
