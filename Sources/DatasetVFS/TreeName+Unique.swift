package import DatasetModel

extension TreeName {
    /// Names for all children of one directory: escaped, short enough, each once, the same on every mount.
    ///
    /// Of siblings with one name the oldest keeps it (creation time, then id), the next becomes `name (2).ext`, then
    /// `(3)`. No duplicate takes a name that another child bears by right.
    ///
    /// - Parameter reserved: Names that are taken already.
    package static func unique(_ nodes: [Node], reserved: Set<String> = []) -> [String] {
        var names = nodes.map { shortened(escaped($0.name), key: $0.name) }
        // By bytes: `é` in one scalar or in two are one `String` and two directory entries.
        var taken = Set(reserved.map { Bytes($0.utf8) })
        var owner: [Bytes: Int] = [:]
        owner.reserveCapacity(nodes.count)
        var losers: [Int] = []
        for index in nodes.indices {
            let name = Bytes(names[index].utf8)
            if taken.contains(name) {
                losers.append(index)
            } else if let other = owner[name] {
                let indexWins = isOlder(nodes[index], nodes[other])
                owner[name] = indexWins ? index : other
                losers.append(indexWins ? other : index)
            } else {
                owner[name] = index
            }
        }
        guard !losers.isEmpty else { return names }
        taken.formUnion(owner.keys)
        var nextNumber: [Bytes: Int] = [:]
        for index in losers.sorted(by: { isOlder(nodes[$0], nodes[$1]) }) {
            let wanted = names[index]
            var number = nextNumber[Bytes(wanted.utf8), default: 2]
            while !taken.insert(Bytes(numbered(wanted, number).utf8)).inserted { number += 1 }
            names[index] = numbered(wanted, number)
            nextNumber[Bytes(wanted.utf8)] = number + 1
        }
        return names
    }

    private typealias Bytes = ContiguousArray<UInt8>

    private static func numbered(_ name: String, _ number: Int) -> String {
        let (stem, ext) = split(name)
        let suffix = " (\(number))\(ext)"
        return shortened(stem, key: name, limit: limit - suffix.utf8.count) + suffix
    }

    private static func isOlder(_ left: Node, _ right: Node) -> Bool {
        let leftTime = left.created ?? Timestamp(nanoseconds: .max)
        let rightTime = right.created ?? Timestamp(nanoseconds: .max)
        guard leftTime == rightTime else { return leftTime < rightTime }
        return (left.attributes.id ?? left.location.rawValue) < (right.attributes.id ?? right.location.rawValue)
    }
}
