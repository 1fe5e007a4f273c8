/// What is to happen later, in the order of its time and, at equal times, of its coming.
struct EventQueue<Event: Sendable>: Sendable {
    private struct Entry: Sendable {
        let time: Int64
        let number: Int64
        let event: Event

        func precedes(_ other: Entry) -> Bool {
            (time, number) < (other.time, other.number)
        }
    }

    /// A binary heap: each entry precedes those at twice its position plus one and two.
    private var heap: [Entry] = []
    private var nextNumber: Int64 = 0

    var count: Int { heap.count }

    mutating func add(_ event: Event, at time: Int64) {
        heap.append(Entry(time: time, number: nextNumber, event: event))
        nextNumber += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the first event whose time has come.
    mutating func takeDue(_ now: Int64) -> Event? {
        guard let first = heap.first, first.time <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            if least == parent { return first.event }
            heap.swapAt(least, parent)
            parent = least
        }
    }
}
