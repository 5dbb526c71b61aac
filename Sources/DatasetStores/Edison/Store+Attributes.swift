package import DatasetModel
package import DatasetSync

extension Edison.Store {
    /// Tags have a request of their own. A description is only documented together with a new revision: without one it is
    /// believed when the platform shows it; of a text a revision with the same content brings it.
    package func setAttributes(
        _ change: AttributeChange,
        of location: Location,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try cancellation.check(during: "changing \(location)")
        guard case .entry(let id) = try Edison.Address(location) else {
            throw StoreError(
                .unsupported,
                "the platform changes nothing of a dataset",
                remedy: "Give the description when the dataset is made."
            )
        }
        if let description = change.description { try setDescription(description, of: id, until: cancellation) }
        if let tags = change.tags { try setTags(tags, of: id, until: cancellation) }
        let answer = try client.entry(id, until: cancellation)
        let node = try entryNode(answer, until: cancellation)
        trees.wrote(answer.entry)
        return node
    }

    private func setTags(_ tags: [String], of id: String, until cancellation: Cancellation) throws(StoreError) {
        let list = Edison.JSON.array(tags.map { .string($0) })
        let answer = try client.change(id, [Edison.JSON.Member("tags", list)], until: cancellation)
        guard Set(answer.entry.tags) == Set(tags) else { throw Self.notKept("tags", id) }
    }

    private func setDescription(_ text: String, of id: String, until cancellation: Cancellation) throws(StoreError) {
        let member = Edison.JSON.Member("description", .string(text))
        do throws(StoreError) {
            let answer = try client.change(id, [member], until: cancellation)
            if Self.shows(text, answer) { return }
        } catch {
            // A platform that knows no such request says that it is malformed.
            guard error.code == .invalid || error.code == .unsupported else { throw error }
        }
        for attempt in 1... {
            let answer = try client.entry(id, until: cancellation)
            guard try shape(of: answer) == .text, let content = answer.entry.content else {
                throw Self.notKept("description", id)
            }
            let members = Edison.revision(Edison.Identifier.make(), over: answer)
            do throws(StoreError) {
                let content = Edison.JSON.Member("content", .string(content))
                let revised = try client.change(id, members + [content, member], until: cancellation)
                guard Self.shows(text, revised) else { throw Self.notKept("description", id) }
                return
            } catch {
                // Somebody else was faster: on top of theirs then.
                guard error.code == .conflict, attempt < 3 else { throw error }
            }
        }
    }

    private static func shows(_ description: String, _ answer: Edison.EntryAnswer) -> Bool {
        (answer.entry.description ?? "").utf8.elementsEqual(description.utf8)
    }

    private static func notKept(_ what: String, _ id: String) -> StoreError {
        StoreError(
            .unsupported,
            "the platform does not keep a new \(what) of entry \(id)",
            remedy: "Change it on the platform itself."
        )
    }
}
