internal import DatasetSync

extension Edison {
    /// A token as it was handed out; later ones have larger serials.
    struct Token: Sendable, Equatable {
        var value: Secret
        var serial: Int
        /// When it is to be replaced, a little before it ends; nil when it does not say.
        var refreshAt: MonotonicTime?
    }

    /// Decides when to log in: a value without any I/O.
    ///
    /// The platform answers 401 or 403 both to a token that ended and to a genuine refusal. One login tells them apart;
    /// what it told is remembered for a minute, so that a directory full of refusals costs one login, not one each.
    struct TokenLedger {
        enum Advice: Equatable {
            case use(Token)
            case logIn
            /// The answer stands.
            case accept
        }

        static let memory = Duration.seconds(60)

        private let renewable: Bool
        private var token: Token?
        private var serial = 0
        private var genuine: [Int: MonotonicTime] = [:]

        /// - Parameter fixed: A token that cannot be replaced.
        init(fixed: Secret? = nil) {
            renewable = fixed == nil
            token = fixed.map { Token(value: $0, serial: 0, refreshAt: nil) }
        }

        /// Before a request.
        func token(at now: MonotonicTime) -> Advice {
            guard let token else { return .logIn }
            if renewable, let refreshAt = token.refreshAt, now >= refreshAt { return .logIn }
            return .use(token)
        }

        /// After a login.
        ///
        /// - Parameter wall: Seconds since 1970 at this moment.
        mutating func loggedIn(_ value: Secret, at now: MonotonicTime, wall: Int) -> Token {
            serial += 1
            let claims = TokenClaims(value.value)
            let fresh = Token(value: value, serial: serial, refreshAt: Self.refresh(claims, now: now, wall: wall))
            token = fresh
            return fresh
        }

        /// After a 401 or 403 to a request that carried `used`.
        mutating func refused(_ used: Token, status: Int, at now: MonotonicTime) -> Advice {
            guard renewable else { return .accept }
            if let token, token.serial > used.serial { return .use(token) }
            if let until = genuine[status], now < until { return .accept }
            return .logIn
        }

        /// After the replay with a fresh token was answered with `status` as well.
        mutating func refusedAgain(status: Int, at now: MonotonicTime) {
            genuine[status] = now + Self.memory
        }

        /// The lifetime by the token's own two stamps, so that this machine's clock may be wrong; a tenth of it, at most
        /// half a minute, is kept as reserve.
        private static func refresh(_ claims: TokenClaims?, now: MonotonicTime, wall: Int) -> MonotonicTime? {
            guard let claims, let expires = claims.expires else { return nil }
            let (lifetime, overflow) = expires.subtractingReportingOverflow(claims.issued ?? wall)
            guard !overflow, lifetime > 0, lifetime < 1 << 32 else { return nil }
            return now + .seconds(lifetime) - min(.seconds(30), .seconds(lifetime) / 10)
        }
    }
}

extension MonotonicTime {
    fileprivate static func - (time: MonotonicTime, interval: Duration) -> MonotonicTime {
        MonotonicTime(nanoseconds: time.nanoseconds - min(time.nanoseconds, interval.clampedNanoseconds))
    }
}
