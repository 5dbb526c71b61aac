import DatasetModel
import DatasetTestSupport
import Testing

@testable import DatasetCache

/// Random operations on the store and on a plain model of what it promises, compared after each.
@Suite struct FactModelTests {
    private struct Thing: Equatable {
        var inode: UInt64
        var name: String
        var location: String
        var kind: NodeKind
        var size: UInt64?
        var version: String?
        var modified: Int64?
        var isPinned: Bool

        mutating func hear(_ node: Node, isWhole: Bool) {
            let told = node.version?.rawValue
            let isSame: Bool
            if kind != node.kind || (size != nil && node.size != nil && size != node.size) {
                isSame = false
            } else if let told, let version {
                isSame = told == version
            } else {
                isSame = node.modified?.nanoseconds == modified
            }
            let keeps = isSame && !isWhole
            // The time belongs to the version.
            let time = told != nil && told == version && modified != nil ? modified : node.modified?.nanoseconds
            kind = node.kind
            size = node.size ?? (keeps ? size : nil)
            version = told ?? (keeps ? version : nil)
            modified = time ?? (keeps ? modified : nil)
        }
    }

    private final class Model {
        /// By directory, then location.
        var things: [UInt64: [String: Thing]] = [1: [:]]
        var used: Set<UInt64> = [1]

        func directory(of inode: UInt64) -> UInt64? {
            things.first { $0.value.values.contains { $0.inode == inode } }?.key
        }

        func drop(_ inode: UInt64) {
            for thing in things.removeValue(forKey: inode)?.values.map(\.inode) ?? [] { drop(thing) }
        }

        func remove(_ location: String, from parent: UInt64) {
            guard let thing = things[parent]?.removeValue(forKey: location) else { return }
            drop(thing.inode)
        }
    }

    private func randomNode(_ location: String, _ generator: inout SeededGenerator) -> Node {
        let roll = UInt64.random(in: 0..<10, using: &generator)
        guard roll > 1 else {
            return Node(location: Location(location), name: location, kind: roll == 0 ? .directory : .link(target: "t"))
        }
        return Node(
            location: Location(location),
            name: location,
            kind: .file,
            size: Bool.random(using: &generator) ? UInt64.random(in: 0..<3, using: &generator) : nil,
            version: Bool.random(using: &generator) ? Version("v\(Int.random(in: 0..<3, using: &generator))") : nil,
            modified: Bool.random(using: &generator)
                ? Timestamp(nanoseconds: Int64.random(in: 0..<2, using: &generator)) : nil
        )
    }

    private func randomListing(_ generator: inout SeededGenerator) -> [NamedNode] {
        var names = ["a", "b", "c", "d", "e\u{301}", "\u{e9}", "f\u{0}", "g"].shuffled(using: &generator)
        var locations = (0..<10).map { "loc\($0)" }.shuffled(using: &generator)
        return (0..<Int.random(in: 0...names.count, using: &generator)).map { _ in
            NamedNode(name: names.removeLast(), node: randomNode(locations.removeLast(), &generator))
        }
    }

    private func check(_ store: FactStore, _ model: Model) throws {
        for (parent, things) in model.things {
            let facts = try store.children(of: parent, after: 0, limit: .max)
            let found = facts.map { fact in
                let isPinned = things[fact.location.rawValue]?.isPinned ?? false
                return Thing(
                    inode: fact.inode,
                    name: fact.name,
                    location: fact.location.rawValue,
                    kind: fact.kind,
                    size: fact.size,
                    version: fact.version?.rawValue,
                    modified: fact.modified?.nanoseconds,
                    isPinned: isPinned
                )
            }
            try #require(found == things.values.sorted { $0.inode < $1.inode })
            for fact in facts {
                try #require(try store.fact(named: fact.name, in: parent) == fact)
                try #require(try store.fact(fact.inode) == fact)
                try #require(fact.parent == parent)
            }
        }
    }

    @Test("The store does what a plain model does", arguments: 0..<4)
    func random(round: Int) throws {
        try withSeed("FactModelTests.\(round)") { generator in
            let place = try TemporaryDirectory()
            var store: FactStore? = try FactStore(path: place.file("facts"), identity: "test")
            let model = Model()
            for step in 1...250 {
                if Int.random(in: 0..<20, using: &generator) == 0 {
                    store = nil
                    store = try FactStore(path: place.file("facts"), identity: "test")
                }
                guard let open = store else { return }
                let parent = model.things.keys.sorted().randomElement(using: &generator) ?? 1
                let children = (model.things[parent] ?? [:]).values.sorted { $0.inode < $1.inode }
                let child = children.randomElement(using: &generator)
                switch Int.random(in: 0..<19, using: &generator) {
                case 0..<8: try list(randomListing(&generator), in: parent, open, model, Int64(step))
                case 8..<11: try add(randomListing(&generator).first, to: parent, open, model, Int64(step))
                case 11..<15:
                    guard let child else { continue }
                    try update(child, in: parent, randomNode(child.location, &generator), open, model, Int64(step))
                case 15..<17:
                    guard let child else { continue }
                    try renumber(child, in: parent, open, model)
                case 17:
                    guard let child else { continue }
                    try open.remove(child.inode)
                    model.remove(child.location, from: parent)
                default: try open.forgetListing(of: parent)
                }
                try check(open, model)
            }
        }
    }

    private func list(
        _ listing: [NamedNode],
        in parent: UInt64,
        _ store: FactStore,
        _ model: Model,
        _ wall: Int64
    ) throws {
        let change = try store.replaceChildren(of: parent, with: listing, at: wall)

        let before = model.things[parent] ?? [:]
        var after: [String: Thing] = [:]
        for named in listing {
            let location = named.node.location.rawValue
            guard var thing = before[location] else {
                let inode = try #require(change.added.first { $0.location.rawValue == location }?.inode)
                try #require(model.used.insert(inode).inserted)
                var fresh = Thing(
                    inode: inode,
                    name: named.name,
                    location: location,
                    kind: named.node.kind,
                    isPinned: false
                )
                fresh.hear(named.node, isWhole: true)
                if named.node.kind == .directory { model.things[inode] = [:] }
                after[location] = fresh
                continue
            }
            let old = thing
            thing.hear(named.node, isWhole: false)
            thing.name = named.name
            let isChanged =
                old.kind != thing.kind || old.size != thing.size || old.version != thing.version
                || old.modified != thing.modified
            try #require(change.changed.contains { $0.inode == thing.inode } == isChanged)
            try #require(
                change.renamed.contains { $0.fact.inode == thing.inode && $0.old.isExactly(old.name) }
                    == !old.name.isExactly(thing.name)
            )
            if old.kind != thing.kind {
                model.drop(thing.inode)
                if thing.kind == .directory { model.things[thing.inode] = [:] }
            }
            after[location] = thing
        }
        let names = Set(after.values.map { ExactText($0.name) })
        for (location, thing) in before where after[location] == nil {
            if thing.isPinned && !names.contains(ExactText(thing.name)) {
                after[location] = thing
            } else {
                try #require(change.removed.contains { $0.inode == thing.inode })
                model.drop(thing.inode)
            }
        }
        try #require(change.added.count + before.count - change.removed.count == after.count)
        model.things[parent] = after
        try #require(try store.listing(of: parent) == ListingState(listedAt: wall, isComplete: true))
    }

    private func add(
        _ named: NamedNode?,
        to parent: UInt64,
        _ store: FactStore,
        _ model: Model,
        _ wall: Int64
    ) throws {
        guard let named else { return }
        let fact = try store.add(named, to: parent, at: wall)

        let location = named.node.location.rawValue
        let holder = model.things[parent]?.values.first { $0.name.isExactly(named.name) && $0.location != location }
        if let holder { model.remove(holder.location, from: parent) }
        let known = model.things[parent]?[location]
        var thing =
            known
            ?? Thing(inode: fact.inode, name: "", location: location, kind: named.node.kind, isPinned: true)
        if known == nil {
            try #require(model.used.insert(fact.inode).inserted)
            if named.node.kind == .directory { model.things[fact.inode] = [:] }
        } else if thing.kind != named.node.kind {
            model.drop(thing.inode)
            if named.node.kind == .directory { model.things[thing.inode] = [:] }
        }
        thing.hear(named.node, isWhole: true)
        thing.name = named.name
        thing.isPinned = true
        model.things[parent]?[location] = thing
        try #require(fact.knownAt == wall)
    }

    private func update(
        _ child: Thing,
        in parent: UInt64,
        _ node: Node,
        _ store: FactStore,
        _ model: Model,
        _ wall: Int64
    ) throws {
        let answer = try #require(try store.update(child.inode, from: node, at: wall))

        var thing = child
        thing.hear(node, isWhole: true)
        let isLost =
            (child.size != nil && child.size != thing.size) || (child.version != nil && child.version != thing.version)
        let isChanged = child.kind != thing.kind || (thing.kind == .file && isLost)
        try #require(answer.contentChanged == isChanged)
        if child.kind != thing.kind {
            model.drop(child.inode)
            if thing.kind == .directory { model.things[child.inode] = [:] }
        }
        model.things[parent]?[child.location] = thing
    }

    private func renumber(_ child: Thing, in parent: UInt64, _ store: FactStore, _ model: Model) throws {
        let fact = try #require(try store.renumber(child.inode))

        try #require(model.used.insert(fact.inode).inserted)
        model.things[parent]?[child.location]?.inode = fact.inode
        if let below = model.things.removeValue(forKey: child.inode) { model.things[fact.inode] = below }
    }
}
