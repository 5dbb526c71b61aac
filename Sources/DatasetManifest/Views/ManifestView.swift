/// A description of a directory in a form that others read, made from what is known and from nothing else.
///
/// The same facts give the same bytes. Paths in it are relative to the described directory.
package enum ManifestView: String, Sendable, CaseIterable {
    /// RO-Crate 1.1 (https://w3id.org/ro/crate/1.1).
    case roCrate = "ro-crate-metadata.json"
    /// Croissant 1.0 (http://mlcommons.org/croissant/1.0).
    case croissant = "croissant.json"
    /// Frictionless Data Package 1 (https://specs.frictionlessdata.io/data-package/).
    case dataPackage = "datapackage.json"
    /// Digests as `sha256sum` writes and checks them, of files whose digest is known.
    case checksums = "SHA256SUMS"

    /// The name of the file.
    package var fileName: String { rawValue }

    /// The media type of the view itself.
    package var mediaType: String {
        switch self {
        case .roCrate, .croissant: "application/ld+json"
        case .dataPackage: "application/vnd.datapackage+json"
        case .checksums: "text/plain"
        }
    }

    /// Makes the view piece by piece, some 64 KiB each, so that that of a large tree never lies in memory as a whole.
    ///
    /// - Throws: what `sink` throws.
    package func write<Failure: Error>(
        _ facts: DirectoryFacts,
        to sink: @escaping ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        let tree = FactsTree(facts.entries)
        switch self {
        case .roCrate: try ROCrate.write(facts, tree, to: sink)
        case .croissant: try Croissant.write(facts, tree, to: sink)
        case .dataPackage: try DataPackage.write(facts, tree, to: sink)
        case .checksums: try Checksums.write(tree, to: sink)
        }
    }

    /// The whole view.
    package func bytes(of facts: DirectoryFacts) -> [UInt8] {
        var bytes: [UInt8] = []
        write(facts) { (piece: [UInt8]) throws(Never) in bytes += piece }
        return bytes
    }
}
