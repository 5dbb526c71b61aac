internal import DatasetModel

/// What was published while listings were under way, so that an answer from before does not undo it: a pure value.
///
/// A listing that began before a publication and is taken over after it knows nothing of it. Each listing leaves a mark when it
/// begins; what is published from then on is laid over its answer.
struct ListingHistory {
    typealias Mark = Int

    enum Event {
        case stands(Node, parent: Location)
        case gone(Location, parent: Location)

        var parent: Location {
            switch self {
            case .stands(_, let parent), .gone(_, let parent): parent
            }
        }
    }

    /// The number of the first event kept.
    private var first = 0
    private var events: [Event] = []
    /// Listings under way by their mark.
    private var open: [Mark: Int] = [:]

    mutating func begin() -> Mark {
        let mark = first + events.count
        open[mark, default: 0] += 1
        return mark
    }

    mutating func end(_ mark: Mark) {
        let count = open[mark, default: 0]
        open[mark] = count > 1 ? count - 1 : nil
        let oldest = open.keys.min() ?? first + events.count
        events.removeFirst(max(0, oldest - first))
        first = max(first, oldest)
    }

    /// Nothing is kept when no listing is under way.
    mutating func add(_ event: Event) {
        guard !open.isEmpty else { return }
        events.append(event)
    }

    /// What stands at a location since something was published there after the mark; nil when nothing was.
    func change(at location: Location, since mark: Mark) -> Node?? {
        for event in events.dropFirst(max(0, mark - first)).reversed() {
            switch event {
            case .stands(let node, _) where node.location == location: return .some(node)
            case .gone(location, _): return .some(nil)
            default: continue
            }
        }
        return nil
    }

    /// What was published in a directory since the mark: the node that stands at a location now, nil for none.
    func changes(in parent: Location, since mark: Mark) -> [Location: Node?] {
        var result: [Location: Node?] = [:]
        for event in events.dropFirst(max(0, mark - first)) where event.parent == parent {
            switch event {
            case .stands(let node, _): result[node.location] = .some(node)
            case .gone(let location, _): result[location] = .some(nil)
            }
        }
        return result
    }
}
