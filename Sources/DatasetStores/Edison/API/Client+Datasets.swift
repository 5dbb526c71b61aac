internal import DatasetHTTP
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

extension Edison.Client {
    /// `GET /v0.1/data-storage/datasets/{id}`, read to its end.
    ///
    /// - Throws: `.notFound` when there is no such dataset, or none that this account may see.
    @available(*, noasync, message: "this waits for the network")
    func dataset(_ id: String, until cancellation: Cancellation)
        throws(StoreError) -> Edison.DatasetAnswer
    {
        let reader = try readDataset(id, wholly: true, until: cancellation)
        return try Self.checked(id) { () throws(Edison.Malformed) in
            let answer = try reader.finish()
            try Self.check(answer.dataset, isFor: id)
            return answer
        }
    }

    /// `GET /v0.1/data-storage/datasets/{id}`, broken off when the facts of the dataset itself are there and much more
    /// would follow.
    @available(*, noasync, message: "this waits for the network")
    func datasetFacts(_ id: String, until cancellation: Cancellation) throws(StoreError) -> Edison.DatasetRecord {
        let reader = try readDataset(id, wholly: false, until: cancellation)
        return try Self.checked(id) { () throws(Edison.Malformed) in
            let dataset = try reader.dataset()
            try Self.check(dataset, isFor: id)
            return dataset
        }
    }

    private func readDataset(_ id: String, wholly: Bool, until cancellation: Cancellation)
        throws(StoreError) -> Edison.DatasetReader
    {
        let call = Edison.Call(
            method: .get,
            path: "\(Edison.Call.storage)/datasets/\(id)",
            title: Self.title(id),
            isIdempotent: true
        )
        var attempt = 0
        while true {
            // One reader per answer: a transport that repeats the request asks for a new one.
            let latest = Edison.LatestSink()
            var failure: StoreError?
            do throws(StoreError) {
                _ = try send(call, until: cancellation) { .sink(latest.renew(stopsEarly: !wholly)) }
            } catch {
                failure = error
            }
            let result = latest.sink?.result
            if let malformed = result?.failure { throw StoreError(malformed, answering: call.title) }
            if let result, result.hasEnough || failure == nil { return result.reader }
            let error = failure ?? StoreError(Edison.Malformed("it is empty"), answering: call.title)
            // The transport repeats what failed before the first byte; what breaks off later is repeated here.
            attempt += 1
            guard error.code == .reset || error.code == .timedOut, latest.sink != nil, attempt < 3,
                pause.wait(.milliseconds(300 * attempt), cancellation)
            else { throw error }
        }
    }

    private static func title(_ id: String) -> String { "GET dataset \(id)" }

    private static func checked<Value>(_ id: String, _ decode: () throws(Edison.Malformed) -> Value)
        throws(StoreError) -> Value
    {
        do throws(Edison.Malformed) {
            return try decode()
        } catch {
            throw StoreError(error, answering: title(id))
        }
    }

    private static func check(_ dataset: Edison.DatasetRecord, isFor id: String) throws(Edison.Malformed) {
        guard !Edison.Identifier.isUUID(id) || dataset.id == id else {
            throw Edison.Malformed("it is about another dataset")
        }
    }
}
