package import DatasetModel

extension Edison.Store: FormTellingStore {
    package func form(of creation: Creation, content: (any StagedContent)?) throws(StoreError) -> String {
        try check(creation)
        switch creation.kind {
        case .directory: return creation.parent == .root && options.dataset == nil ? "dataset" : "directory"
        case .link: return "link"
        case .file where creation.isCollection: return "collection"
        case .file:
            let name = Edison.FileName.withExtension(creation.name, from: creation.filePath)
            let text = try content.flatMap { content throws(StoreError) in
                try Edison.Payload.text(content, named: name)
            }
            return text == nil ? "file" : "text"
        }
    }
}
