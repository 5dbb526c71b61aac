internal import DatasetManifest
internal import Foundation

/// Reads facts as JSON from the standard input and writes the views of them into a directory, for validators to read.
@main
struct ManifestViewWriter {
    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            FileHandle.standardError.write(Data("usage: ManifestViewWriter DIRECTORY < FACTS\n".utf8))
            exit(64)
        }
        let directory = URL(fileURLWithPath: CommandLine.arguments[1], isDirectory: true)
        let input = try FileHandle.standardInput.readToEnd() ?? Data()
        let facts = DirectoryFacts(try JSONDecoder().decode(Facts.self, from: input))
        for view in ManifestView.allCases {
            try Data(view.bytes(of: facts)).write(to: directory.appendingPathComponent(view.fileName))
        }
        for format in ManifestFormat.allCases {
            let file = directory.appendingPathComponent(format == .json ? "manifest.json" : "manifest.yaml")
            try Data(Manifest(describing: facts).rendered(as: format)).write(to: file)
        }
    }
}
