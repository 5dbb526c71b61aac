extension Manifest {
    /// Reads a manifest whole, or refuses it whole.
    ///
    /// - Parameter directoryName: The name of the directory that the manifest is for; nil where it has none.
    /// - Throws: what is wrong, with the path of names and the line and column.
    package init(
        parsing bytes: [UInt8],
        as format: ManifestFormat,
        directoryName: String? = nil
    ) throws(ManifestError) {
        guard bytes.count <= format.maximalBytes else {
            throw ManifestError("it has \(bytes.count) bytes, and \(format.maximalBytes) is the most that is read")
        }
        // A byte order mark is allowed to stand at the beginning of UTF-8, and says nothing.
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let offset = Self.endOfUTF8(in: bytes)
            throw ManifestError("it is no UTF-8", place: TextPlace(offset: offset, in: bytes))
        }
        do {
            let value: PlacedValue
            switch format {
            case .json:
                var reader = JSONReader(bytes)
                value = try reader.document()
            case .yaml:
                var reader = YAMLReader(text)
                value = try reader.document()
            }
            self = try ManifestReader(directoryName: directoryName).manifest(from: value)
        } catch {
            throw ManifestError(error.problem, path: error.path, place: error.position.place(in: bytes))
        }
    }

    /// The offset of the first byte that is not part of a valid UTF-8 sequence.
    private static func endOfUTF8(in bytes: [UInt8]) -> Int {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while case .valid(let scalar) = parser.parseScalar(from: &iterator) { offset += scalar.count }
        return offset
    }
}
