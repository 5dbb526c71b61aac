import ArgumentParser
import Foundation
import Logging

/// Who may log in, and for how long.
struct AccountOptions: ParsableArguments {
    @Option(
        name: .customLong("api-key"),
        help: ArgumentHelp("An API key, and the user it stands for. May be given often.", valueName: "key[=user]")
    )
    var keys: [String] = []

    @Option(
        name: .customLong("api-key-file"),
        help:
            "A file with one KEY[=USER] per line; # begins a comment. DATASETFS_SERVER_API_KEYS holds more, by commas."
    )
    var keyFile: String?

    @Option(help: ArgumentHelp("Seconds until a login expires.", valueName: "seconds"))
    var tokenLifetime = 300.0

    /// Keys and users in the order they were given.
    func users(environment: [String: String]) throws -> [(String, String)] {
        var lines = keys
        if let keyFile {
            lines += try String(contentsOfFile: keyFile, encoding: .utf8).split(separator: "\n").map(String.init)
        }
        lines += (environment["DATASETFS_SERVER_API_KEYS"] ?? "").split(separator: ",").map(String.init)
        return lines.compactMap { line in
            let text = line.trimmingCharacters(in: .whitespaces)
            guard !text.isEmpty, !text.hasPrefix("#") else { return nil }
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard let key = parts.first else { return nil }
            return (key, parts.count > 1 ? parts[1] : "local-user")
        }
    }
}

/// How the platform behaves where the real one may do either.
struct BehaviourOptions: ParsableArguments {
    @Option(
        name: .customLong("signed-url-lifetime"),
        help: ArgumentHelp("Seconds until a signed URL expires.", valueName: "seconds")
    )
    var signedURLLifetime = 3600.0

    @Option(help: ArgumentHelp("Seconds until a search finds what was made.", valueName: "seconds"))
    var searchDelay = 0.0

    @Option(help: ArgumentHelp("How deep a search can be paged.", valueName: "hits"))
    var searchWindow = 10_000

    @Flag(help: "Refuse to register objects of buckets, as newer platforms do.")
    var refuseRegistration = false

    @Flag(inversion: .prefixedNo, help: "Take a new name or description without a revision.")
    var plainPatch = true

    @Flag(inversion: .prefixedNo, help: "Show the metadata that entries were made with.")
    var metadata = true

    @Flag(inversion: .prefixedNo, help: "Take uploads in parts; without, only in resumable sessions, as of old.")
    var multipart = true

    @Flag(help: "Give a revision that takes over another entry's file a copy of its own.")
    var copySources = false

    @Flag(help: "Take a signed URL that comes with a login; some older clients send it there, and S3 answers 400.")
    var bearerWithSignature = false

    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp("Least severe messages that are logged: trace to critical.", valueName: "level")
    )
    var verbosity = "notice"

    var logLevel: Logger.Level { Logger.Level(rawValue: verbosity) ?? .notice }

    func apply(to settings: inout ServerSettings) {
        settings.signedURLLifetime = signedURLLifetime
        settings.searchDelay = searchDelay
        settings.searchWindow = searchWindow
        settings.refuseRegistration = refuseRegistration
        settings.acceptPlainPatch = plainPatch
        settings.keepMetadata = metadata
        settings.acceptMultipart = multipart
        settings.copySources = copySources
        settings.acceptBearerWithSignature = bearerWithSignature
    }
}

/// What only tests need.
struct TestingOptions: ParsableArguments {
    @Flag(help: "Offer the routes under /admin: faults, counters, seeding. They ask for no login.")
    var admin = false

    @Flag(help: "End when standard input does, so as not to outlive a test that was killed.")
    var exitWithStdin = false

    @Option(
        name: .customLong("fault"),
        help: ArgumentHelp("A fault on request, as POST /admin/faults takes it.", valueName: "json")
    )
    var faults: [String] = []

    func rules() throws -> [FaultRule] {
        try faults.map { text in
            guard let json = JSONValue.parse(text) else { throw ValidationError("--fault needs JSON: \(text)") }
            do throws(APIError) {
                return try FaultRule(json)
            } catch {
                throw ValidationError("--fault does not fit: \(error.detail.text)")
            }
        }
    }
}
