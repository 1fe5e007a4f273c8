import CMachine
import Columnar

extension SlotIndex {
    /// The records of the keys, 0 where there is none; marks those found as used.
    ///
    /// Looks up a block of keys in three steps, so that their cache misses overlap.
    ///
    /// - Parameters:
    ///   - keys: the keys.
    ///   - base: what offsets count from.
    ///   - place: where in a record its key stands.
    ///   - found: one offset for each key.
    @inline(__always) @unsafe
    func find(
        _ keys: KeyBatch,
        _ base: UnsafeMutableRawPointer,
        _ place: Int,
        _ found: UnsafeMutablePointer<UInt32>
    ) {
        let count = keys.count
        let hashes = unsafe keys.hashes.base
        let slots = unsafe self.slots
        let mask = self.mask
        let offsets = unsafe keys.keys.offsets.base
        let bytes = unsafe UnsafeRawPointer(keys.keys.bytes.base)
        var start = 0
        while start < count {
            let end = min(count, start &+ StateLimits.probeBlock)
            for row in start..<end {
                let home = Int(truncatingIfNeeded: unsafe hashes[row] & 0xFFFF_FFFF) & mask
                unsafe apus_prefetch(slots + home)
            }
            for row in start..<end {
                let offset = unsafe Self.candidate(hashes[row], slots, mask)
                unsafe found[row] = offset
                unsafe apus_prefetch(base + (Int(offset) &<< 3))
                unsafe apus_prefetch(base + (Int(offset) &<< 3 &+ 56))
            }
            for row in start..<end where unsafe found[row] != 0 {
                let lower = Int(unsafe offsets[row])
                let length = Int(unsafe offsets[row &+ 1]) &- lower
                var offset = unsafe found[row]
                if unsafe !Self.matches(
                    base,
                    offset,
                    hashes[row],
                    bytes + lower,
                    length,
                    place
                ) {
                    offset = unsafe probe(hashes[row], bytes + lower, length, base, place)
                    unsafe found[row] = offset
                    if offset == 0 { continue }
                }
                let flags = unsafe load32(base, offset, Record.flags)
                if flags & RecordFlag.referenced == 0 {
                    unsafe store32(base, offset, Record.flags, flags | RecordFlag.referenced)
                }
            }
            start = end
        }
    }

    /// The first record whose low half of the hash fits, or 0.
    @inline(__always) @unsafe
    static func candidate(
        _ hash: UInt64,
        _ slots: UnsafeMutablePointer<UInt64>,
        _ mask: Int
    ) -> UInt32 {
        let tag = hash & 0xFFFF_FFFF
        var position = Int(truncatingIfNeeded: tag) & mask
        var slot = unsafe slots[position]
        while slot != 0, slot >> 32 != tag {
            position = (position &+ 1) & mask
            slot = unsafe slots[position]
        }
        return UInt32(truncatingIfNeeded: slot)
    }

    /// Whether a record is the key's.
    @inline(__always) @unsafe
    private static func matches(
        _ base: UnsafeMutableRawPointer,
        _ offset: UInt32,
        _ hash: UInt64,
        _ key: UnsafeRawPointer,
        _ length: Int,
        _ place: Int
    ) -> Bool {
        unsafe load64(base, offset, Record.hash) == hash
            && load32(base, offset, Record.keyLength) == UInt32(truncatingIfNeeded: length)
            && RawBytes.equal(base + (Int(offset) &<< 3 &+ place), key, length)
    }

    /// The record of one key, or 0.
    @unsafe
    func probe(
        _ hash: UInt64,
        _ key: UnsafeRawPointer,
        _ length: Int,
        _ base: UnsafeMutableRawPointer,
        _ place: Int
    ) -> UInt32 {
        let tag = hash & 0xFFFF_FFFF
        var position = Int(truncatingIfNeeded: tag) & mask
        while true {
            let slot = unsafe slots[position]
            if slot == 0 { return 0 }
            if slot >> 32 == tag {
                let offset = UInt32(truncatingIfNeeded: slot)
                if unsafe Self.matches(base, offset, hash, key, length, place) { return offset }
            }
            position = (position &+ 1) & mask
        }
    }
}
