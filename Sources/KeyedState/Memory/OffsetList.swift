/// A growing list of record offsets in raw memory.
@safe final class OffsetList {
    private(set) var base: UnsafeMutablePointer<UInt32>
    private(set) var count = 0
    private var capacity: Int

    init(reserving capacity: Int = 0) {
        self.capacity = capacity
        unsafe base = .allocate(capacity: max(capacity, 1))
    }

    deinit {
        unsafe base.deallocate()
    }

    /// The memory that it takes.
    var bytes: Int { capacity * 4 }

    func append(_ offset: UInt32) {
        if count == capacity { grow() }
        unsafe base[count] = offset
        count &+= 1
    }

    subscript(index: Int) -> UInt32 {
        get {
            precondition(index >= 0 && index < count, "no such place in the list")
            return unsafe base[index]
        }
        set {
            precondition(index >= 0 && index < count, "no such place in the list")
            unsafe base[index] = newValue
        }
    }

    func removeLast() -> UInt32 {
        precondition(count > 0, "the list is empty")
        count &-= 1
        return unsafe base[count]
    }

    /// Forgets everything, and gives memory back beyond what is usual.
    func removeAll(keeping kept: Int = 4096) {
        count = 0
        guard capacity > kept else { return }
        capacity = 0
        unsafe base.deallocate()
        unsafe base = .allocate(capacity: 1)
    }

    private func grow() {
        let larger = max(64, capacity * 2)
        let moved = UnsafeMutablePointer<UInt32>.allocate(capacity: larger)
        unsafe moved.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = unsafe moved
        capacity = larger
    }
}
