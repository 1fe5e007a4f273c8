/// What will happen, ordered by time and then by the order in which it was planned: a binary heap.
struct EventQueue {
    struct Entry {
        let microseconds: Int64
        let serial: Int
        let action: () -> Void

        func isBefore(_ other: Entry) -> Bool {
            (microseconds, serial) < (other.microseconds, other.serial)
        }
    }

    private var heap: [Entry] = []
    private var nextSerial = 0

    var next: Entry? { heap.first }

    mutating func add(_ microseconds: Int64, _ action: @escaping () -> Void) {
        heap.append(Entry(microseconds: microseconds, serial: nextSerial, action: action))
        nextSerial += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func popFirst() -> Entry? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].isBefore(heap[least]) { least = child }
            }
            guard least != parent else { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    mutating func removeAll() {
        heap = []
    }
}
