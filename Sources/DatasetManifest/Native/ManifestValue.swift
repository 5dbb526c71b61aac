/// A value as JSON and YAML share it: what the metadata of a manifest holds.
package enum ManifestValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// As JSON writes a number, so that no digit of it is lost.
    case number(String)
    case text(String)
    case list([ManifestValue])
    /// No name twice.
    case mapping([ManifestMember])
}

/// One name of a mapping and what it stands for.
package struct ManifestMember: Sendable, Equatable {
    package var name: String
    package var value: ManifestValue

    package init(_ name: String, _ value: ManifestValue) {
        self.name = name
        self.value = value
    }
}

extension ManifestValue {
    /// The value of JSON text; text that is no JSON stands for itself.
    package init(jsonText text: String) {
        var reader = JSONReader(Array(text.utf8))
        do {
            self = ManifestValue(try reader.document())
        } catch {
            self = .text(text)
        }
    }

    init(_ value: PlacedValue) {
        switch value.content {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .number(let text): self = .number(text)
        case .text(let text): self = .text(text)
        case .list(let elements): self = .list(elements.map(ManifestValue.init))
        case .mapping(let members): self = .mapping(members.map { ManifestMember($0.name, ManifestValue($0.value)) })
        }
    }

    /// One line of JSON, the names of every mapping in the order of their bytes: equal values give equal text.
    package var jsonText: String {
        var bytes: [UInt8] = []
        bytes.appendCompact(self)
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension ManifestValue {
    /// The same value, the names of every mapping in the order of their bytes.
    var normalised: ManifestValue {
        switch self {
        case .null, .bool, .number, .text: self
        case .list(let elements): .list(elements.map(\.normalised))
        case .mapping(let members):
            .mapping(members.map { ManifestMember($0.name, $0.value.normalised) }.sortedByName)
        }
    }
}

extension [ManifestMember] {
    var sortedByName: [ManifestMember] { sorted { $0.name.precedesInBytes($1.name) } }
}

extension [UInt8] {
    mutating func appendCompact(_ value: ManifestValue) {
        switch value {
        case .null: self += "null".utf8
        case .bool(let flag): self += (flag ? "true" : "false").utf8
        case .number(let text): self += text.utf8
        case .text(let text): appendQuoted(text)
        case .list(let elements):
            append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { self += ", ".utf8 }
                appendCompact(element)
            }
            append(UInt8(ascii: "]"))
        case .mapping(let members):
            append(UInt8(ascii: "{"))
            for (index, member) in members.sortedByName.enumerated() {
                if index > 0 { self += ", ".utf8 }
                appendQuoted(member.name)
                self += ": ".utf8
                appendCompact(member.value)
            }
            append(UInt8(ascii: "}"))
        }
    }
}
