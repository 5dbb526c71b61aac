/// Everything an operator may choose, as plain values.
struct ServerSettings: Sendable {
    var root: String
    var publicURL: String
    /// API key to user id.
    var apiKeys: [String: String] = ["local-key": "local-user"]
    /// Whose seeded entries are when nobody is named.
    var defaultUser = "local-user"
    var tokenLifetime: Double = 300
    var signedURLLifetime: Double = 3600
    var searchDelay: Double = 0
    var searchWindow = 10_000
    var refuseRegistration = false
    var acceptPlainPatch = true
    var keepMetadata = true
    var acceptMultipart = true
    var copySources = false
    var acceptBearerWithSignature = false
    var admin = false
}
