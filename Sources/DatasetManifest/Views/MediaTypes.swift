/// Media types of files whose store knows none, by the extension of their names.
enum MediaTypes {
    /// What a view says of a file: what the store says where that has the form of a media type, else what the name tells, else
    /// that it is bytes.
    static func type(of facts: EntryFacts) -> String {
        if let type = facts.mediaType, isMediaType(type) { return type }
        let name = facts.path.last?.utf8 ?? "".utf8
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return unknown }
        let suffix = String(decoding: name[name.index(after: dot)...], as: UTF8.self)
        return byExtension[suffix.lowercased()] ?? unknown
    }

    private static let unknown = "application/octet-stream"

    /// RFC 6838, section 4.2; parameters are not kept to.
    private static func isMediaType(_ text: String) -> Bool {
        let parts = text.utf8.prefix { $0 != UInt8(ascii: ";") }.split(separator: UInt8(ascii: "/"))
        return parts.count == 2
            && parts.allSatisfy { part in
                part.allSatisfy { ResourceNames.isPlain($0) || (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "+") }
            }
            && text.utf8.allSatisfy { $0 > 0x1F && $0 < 0x7F }
    }

    /// Registered types (https://www.iana.org/assignments/media-types) of what scientific data mostly comes in.
    private static let byExtension = [
        "avif": "image/avif", "bmp": "image/bmp", "bz2": "application/x-bzip2", "css": "text/css", "csv": "text/csv",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "fa": "text/x-fasta", "fasta": "text/x-fasta", "fits": "application/fits", "geojson": "application/geo+json",
        "gif": "image/gif", "gz": "application/gzip", "h5": "application/x-hdf5", "hdf5": "application/x-hdf5",
        "htm": "text/html", "html": "text/html", "ipynb": "application/x-ipynb+json", "jpeg": "image/jpeg",
        "jpg": "image/jpeg", "js": "text/javascript", "json": "application/json", "jsonld": "application/ld+json",
        "log": "text/plain", "md": "text/markdown", "mp3": "audio/mpeg", "mp4": "video/mp4",
        "nc": "application/x-netcdf",
        "ods": "application/vnd.oasis.opendocument.spreadsheet", "odt": "application/vnd.oasis.opendocument.text",
        "parquet": "application/vnd.apache.parquet", "pdb": "chemical/x-pdb", "pdf": "application/pdf",
        "png": "image/png",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", "py": "text/x-python",
        "r": "text/x-r", "rdf": "application/rdf+xml", "rtf": "application/rtf", "sh": "application/x-sh",
        "sql": "application/sql", "sqlite": "application/vnd.sqlite3", "svg": "image/svg+xml",
        "tar": "application/x-tar",
        "tex": "application/x-tex", "tif": "image/tiff", "tiff": "image/tiff", "tsv": "text/tab-separated-values",
        "ttl": "text/turtle", "txt": "text/plain", "wav": "audio/wav", "webp": "image/webp",
        "xls": "application/vnd.ms-excel",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xml": "application/xml",
        "yaml": "application/yaml", "yml": "application/yaml", "zip": "application/zip", "zst": "application/zstd",
    ]
}
