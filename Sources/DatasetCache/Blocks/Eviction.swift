/// Decides what the cache keeps: who is in it, how large, how long unused, who must go. Performs nothing itself.
///
/// What nobody has open goes first that was used longest ago. What is open never goes: when there is nothing else to
/// take, new blocks are refused instead.
struct Eviction {
    private struct Record {
        var bytes: UInt64
        /// Wall-clock nanoseconds.
        var lastUse: Int64
        var opens = 0
    }

    let capacity: UInt64
    /// Bytes to leave free on the disk.
    let reserve: UInt64

    private var records: [ContentName: Record] = [:]
    private var leaving: Set<ContentName> = []
    private var openCount = 0
    /// Bytes of everything but what is leaving.
    private(set) var bytes: UInt64 = 0

    init(capacity: UInt64, reserve: UInt64) {
        // Within these no sum below can overflow.
        self.capacity = min(capacity, .max / 4)
        self.reserve = min(reserve, .max / 4)
    }

    /// Contents, without what is leaving.
    var count: Int { records.count }

    func isLeaving(_ name: ContentName) -> Bool { leaving.contains(name) }

    /// A content was found on the disk, or could not be removed from it.
    mutating func found(_ name: ContentName, bytes found: UInt64, lastUse: Int64) {
        leaving.remove(name)
        guard records[name] == nil else { return }
        records[name] = Record(bytes: found, lastUse: lastUse)
        bytes += found
    }

    /// Somebody uses it now; made if it is new.
    mutating func opened(_ name: ContentName, at wall: Int64) {
        if records[name, default: Record(bytes: 0, lastUse: wall)].opens == 0 { openCount += 1 }
        records[name, default: Record(bytes: 0, lastUse: wall)].opens += 1
        records[name]?.lastUse = wall
    }

    /// Somebody stopped using it.
    mutating func closed(_ name: ContentName, bytes measured: UInt64, at wall: Int64) {
        guard let record = records[name], record.opens > 0 else { return }
        if record.opens == 1 { openCount -= 1 }
        records[name]?.opens -= 1
        records[name]?.lastUse = wall
        self.measured(name, bytes: measured)
    }

    /// It could not be opened after all; one that was never on the disk is forgotten.
    mutating func abandoned(_ name: ContentName) {
        guard let record = records[name] else { return }
        closed(name, bytes: record.bytes, at: record.lastUse)
        if record.opens == 1, record.bytes == 0 { records[name] = nil }
    }

    /// What it really takes up.
    mutating func measured(_ name: ContentName, bytes measured: UInt64) {
        guard let record = records[name] else { return }
        bytes -= record.bytes
        bytes += measured
        records[name]?.bytes = measured
    }

    /// Asks for room for more bytes of an open content.
    ///
    /// - Parameter free: Bytes free on the disk now.
    /// - Returns: False when there is none; ``victims(for:free:)`` may make some.
    mutating func admit(_ more: UInt64, of name: ContentName, free: UInt64) -> Bool {
        guard records[name] != nil else { return false }
        guard bytes + more <= capacity, free >= reserve, free - reserve >= more else { return false }
        bytes += more
        records[name]?.bytes += more
        return true
    }

    /// Takes back what was admitted and not used.
    mutating func release(_ less: UInt64, of name: ContentName) {
        guard let record = records[name] else { return }
        measured(name, bytes: record.bytes - min(less, record.bytes))
    }

    /// What to remove to have room for `more` bytes: a tenth more than needed, so that this is seldom asked.
    ///
    /// The answer is out of the accounts from now on; tell ``gone(_:)`` or ``found(_:bytes:lastUse:)`` of each.
    mutating func victims(for more: UInt64, free: UInt64) -> [(name: ContentName, bytes: UInt64, lastUse: Int64)] {
        let isFull = bytes + more > capacity
        let wanted = reserve + more
        let isShort = free < wanted
        guard isFull || isShort, openCount < records.count else { return [] }
        let target = isFull ? capacity - min(capacity, capacity / 10 + more) : .max
        var missing = isShort ? wanted - free + reserve / 10 : 0

        let candidates = records.lazy.filter { $0.value.opens == 0 }
            .sorted { ($0.value.lastUse, $0.key.place, $0.key.key) < ($1.value.lastUse, $1.key.place, $1.key.key) }
        var victims: [(name: ContentName, bytes: UInt64, lastUse: Int64)] = []
        for (name, record) in candidates {
            guard bytes > target || missing > 0 else { break }
            victims.append((name, record.bytes, record.lastUse))
            missing -= min(missing, record.bytes)
            take(name)
        }
        return victims
    }

    /// Takes a content that nobody has open out, whatever its age.
    ///
    /// - Returns: False when it is open or unknown.
    mutating func expel(_ name: ContentName) -> Bool {
        guard let record = records[name], record.opens == 0 else { return false }
        take(name)
        return true
    }

    /// The removal is done.
    mutating func gone(_ name: ContentName) {
        leaving.remove(name)
    }

    /// All versions of one thing that are here.
    func names(place: UInt64) -> [ContentName] {
        records.keys.filter { $0.place == place }
    }

    private mutating func take(_ name: ContentName) {
        guard let record = records.removeValue(forKey: name) else { return }
        bytes -= record.bytes
        leaving.insert(name)
    }
}
