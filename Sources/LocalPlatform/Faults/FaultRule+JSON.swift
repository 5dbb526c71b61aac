extension FaultRule {
    /// Reads a rule: `{"method", "path", "skip", "count", "probability", "status", "retry_after", "body", "delay_ms",
    /// "first_byte_ms", "reset_at", "truncate_at", "corrupt_at", "bytes_per_second", "garbage", "endless"}`, all optional.
    ///
    /// - Throws: `APIError` 422 when a member does not fit.
    init(_ json: JSONValue) throws(APIError) {
        var body = BodyReader(json)
        method = body.string("method")?.uppercased()
        path = body.string("path") ?? ""
        skip = body.int("skip") ?? 0
        count = body.int("count")
        probability = body.double("probability") ?? 1
        effect.status = body.int("status")
        effect.retryAfter = body.value("retry_after").map { $0.stringValue ?? $0.text }
        effect.body = body.value("body").map { $0.stringValue ?? $0.text }
        effect.delayMilliseconds = body.int("delay_ms")
        effect.firstByteMilliseconds = body.int("first_byte_ms")
        effect.resetAt = body.int("reset_at")
        effect.truncateAt = body.int("truncate_at")
        effect.corruptAt = body.int("corrupt_at")
        effect.bytesPerSecond = body.int("bytes_per_second")
        effect.garbage = body.bool("garbage") ?? false
        effect.endless = body.bool("endless") ?? false
        if (try? Regex(path)) == nil { body.problem("path", "Input should be a regular expression") }
        if let status = effect.status, !(200...599).contains(status) {
            body.problem("status", "Input should be between 200 and 599", "out_of_range")
        }
        if let rate = effect.bytesPerSecond, rate <= 0 {
            body.problem("bytes_per_second", "Input should be greater than 0", "greater_than")
        }
        try body.check()
    }

    var json: JSONValue {
        var members: JSONValue = [
            "method": .optional(method), "path": .string(path), "skip": .int(skip),
            "count": count.map { .int($0) } ?? nil, "probability": .double(probability),
        ]
        let numbers = [
            ("status", effect.status), ("delay_ms", effect.delayMilliseconds),
            ("first_byte_ms", effect.firstByteMilliseconds), ("reset_at", effect.resetAt),
            ("truncate_at", effect.truncateAt), ("corrupt_at", effect.corruptAt),
            ("bytes_per_second", effect.bytesPerSecond),
        ]
        for (key, number) in numbers {
            if let number { members = members.overlaid(with: .object([.init(key: key, value: .int(number))])) }
        }
        return members.overlaid(with: ["garbage": .bool(effect.garbage), "endless": .bool(effect.endless)])
    }
}
