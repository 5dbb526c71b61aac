/// The two languages that a native manifest is written in.
package enum ManifestFormat: Sendable, Equatable, CaseIterable {
    /// RFC 8259, UTF-8.
    case json
    /// YAML 1.2 with the core schema, UTF-8, one document, without anchors and aliases.
    case yaml

    /// By the extension of a file name, whatever its case; nil for all but `.json`, `.yaml` and `.yml`.
    package init?(fileName: String) {
        let lowercased = fileName.lowercased()
        if lowercased.hasSuffix(".json") {
            self = .json
        } else if lowercased.hasSuffix(".yaml") || lowercased.hasSuffix(".yml") {
            self = .yaml
        } else {
            return nil
        }
    }

    /// Longest text in bytes that is read as a manifest: some hundred thousand described names.
    ///
    /// YAML may be less long, because its library takes some hundred bytes of memory for each value.
    package var maximalBytes: Int {
        switch self {
        case .json: 64 << 20
        case .yaml: 8 << 20
        }
    }
}
