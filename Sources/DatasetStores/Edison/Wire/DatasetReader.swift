extension Edison {
    /// Reads the answer of `GET …/datasets/{id}` as it arrives and keeps no content of any entry.
    ///
    /// The answer holds every entry with its whole text and its embedding, unpaged: gathered, it could be larger than
    /// memory. So the bytes of each entry are gathered alone, a long `content` is counted instead of kept, an
    /// `embedding` is dropped, and the entry is decoded as soon as it ends.
    struct DatasetReader {
        private enum Target { case header, element, nothing }
        private enum Key { case other, dataset, entries, content, embedding }

        /// The text of a short content is kept: it may be the URL of a link.
        static let keptContent = 2048
        /// What remains of one entry, or of everything else, when content and embedding are left out.
        static let partLimit = 8 << 20

        private(set) var records: [EntryRecord] = []
        private(set) var received = 0
        /// Entries that are JSON but no entries: they are left out, so that one does not hide the others.
        private(set) var damaged = 0

        private var header: [UInt8] = []
        private var element: [UInt8] = []
        /// What stands in the list instead of an entry: a number, true, false or null.
        private var scalar: [UInt8] = []
        private var datasetRange: (start: Int, end: Int?)?

        private var target = Target.header
        private var depth = 0
        private var isInEntries = false
        private var isInString = false
        private var isEscaped = false
        private var awaitsName = false
        private var name: [UInt8]?
        private var key = Key.other
        private var elided: ElidedText?
        private var elidedLength: Int?
        private var interner = Interner()

        /// The facts of the dataset itself have come whole.
        var knowsDataset: Bool { datasetRange?.end != nil }

        /// Takes the next bytes.
        ///
        /// - Throws: `Malformed` as soon as an entry is no JSON or too large; the reader is of no more use then.
        mutating func consume(_ bytes: UnsafeRawBufferPointer) throws(Malformed) {
            received += bytes.count
            var start = 0
            var index = 0
            while index < bytes.count {
                if elided != nil {
                    index = unsafe consumeElided(bytes, from: index)
                    start = index
                } else if isInString {
                    index = unsafe consumeString(bytes, from: index)
                } else {
                    try unsafe consumeStructure(bytes, at: index, copyFrom: &start)
                    index += 1
                }
            }
            try unsafe copy(bytes, start..<index)
        }

        private mutating func copy(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) throws(Malformed) {
            guard !range.isEmpty else { return }
            switch target {
            case .header: unsafe header += bytes[range]
            case .element: unsafe element += bytes[range]
            case .nothing: return
            }
            guard max(header.count, element.count) <= Self.partLimit else {
                throw Malformed("the facts of one entry are larger than \(Self.partLimit >> 20) MiB")
            }
        }

        /// The part of a text up to its end or to the end of what came.
        private mutating func consumeString(_ bytes: UnsafeRawBufferPointer, from first: Int) -> Int {
            let count = bytes.count
            var index = first
            while index < count {
                let byte = unsafe bytes[index]
                index += 1
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                    break
                }
                if isInString, name != nil, name?.count ?? 0 < 32 { name?.append(byte) }
            }
            return index
        }

        private mutating func consumeElided(_ bytes: UnsafeRawBufferPointer, from first: Int) -> Int {
            guard var text = elided else { return first }
            let index = unsafe text.consume(bytes, from: first)
            guard text.isComplete else {
                elided = text
                return index
            }
            elided = nil
            if let whole = text.kept {
                element += [UInt8(ascii: "\"")] + whole + [UInt8(ascii: "\"")]
            } else {
                element += "null".utf8
                elidedLength = text.length
            }
            return index
        }
    }
}

extension Edison.DatasetReader {
    /// One byte outside of any text.
    private mutating func consumeStructure(
        _ bytes: UnsafeRawBufferPointer,
        at index: Int,
        copyFrom start: inout Int
    ) throws(Edison.Malformed) {
        switch unsafe bytes[index] {
        case UInt8(ascii: "\""):
            if awaitsName, isMemberDepth {
                name = []
                isInString = true
            } else if key == .content, isInEntries, depth == 3, name == nil {
                try unsafe copy(bytes, start..<index)
                start = index + 1
                elided = Edison.ElidedText(keeping: Self.keptContent)
            } else {
                isInString = true
                if isInEntries, depth == 2 { damaged += 1 }
            }
        case UInt8(ascii: ":"):
            if let name, isMemberDepth { key = Self.key(name, inEntry: isInEntries) }
            name = nil
            awaitsName = false
        case UInt8(ascii: ","):
            name = nil
            if isInEntries, depth == 2 { try endScalar() }
            awaitsName = isMemberDepth
            if isMemberDepth { key = .other }
        case let open where open == UInt8(ascii: "{") || open == UInt8(ascii: "["):
            try unsafe self.open(bytes, open, at: index, copyFrom: &start)
        case let close where close == UInt8(ascii: "}") || close == UInt8(ascii: "]"):
            try unsafe self.close(bytes, close, at: index, copyFrom: &start)
        case let byte:
            guard isInEntries, depth == 2, !Self.isSpace(byte) else { break }
            guard scalar.count < 64 else { throw Edison.Malformed("an entry is no JSON") }
            scalar.append(byte)
        }
    }

    /// Directly inside the answer's object or an entry's.
    private var isMemberDepth: Bool { depth == 1 || (isInEntries && depth == 3) }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func key(_ name: [UInt8], inEntry: Bool) -> Key {
        switch String(decoding: name, as: UTF8.self) {
        case "content" where inEntry: .content
        case "embedding" where inEntry: .embedding
        case "data_storage_entries" where !inEntry: .entries
        case "dataset" where !inEntry: .dataset
        default: .other
        }
    }

    private mutating func open(
        _ bytes: UnsafeRawBufferPointer,
        _ bracket: UInt8,
        at index: Int,
        copyFrom start: inout Int
    ) throws(Edison.Malformed) {
        if isInEntries, depth == 2 {
            guard scalar.isEmpty else { throw Edison.Malformed("an entry is no JSON") }
            element.removeAll(keepingCapacity: true)
            elidedLength = nil
            target = .element
            start = index
        } else if isInEntries, depth == 3, key == .embedding, target == .element {
            try unsafe copy(bytes, start..<index)
            element += "null".utf8
            target = .nothing
        } else if depth == 1, key == .entries, bracket == UInt8(ascii: "[") {
            try unsafe copy(bytes, start..<(index + 1))
            target = .nothing
            isInEntries = true
        } else if depth == 1, key == .dataset {
            try unsafe copy(bytes, start..<index)
            start = index
            datasetRange = (header.count, nil)
        }
        depth += 1
        awaitsName = isMemberDepth
        if isMemberDepth { key = .other }
    }

    private mutating func close(
        _ bytes: UnsafeRawBufferPointer,
        _ bracket: UInt8,
        at index: Int,
        copyFrom start: inout Int
    ) throws(Edison.Malformed) {
        depth -= 1
        awaitsName = false
        guard depth >= 0 else { throw Edison.Malformed("it is no JSON, there is a bracket too many") }
        if isInEntries, depth == 1 {
            try endScalar()
            isInEntries = false
            target = .header
            key = .other
            start = index
        } else if isInEntries, depth == 2 {
            try unsafe copy(bytes, start..<(index + 1))
            target = .nothing
            try endElement()
        } else if isInEntries, depth == 3, target == .nothing {
            target = .element
            start = index + 1
        } else if depth == 1, let range = datasetRange, range.end == nil {
            try unsafe copy(bytes, start..<(index + 1))
            start = index + 1
            datasetRange = (range.start, header.count)
        }
    }

    private mutating func endElement() throws(Edison.Malformed) {
        let json = try Edison.JSON.parse(element)
        do throws(Edison.Malformed) {
            var record = try Edison.EntryRecord(json, elidedLength: elidedLength)
            interner.share(&record)
            records.append(record)
        } catch {
            damaged += 1
        }
    }

    private mutating func endScalar() throws(Edison.Malformed) {
        guard !scalar.isEmpty else { return }
        _ = try Edison.JSON.parse(scalar)
        scalar.removeAll()
        damaged += 1
    }

    /// The facts of the dataset, as soon as ``knowsDataset``, or of a whole answer in either known form.
    ///
    /// - Throws: `Malformed` when they have not come or cannot be read.
    func dataset() throws(Edison.Malformed) -> Edison.DatasetRecord {
        if let range = datasetRange, let end = range.end {
            return try Edison.DatasetRecord(Edison.JSON.parse(Array(header[range.start..<end])))
        }
        let answer = try Edison.JSON.parse(header)
        // Older platforms put the dataset's members beside its entries.
        return try Edison.DatasetRecord(answer["dataset"] ?? answer)
    }

    /// Ends the reading of a whole answer.
    ///
    /// - Throws: `Malformed` when it broke off or is no such answer.
    func finish() throws(Edison.Malformed) -> Edison.DatasetAnswer {
        let answer = try Edison.JSON.parse(header)
        guard answer.asObject != nil else { throw Edison.Malformed("it is no object") }
        _ = try answer.array("data_storage_entries")
        return Edison.DatasetAnswer(dataset: try dataset(), records: records, damaged: damaged)
    }
}
