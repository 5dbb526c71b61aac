internal import DatasetHTTP
internal import DatasetModel
internal import DatasetSync

extension Edison.Client {
    /// `POST …/data-entries/{id}/multipart-upload/initiate`: another one, unused, does no harm.
    ///
    /// - Parameter hashes: Base64 of each part's MD5.
    /// - Throws: `.unsupported` where the platform knows no such call.
    @available(*, noasync, message: "this waits for the network")
    func initiateUpload(of id: String, hashes: [String], until cancellation: Cancellation)
        throws(StoreError) -> (id: String, urls: [String])
    {
        let call = Edison.Call(
            method: .post,
            path: "\(Edison.Call.storage)/data-entries/\(id)/multipart-upload/initiate",
            body: .object([Edison.JSON.Member("part_hashes", .array(hashes.map { .string($0) }))]),
            title: "POST multipart-upload/initiate of entry \(id)",
            isIdempotent: true
        )
        return try answer(call, until: cancellation) { json throws(Edison.Malformed) in
            guard let upload = try json.string("upload_id"), !upload.isEmpty else {
                throw Edison.Malformed("there is no “upload_id”")
            }
            let urls = try json.array("part_urls")?.compactMap(\.asString) ?? []
            guard urls.count == hashes.count else {
                throw Edison.Malformed("\(urls.count) URLs came for \(hashes.count) parts")
            }
            return (upload, urls)
        }
    }

    /// `POST …/data-entries/{id}/multipart-upload/complete`
    ///
    /// Repeated, it may be refused although the first one was done: then the object is there.
    @available(*, noasync, message: "this waits for the network")
    func completeUpload(
        _ upload: String,
        of id: String,
        etags: [String],
        hashes: [String],
        until cancellation: Cancellation
    ) throws(StoreError) {
        let parts = zip(etags, hashes).enumerated().map { index, part in
            Edison.JSON.object([
                Edison.JSON.Member("part_number", .number(String(index + 1))),
                Edison.JSON.Member("etag", .string(part.0)), Edison.JSON.Member("checksum", .string(part.1)),
            ])
        }
        let call = Edison.Call(
            method: .post,
            path: "\(Edison.Call.storage)/data-entries/\(id)/multipart-upload/complete",
            body: .object([
                Edison.JSON.Member("upload_id", .string(upload)), Edison.JSON.Member("parts", .array(parts)),
            ]),
            title: "POST multipart-upload/complete of entry \(id)",
            isIdempotent: true,
            // The object store may be long in joining very many parts.
            stallLimit: .seconds(300)
        )
        _ = try send(call, until: cancellation)
    }

    /// `PATCH {"status": "active"}`: the content is there.
    @available(*, noasync, message: "this waits for the network")
    func activate(_ id: String, until cancellation: Cancellation) throws(StoreError) -> Edison.EntryAnswer {
        try change(id, [Edison.JSON.Member("status", .string("active"))], until: cancellation)
    }
}
