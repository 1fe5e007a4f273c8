/// Growing raw memory for bytes of one call, kept from call to call.
@safe final class ByteArena {
    private(set) var base: UnsafeMutableRawPointer
    private(set) var count = 0
    private(set) var capacity: Int
    /// Copies read and write in blocks of 16 bytes.
    private static let padding = 64

    init(capacity: Int = 4096) {
        self.capacity = capacity
        unsafe base = .allocate(byteCount: capacity + Self.padding, alignment: 16)
    }

    deinit {
        unsafe base.deallocate()
    }

    func removeAll() { count = 0 }

    /// Gives back the bytes behind the first `kept`.
    func truncate(to kept: Int) {
        precondition(kept <= count, "there are fewer bytes")
        count = kept
    }

    /// Makes room for so many bytes behind the last ones and returns where they start.
    ///
    /// Pointers from earlier calls are worthless afterwards, positions are not.
    @inline(__always)
    func extend(_ bytes: Int) -> Int {
        if count &+ bytes > capacity { grow(count &+ bytes) }
        let start = count
        count &+= bytes
        return start
    }

    private func grow(_ needed: Int) {
        capacity = max(needed, capacity * 2)
        let larger = UnsafeMutableRawPointer.allocate(
            byteCount: capacity + Self.padding,
            alignment: 16
        )
        unsafe larger.copyMemory(from: base, byteCount: count)
        unsafe base.deallocate()
        unsafe base = unsafe larger
    }

    /// Forgets the content and memory beyond the given size.
    func shrink(to kept: Int) {
        count = 0
        guard capacity > kept else { return }
        unsafe base.deallocate()
        capacity = kept
        unsafe base = .allocate(byteCount: kept + Self.padding, alignment: 16)
    }
}
