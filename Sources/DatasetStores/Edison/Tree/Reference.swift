extension Edison {
    /// The file that stands for content which lies in a system this store cannot read.
    enum Reference {
        /// A JSON document with the facts that are needed to connect, members sorted, without secrets.
        static func document(_ answer: EntryAnswer) -> [UInt8] {
            var members: [JSON.Member] = [
                JSON.Member("id", .string(answer.entry.id)), JSON.Member("name", .string(answer.entry.name)),
            ]
            if let description = answer.entry.description {
                members.append(JSON.Member("description", .string(description)))
            }
            let places = answer.locations.map { location -> JSON in
                var facts = [JSON.Member("storage_type", .string(location.storageType))]
                if let type = location.contentType { facts.append(JSON.Member("content_type", .string(type))) }
                if let place = location.place {
                    facts.append(JSON.Member("location", .string(Secrets.masked(place))))
                }
                if let metadata = location.metadata { facts.append(JSON.Member("metadata", Secrets.removed(metadata))) }
                return .object(facts)
            }
            members.append(JSON.Member("locations", .array(places)))
            return JSON.object(members).sorted.document
        }
    }

    /// Keeps secrets in the platform's metadata off the tree.
    enum Secrets {
        private static let marks = [
            "apikey", "token", "password", "passwd", "passphrase", "secret", "credential", "signature", "signedurl",
            "privatekey", "accesskey", "authorization", "cookie", "bearer",
        ]

        /// The value without the members whose name speaks of a secret, and with URLs stripped of what grants access.
        static func removed(_ value: JSON) -> JSON {
            switch value {
            case .object(let members):
                .object(
                    members.filter { !isSecret($0.name) }.map { JSON.Member($0.name, removed($0.value)) }
                )
            case .array(let elements): .array(elements.map(removed))
            case .string(let text): .string(masked(text))
            case .null, .bool, .number: value
            }
        }

        static func isSecret(_ name: String) -> Bool {
            let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
            return marks.contains { plain.contains($0) } || plain == "key" || plain == "auth"
        }

        /// A URL that carries a signature or a password without its query and user part; any other text as it is.
        static func masked(_ text: String) -> String {
            guard let scheme = text.firstRange(of: "://") else { return text }
            var masked = text
            let lowered = text.lowercased()
            if let query = masked.firstIndex(of: "?"),
                ["signature=", "x-goog-", "x-amz-", "token=", "key=", "sig=", "secret=", "password="]
                    .contains(where: { lowered.contains($0) })
            {
                masked = String(masked[..<query])
            }
            let authority = masked[scheme.upperBound...].prefix { !"/?#".contains($0) }
            if let at = authority.lastIndex(of: "@"), authority[..<at].contains(":") {
                masked.removeSubrange(scheme.upperBound...at)
            }
            return masked
        }
    }
}
