/// An open-addressing index from hashes to record offsets, with linear probing.
///
/// A slot holds the low half of the hash and the offset; 0 is an empty slot. The low half alone
/// places a slot, so that growing reads nothing but the slots.
@safe final class SlotIndex {
    private var memory: LargeMemory
    private(set) var slots: UnsafeMutablePointer<UInt64>
    private(set) var mask: Int
    private(set) var count = 0
    private static let smallest = 16

    init() {
        mask = Self.smallest - 1
        memory = LargeMemory(bytes: Self.smallest * 8)
        unsafe slots = Self.clear(memory, Self.smallest)
    }

    var bytes: Int { (mask + 1) * 8 }

    private static func clear(
        _ memory: LargeMemory,
        _ capacity: Int
    ) -> UnsafeMutablePointer<UInt64> {
        let slots = unsafe memory.base.bindMemory(to: UInt64.self, capacity: capacity)
        unsafe slots.initialize(repeating: 0, count: capacity)
        return unsafe slots
    }

    @inline(__always)
    static func slot(_ hash: UInt64, _ offset: UInt32) -> UInt64 {
        hash &<< 32 | UInt64(offset)
    }

    /// Adds a record that is not in the index.
    ///
    /// - Returns: how many bytes the index has grown.
    func insert(_ hash: UInt64, _ offset: UInt32) -> Int {
        var grown = 0
        if count &* 3 >= mask &* 2 { grown = grow() }
        unsafe place(Self.slot(hash, offset), slots, mask)
        count &+= 1
        return grown
    }

    private func place(
        _ slot: UInt64,
        _ slots: UnsafeMutablePointer<UInt64>,
        _ mask: Int
    ) {
        var position = Int(slot >> 32) & mask
        while unsafe slots[position] != 0 { position = (position &+ 1) & mask }
        unsafe slots[position] = slot
    }

    private func grow() -> Int {
        let before = mask + 1
        let after = before * 2
        let largerMemory = LargeMemory(bytes: after * 8)
        let larger = unsafe Self.clear(largerMemory, after)
        for position in 0..<before {
            let slot = unsafe slots[position]
            if slot != 0 { unsafe place(slot, larger, after - 1) }
        }
        memory = largerMemory
        unsafe slots = unsafe larger
        mask = after - 1
        return (after - before) * 8
    }

    /// The place of a record's slot, which must be there.
    private func position(_ hash: UInt64, _ offset: UInt32) -> Int {
        let wanted = Self.slot(hash, offset)
        var position = Int(truncatingIfNeeded: hash & 0xFFFF_FFFF) & mask
        while true {
            let slot = unsafe slots[position]
            if slot == wanted { return position }
            precondition(slot != 0, "a record is missing in its index")
            position = (position &+ 1) & mask
        }
    }

    /// The record has moved.
    func replace(_ hash: UInt64, _ offset: UInt32, by moved: UInt32) {
        let place = position(hash, offset)
        unsafe slots[place] = Self.slot(hash, moved)
    }

    /// Takes a record out, and closes the gap.
    func remove(_ hash: UInt64, _ offset: UInt32) {
        var hole = position(hash, offset)
        count &-= 1
        var next = hole
        while true {
            next = (next &+ 1) & mask
            let slot = unsafe slots[next]
            if slot == 0 { break }
            let home = Int(slot >> 32) & mask
            // The slot may move back if its home is not between the hole and itself.
            if (next &- home) & mask >= (next &- hole) & mask {
                unsafe slots[hole] = slot
                hole = next
            }
        }
        unsafe slots[hole] = 0
    }

    /// Forgets everything.
    ///
    /// - Returns: how many bytes the index has shrunk.
    func removeAll() -> Int {
        let before = bytes
        mask = Self.smallest - 1
        memory = LargeMemory(bytes: Self.smallest * 8)
        unsafe slots = Self.clear(memory, Self.smallest)
        count = 0
        return before - bytes
    }
}
