/// What a fault does to an answer; several may be asked for at once.
struct FaultEffect: Equatable, Sendable {
    /// Answer this instead of the truth, with `body` and perhaps `Retry-After`.
    var status: Int?
    var retryAfter: String?
    var body: String?
    /// Before the request is looked at.
    var delayMilliseconds: Int?
    /// After the head of the answer, before its first byte.
    var firstByteMilliseconds: Int?
    /// Reset the connection when this many bytes of the body are out; at -1 before the head.
    var resetAt: Int?
    /// Close the connection when this many bytes are out, though `Content-Length` promised more.
    var truncateAt: Int?
    /// Turn over the bits of the byte at this place.
    var corruptAt: Int?
    var bytesPerSecond: Int?
    /// Answer 200 with text that is no JSON.
    var garbage = false
    /// Answer 200 with a body that never ends.
    var endless = false

    /// This effect with what `other` has besides.
    func merged(with other: FaultEffect) -> FaultEffect {
        FaultEffect(
            status: status ?? other.status,
            retryAfter: retryAfter ?? other.retryAfter,
            body: body ?? other.body,
            delayMilliseconds: delayMilliseconds ?? other.delayMilliseconds,
            firstByteMilliseconds: firstByteMilliseconds ?? other.firstByteMilliseconds,
            resetAt: resetAt ?? other.resetAt,
            truncateAt: truncateAt ?? other.truncateAt,
            corruptAt: corruptAt ?? other.corruptAt,
            bytesPerSecond: bytesPerSecond ?? other.bytesPerSecond,
            garbage: garbage || other.garbage,
            endless: endless || other.endless
        )
    }

    var touchesBody: Bool {
        firstByteMilliseconds != nil || resetAt != nil || truncateAt != nil || corruptAt != nil || bytesPerSecond != nil
    }
}

/// When a fault strikes: which requests, after how many, how often, how likely.
struct FaultRule: Equatable, Sendable {
    /// Nil for every method.
    var method: String?
    /// A regular expression that is looked for anywhere in the path.
    var path = ""
    /// Matching requests that are let through first.
    var skip = 0
    /// Times it strikes; nil for always.
    var count: Int?
    var probability = 1.0
    var effect = FaultEffect()

    func matches(method: String, path: String) -> Bool {
        guard self.method == nil || self.method == method else { return false }
        guard !self.path.isEmpty else { return true }
        guard let expression = try? Regex(self.path) else { return false }
        return path.contains(expression)
    }

    /// Counts a matching request.
    ///
    /// - Parameter chance: a number from 0 up to 1, drawn for this request.
    /// - Returns: whether the fault strikes.
    mutating func strike(chance: Double) -> Bool {
        guard count != 0 else { return false }
        guard skip == 0 else {
            skip -= 1
            return false
        }
        guard chance < probability else { return false }
        if let left = count { count = left - 1 }
        return true
    }
}

/// All rules in force, in the order they were given.
struct FaultRules: Equatable, Sendable {
    var rules: [FaultRule] = []

    /// What happens to a request; nil when nothing does.
    mutating func effect(method: String, path: String, chance: () -> Double) -> FaultEffect? {
        var effect: FaultEffect?
        for index in rules.indices where rules[index].matches(method: method, path: path) {
            guard rules[index].strike(chance: chance()) else { continue }
            effect = effect?.merged(with: rules[index].effect) ?? rules[index].effect
        }
        return effect
    }
}
