/// Why a text is no store address; says what was typed, as far as that cannot hold a secret, and what would do.
package enum StoreAddressError: Error, Hashable, Sendable {
    /// No scheme at all: likely a directory.
    case noColon(String)
    /// - Parameter scheme: What stands before the colon; empty when it should not be repeated.
    case unknownStore(String)
    case unwantedRest(scheme: String)
    case invalidDataset
    case missingDirectory
    case tilde
    case remoteFile
    case invalidEscape
    case invalidEndpoint
    case credentialsInURL
    case queryInURL

    /// What an address can begin with.
    package static let known =
        "edison:, edison:DATASET-ID, edison+https://HOST, file:DIR, memory:, or a name from config.yaml"
}

extension StoreAddressError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noColon(let text):
            "“\(text)” is no store address: a store's name ends with a colon. For a directory write “file:\(text)”; "
                + "known: \(Self.known)"
        case .unknownStore(""):
            "That is no store address; known: \(Self.known)"
        case .unknownStore(let scheme):
            "“\(scheme):” is no store; known: \(Self.known)"
        case .unwantedRest(let scheme):
            "“\(scheme):” stands alone: remove what follows the colon"
        case .invalidDataset:
            "That is no dataset id: it is made of letters, digits, “-”, “_” and “.”. "
                + "For another server write “edison+https://HOST#DATASET-ID”"
        case .missingDirectory:
            "“file:” needs a directory: write file:DIR, for example file:. for this one"
        case .tilde:
            "The shell does not replace “~” after “file:”: write file:$HOME/DIR, or file:./~ for a directory of that name"
        case .remoteFile:
            "A file URL with a host is another machine's file: mount that directory here first, then write file:///DIR"
        case .invalidEscape:
            "A file URL is percent-encoded and this one is not well: write the directory plainly, as file:DIR"
        case .invalidEndpoint:
            "That is no server address: write edison+http://HOST, edison+https://HOST:PORT or edison+https://HOST/PATH"
        case .credentialsInURL:
            "A store address must not hold a user name or password: others can see it (ps, /proc/mounts). "
                + "Remove what stands before “@” and keep the API key in EDISON_PLATFORM_API_KEY or config.yaml"
        case .queryInURL:
            "A store address has no “?”: others can see it, so no key belongs there. "
                + "Keep the API key in EDISON_PLATFORM_API_KEY or config.yaml"
        }
    }
}
