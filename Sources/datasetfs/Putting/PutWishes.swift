internal import DatasetManifest
internal import DatasetModel
internal import Glibc

/// What a person wants said of the things of a `put`.
struct PutWishes: Sendable {
    /// Of what stands for the source.
    var description: String?
    /// Of each thing.
    var tags: [String] = []
    var project: String?
    /// As the manifest's names are relative to the source.
    var manifest = Manifest()

    func description(of path: [String]) -> String? {
        if path.isEmpty, let description { return description }
        let said = path.isEmpty ? manifest.root.description : manifest.entry(at: path)?.description
        return said.flatMap { $0.isEmpty ? nil : $0 }
    }

    func metadata(of path: [String]) -> [String: String] {
        let members = path.isEmpty ? manifest.root.metadata : manifest.entry(at: path)?.metadata ?? []
        return Dictionary(
            members.filter { $0.value.jsonText != "null" }.map { ($0.name, $0.value.jsonText) },
            uniquingKeysWith: { $1 }
        )
    }

    /// A creation with all that is wanted of it.
    func creation(_ kind: Creation.Kind, named name: String, in parent: Location, at path: [String]) -> Creation {
        var creation = Creation(kind, named: name, in: parent)
        creation.description = description(of: path)
        creation.metadata = metadata(of: path)
        creation.tags = tags
        creation.project = project
        return creation
    }

    /// Reads a manifest file.
    ///
    /// - Parameter directory: The name of the directory that it is for.
    static func manifest(_ path: String, for directory: String) throws(Failure) -> Manifest {
        guard let format = ManifestFormat(fileName: path) else {
            throw Failure(.wrongUsage, "\(path) is no manifest: its name ends in .json, .yaml or .yml.")
        }
        guard let bytes = LocalDirectory.bytes(of: path, atMost: format.maximalBytes) else {
            throw Failure(.failed, "cannot read the manifest \(path): \(ErrorWords.text(errno)).")
        }
        do throws(ManifestError) {
            return try Manifest(parsing: bytes, as: format, directoryName: directory)
        } catch {
            throw Failure(.failed, "the manifest \(path) is wrong: \(error.description). Nothing was sent.")
        }
    }
}
