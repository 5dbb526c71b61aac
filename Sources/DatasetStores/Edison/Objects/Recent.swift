extension Edison {
    /// A table that forgets what was not used for longest.
    struct Recent<Key: Hashable & Sendable, Value: Sendable>: Sendable {
        private var items: [Key: (value: Value, cost: Int, used: UInt64)] = [:]
        private var clock: UInt64 = 0
        private(set) var cost = 0
        private let capacity: Int

        /// - Parameter capacity: Largest sum of the costs; one item alone may cost more.
        init(capacity: Int) {
            self.capacity = capacity
        }

        var count: Int { items.count }
        var keys: [Key] { Array(items.keys) }

        /// Looks at an item without keeping it any longer for that.
        func peek(_ key: Key) -> Value? { items[key]?.value }

        mutating func value(_ key: Key) -> Value? {
            clock += 1
            items[key]?.used = clock
            return items[key]?.value
        }

        mutating func set(_ value: Value, for key: Key, cost itemCost: Int = 1) {
            remove(key)
            clock += 1
            items[key] = (value, itemCost, clock)
            cost += itemCost
            guard cost > capacity, items.count > 1 else { return }
            // A quarter goes at once, so that a full table is not searched again for every item.
            for (old, item) in items.sorted(by: { $0.value.used < $1.value.used }) where old != key {
                items[old] = nil
                cost -= item.cost
                if cost <= capacity - capacity / 4 { break }
            }
        }

        mutating func remove(_ key: Key) {
            if let item = items.removeValue(forKey: key) { cost -= item.cost }
        }
    }
}
