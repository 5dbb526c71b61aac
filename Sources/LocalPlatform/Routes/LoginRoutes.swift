import Hummingbird

/// `POST /auth/login` and what goes with an account.
struct LoginRoutes {
    let platform: Platform

    func register(_ table: inout RouteTable) {
        let platform = platform
        table.post("/auth/login") { request, _ in
            var body = try await BodyReader(request)
            let key = body.requiredString("api_key")
            try body.check()
            guard let user = platform.settings.apiKeys[key] else {
                throw APIError.problem(.unauthorized, "Invalid API key")
            }
            return .json(["access_token": .string(platform.tokens.token(for: user)), "token_type": "bearer"])
        }
        table.get("/v0.1/organizations") { request, _ in
            _ = try platform.user(of: request)
            return .json([["id": .string(User.organization), "name": .string(User.organization)]])
        }
    }
}
