internal import Glibc

/// Which certificate authorities are believed: libcurl's built-in places unless the environment names others.
///
/// The curl program reads these variables, the library does not: `CURL_CA_BUNDLE`, else `SSL_CERT_DIR` and
/// `SSL_CERT_FILE`. As there, each replaces its own default and leaves the other (curl(1), ENVIRONMENT).
package struct TrustAnchors: Sendable, Equatable {
    /// A file of certificates in PEM form; nil for the built-in one.
    package var file: String?
    /// A directory of hashed certificates; nil for the built-in one.
    package var directory: String?

    package static let builtIn = TrustAnchors(file: nil, directory: nil)

    package init(file: String?, directory: String?) {
        self.file = file
        self.directory = directory
    }

    /// - Parameter environment: The value of a variable; empty counts as unset.
    package init(environment: (String) -> String?) {
        func value(_ name: String) -> String? {
            environment(name).flatMap { $0.isEmpty ? nil : $0 }
        }
        if let bundle = value("CURL_CA_BUNDLE") {
            self.init(file: bundle, directory: nil)
        } else {
            self.init(file: value("SSL_CERT_FILE"), directory: value("SSL_CERT_DIR"))
        }
    }

    /// Those of this process.
    package static func ofProcess() -> TrustAnchors {
        TrustAnchors { name in
            guard let value = unsafe getenv(name) else { return nil }
            return unsafe String(cString: value)
        }
    }
}
