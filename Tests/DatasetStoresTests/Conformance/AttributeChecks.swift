import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

extension StoreConformance {
    static let attributeChecks = [
        StoreCheck(writing: "keeps descriptions and tags and takes them away again, or says that it cannot") {
            subject in
            for path: ReferenceTree.Path in ["second/text.txt", "first/below", "second"] {
                let location = try subject.location(of: path)
                try subject.change(location, AttributeChange(description: "One \u{E9}\nand more", tags: ["a", "b c"])) {
                    $0.description == "One \u{E9}\nand more" && $0.tags == ["a", "b c"]
                }
                try subject.change(location, AttributeChange(description: "Other")) {
                    $0.description == "Other" && ($0.tags == ["a", "b c"] || $0.tags.isEmpty)
                }
                try subject.change(location, AttributeChange(tags: ["c"])) { $0.tags == ["c"] }
                try subject.change(location, AttributeChange(description: "", tags: [])) {
                    $0.description == nil && $0.tags.isEmpty
                }
            }

            try subject.requireAll(of: subject.tree)
        },
        StoreCheck(writing: "keeps a description when the content is replaced") { subject in
            var node = try subject.node("second/text.txt")
            let change = AttributeChange(description: "It stays", tags: ["stays"])
            try subject.change(node.location, change) { $0.description == "It stays" }
            node = try subject.node(at: node.location)
            let new = try subject.replace(node, with: ReferenceContent.text("new"))

            try require(new.attributes.description == node.attributes.description, "\(new.attributes)")
            try require(new.attributes.tags == node.attributes.tags, "\(new.attributes)")
        },
        StoreCheck(writing: "says that what it is to describe is not there") { subject in
            let change = AttributeChange(description: "x")
            try requireFailure(.notFound, .unsupported) {
                _ = try subject.store.setAttributes(
                    change,
                    of: subject.fixture.unknownLocation,
                    until: subject.patience
                )
            }
        },
    ]
}

extension StoreSubject {
    /// What the store returns and what it tells afterwards is as wanted; what it does not keep it says.
    fileprivate func change(
        _ location: Location,
        _ change: AttributeChange,
        _ isAsWanted: (Attributes) -> Bool
    ) throws {
        do {
            let node = try store.setAttributes(change, of: location, until: patience)
            let told = try self.node(at: location)
            try require(isAsWanted(node.attributes), "\(change) of \(location) gives \(node.attributes)")
            try require(told.attributes == node.attributes, "tells \(told.attributes), not \(node.attributes)")
        } catch let error as StoreError {
            try require(error.code == .unsupported, "\(change) of \(location) fails with \(error)")
        }
    }
}
