import Testing

@testable import DatasetCache

@Suite struct EvictionTests {
    private func name(_ number: UInt64) -> ContentName { ContentName(place: number, key: number) }

    private func filled(capacity: UInt64 = 1000, reserve: UInt64 = 0, _ contents: [(UInt64, UInt64, Int64)]) -> Eviction
    {
        var eviction = Eviction(capacity: capacity, reserve: reserve)
        for (number, bytes, lastUse) in contents {
            eviction.found(name(number), bytes: bytes, lastUse: lastUse)
        }
        return eviction
    }

    @Test("What was used longest ago goes first, until there is a tenth to spare")
    func order() {
        var eviction = filled([(1, 300, 30), (2, 300, 10), (3, 300, 20)])

        let victims = eviction.victims(for: 101, free: .max)

        #expect(victims.map(\.name) == [name(2)])
        #expect(eviction.bytes == 600 && eviction.count == 2)
        #expect(eviction.isLeaving(name(2)))
        eviction.gone(name(2))
        #expect(!eviction.isLeaving(name(2)))
    }

    @Test("Nothing goes while there is room")
    func room() {
        var eviction = filled([(1, 300, 30), (2, 300, 10)])

        let victims = eviction.victims(for: 400, free: 400)

        #expect(victims.isEmpty)
        #expect(eviction.bytes == 600)
    }

    @Test("Using a content makes it the last to go, and having it open keeps it")
    func use() {
        var eviction = filled([(1, 300, 10), (2, 300, 20), (3, 300, 30)])
        eviction.opened(name(1), at: 40)
        eviction.opened(name(2), at: 41)
        eviction.closed(name(1), bytes: 350, at: 42)

        let victims = eviction.victims(for: 5000, free: .max)

        #expect(victims.map(\.name) == [name(3), name(1)])
        #expect(eviction.bytes == 300)
    }

    @Test("A content opened twice stays until both are done")
    func twice() {
        var eviction = filled([(1, 300, 10)])
        eviction.opened(name(1), at: 1)
        eviction.opened(name(1), at: 2)
        eviction.closed(name(1), bytes: 300, at: 3)

        let whileOpen = eviction.victims(for: 5000, free: .max)
        eviction.closed(name(1), bytes: 300, at: 4)
        let afterwards = eviction.victims(for: 5000, free: .max)

        #expect(whileOpen.isEmpty && afterwards.count == 1)
    }

    @Test("A disk that is short takes as much as is missing and a tenth of the reserve")
    func short() {
        var eviction = filled(reserve: 100, [(1, 60, 1), (2, 60, 2), (3, 60, 3)])

        let before = eviction.admit(10, of: name(1), free: 105)
        let victims = eviction.victims(for: 10, free: 50)
        let after = eviction.admit(10, of: name(3), free: 110)

        #expect(victims.map(\.name) == [name(1), name(2)])
        #expect(!before && after)
    }

    @Test("Blocks are admitted up to the capacity and to the reserve, and not of what is unknown")
    func admission() {
        var eviction = Eviction(capacity: 100, reserve: 50)
        eviction.opened(name(1), at: 1)

        let answers = [
            eviction.admit(60, of: name(1), free: 110),
            eviction.admit(60, of: name(1), free: 1000),
            eviction.admit(40, of: name(1), free: 89),
            eviction.admit(40, of: name(1), free: 90),
            eviction.admit(1, of: name(2), free: 1000),
        ]

        #expect(answers == [true, false, false, true, false])
        eviction.release(40, of: name(1))
        #expect(eviction.bytes == 60)
        eviction.measured(name(1), bytes: 10)
        #expect(eviction.bytes == 10)
    }

    @Test("What could not be removed is counted again")
    func failure() {
        var eviction = filled(capacity: 100, [(1, 300, 10)])

        let victims = eviction.victims(for: 0, free: .max)
        eviction.found(victims[0].name, bytes: victims[0].bytes, lastUse: 99)

        #expect(eviction.bytes == 300 && !eviction.isLeaving(name(1)))
    }

    @Test("A content that could not be opened is forgotten, one that was there is not")
    func abandoned() {
        var eviction = filled([(1, 300, 10)])
        eviction.opened(name(1), at: 20)
        eviction.opened(name(2), at: 20)

        eviction.abandoned(name(1))
        eviction.abandoned(name(2))

        #expect(eviction.count == 1 && eviction.bytes == 300)
        let victims = eviction.victims(for: 5000, free: .max)
        #expect(victims.map(\.name) == [name(1)])
    }

    @Test("Limits at the end of the number line do not trap")
    func extremes() {
        var eviction = Eviction(capacity: .max, reserve: .max)
        eviction.opened(name(1), at: .max)

        let isAdmitted = eviction.admit(1, of: name(1), free: 1 << 40)
        let victims = eviction.victims(for: 1 << 40, free: 0)

        #expect(!isAdmitted && victims.isEmpty)
    }
}
