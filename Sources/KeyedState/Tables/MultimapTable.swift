import Columnar

/// A table from keys to ordered sub-keys to rows: the in-memory half of a multimap.
///
/// ```
/// key index ─▶ key record ─ first entry or root ─▶ entry ⇄ entry ⇄ …    (linked, in no order)
///                  ▲                               entry tree            (once order was asked for)
///                  └── handle ── entry record ◀─ pair index (key and sub-key together)
/// ```
///
/// Belongs to the slot thread.
@safe final class MultimapTable: RecordTable, ReclaimableTable {
    /// From keys to key records.
    let keyIndex = SlotIndex()
    /// From pairs of key and sub-key to entries.
    let pairIndex = SlotIndex()
    /// The key record of each handle; a handle stays when its record moves.
    private let handles = OffsetList()
    private let freeHandles = OffsetList()
    /// What is known of the ends of keys that are not all in memory.
    var fences: [UInt32: Fence] = [:]
    /// Tells pairs of key and sub-key that may be on disk; `filter` tells keys.
    let pairFilter: SpillFilter
    /// Whether entries are only added and read with all of their key: then nothing is kept of pairs.
    let isAppendOnly: Bool
    /// Whether anybody ever asked for a pair.
    ///
    /// Where entries are only added and read with all of their key, as on a side of a join that
    /// only grows, a filter of them would be memory wasted.
    private(set) var tracksPairs = false
    /// Whether pairs went to disk that `pairFilter` was not told of.
    var hasUntrackedPairs = false
    /// Counts entries that were appended: what orders the trees of an append-only state.
    var appended: UInt64 = 0
    /// Counts entries that left memory while alive.
    var evictionCount = 0

    /// The part of a key that is in memory though the key as a whole is not.
    struct Fence {
        /// All entries before this sub-key are in memory.
        var low: [UInt8]?
        /// All entries behind this sub-key are in memory.
        var high: [UInt8]?
    }

    /// Fields of a key record beyond those of all records.
    enum KeyField {
        static let handle = 8
        /// The first entry, or the root of the tree.
        static let top = 12
        /// Entries that are linked.
        static let liveCount = 20
        /// Entries in memory, tombstones included.
        static let heldCount = 32
        static let header = 40
    }

    /// Fields of an entry beyond those of all records; `Record.keyLength` is the sub-key's.
    enum EntryField {
        static let handle = 32
        /// The entry before in the list, or the left child in the tree.
        static let left = 36
        /// The next entry in the list, or the right child in the tree.
        static let right = 40
        static let parent = 44
        static let header = 48
    }

    init(_ context: StateContext, isUnknown: Bool = false, isAppendOnly: Bool = false) {
        self.isAppendOnly = isAppendOnly
        pairFilter = SpillFilter(context, isUnknown: isUnknown)
        super.init(context, isUnknown: isUnknown)
        context.overheadBytes += keyIndex.bytes + pairIndex.bytes
    }

    /// Begins to keep account of pairs, before the first question about one is answered.
    func trackPairs() {
        precondition(!isAppendOnly, "entries of an append-only state are read by key")
        guard !tracksPairs else { return }
        tracksPairs = true
        if hasUntrackedPairs { pairFilter.giveUp() }
    }

    /// The hash of a key and a sub-key together.
    @inline(__always)
    static func pairHash(_ key: UInt64, _ subKey: UInt64) -> UInt64 {
        let product = (key ^ 0x9FB2_1C65_1E98_DF25)
            .multipliedFullWidth(by: subKey ^ 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }

    // Keys.

    /// The key record of an entry.
    @inline(__always)
    func key(of entry: UInt32) -> UInt32 {
        let handle = unsafe load32(base, entry, EntryField.handle)
        return handles[Int(handle)]
    }

    /// Adds a key without entries.
    func addKey(
        _ hash: UInt64,
        _ key: UnsafeRawPointer,
        _ length: Int
    ) throws(StateError) -> UInt32 {
        let units = Record.unitCount(KeyField.header &+ length)
        let offset = try allocate(units)
        let record = unsafe pointer(offset)
        unsafe record.initializeMemory(as: UInt8.self, repeating: 0, count: KeyField.header)
        unsafe record.storeBytes(of: hash, as: UInt64.self)
        unsafe store32(base, offset, Record.keyLength, UInt32(truncatingIfNeeded: length))
        unsafe store32(base, offset, Record.units, UInt32(truncatingIfNeeded: units))
        unsafe store32(base, offset, KeyField.handle, takeHandle(offset))
        let complete = filter.mayContain(hash) ? 0 : RecordFlag.complete
        setFlags(offset, RecordFlag.key | RecordFlag.referenced | complete)
        unsafe RawMove.copy(from: key, to: record + KeyField.header, count: length)
        context.overheadBytes &+= keyIndex.insert(hash, offset)
        return offset
    }

    private func takeHandle(_ offset: UInt32) -> UInt32 {
        if freeHandles.count > 0 {
            let handle = freeHandles.removeLast()
            handles[Int(handle)] = offset
            return handle
        }
        let before = handles.bytes
        handles.append(offset)
        context.overheadBytes += handles.bytes - before
        return UInt32(truncatingIfNeeded: handles.count - 1)
    }

    /// Takes a key without entries out of memory.
    private func eraseKey(_ offset: UInt32) {
        let handle = unsafe load32(base, offset, KeyField.handle)
        if flags(offset) & RecordFlag.fenced != 0 { fences[handle] = nil }
        keyIndex.remove(unsafe load64(base, offset, Record.hash), offset)
        let before = freeHandles.bytes
        freeHandles.append(handle)
        context.overheadBytes += freeHandles.bytes - before
        bury(offset)
    }

    /// Erases the key if nothing of it is in memory, so that no empty key is kept.
    func eraseKeyIfEmpty(_ key: UInt32) {
        if unsafe load32(base, key, KeyField.heldCount) == 0 { eraseKey(key) }
    }

    // Entries.

    /// The entry of a key and sub-key, a tombstone included; 0 if there is none in memory.
    func probeEntry(
        _ pairHash: UInt64,
        _ handle: UInt32,
        _ subKey: UnsafeRawPointer,
        _ length: Int
    ) -> UInt32 {
        let mask = pairIndex.mask
        let slots = unsafe pairIndex.slots
        let tag = pairHash & 0xFFFF_FFFF
        var position = Int(truncatingIfNeeded: tag) & mask
        while true {
            let slot = unsafe slots[position]
            if slot == 0 { return 0 }
            if slot >> 32 == tag {
                let offset = UInt32(truncatingIfNeeded: slot)
                if unsafe load32(base, offset, EntryField.handle) == handle,
                    unsafe load32(base, offset, Record.keyLength)
                        == UInt32(truncatingIfNeeded: length),
                    unsafe RawBytes.equal(
                        pointer(offset) + EntryField.header,
                        subKey,
                        length
                    )
                {
                    return offset
                }
            }
            position = (position &+ 1) & mask
        }
    }

    /// Adds an entry that is not in memory to a key that is.
    ///
    /// - Parameters:
    ///   - pairHash: of key and sub-key; any number if the state is append-only.
    ///   - key: the key record.
    ///   - subKey: the bytes of the sub-key.
    ///   - subKeyLength: their number.
    ///   - row: the bytes of the row.
    ///   - rowLength: their number.
    ///   - isClean: whether RocksDB has just this row.
    /// - Returns: the entry.
    /// - Throws: when memory cannot be had.
    func addEntry(
        _ pairHash: UInt64,
        _ key: UInt32,
        _ subKey: UnsafeRawPointer,
        _ subKeyLength: Int,
        _ row: UnsafeRawPointer,
        _ rowLength: Int,
        isClean: Bool
    ) throws(StateError) -> UInt32 {
        let units = Record.unitCount(EntryField.header &+ subKeyLength &+ rowLength)
        let offset = try allocate(units)
        let record = unsafe pointer(offset)
        unsafe record.storeBytes(of: pairHash, as: UInt64.self)
        unsafe store32(base, offset, Record.freeze, 0)
        unsafe store32(base, offset, Record.keyLength, UInt32(truncatingIfNeeded: subKeyLength))
        unsafe store32(base, offset, Record.rowLength, UInt32(truncatingIfNeeded: rowLength))
        unsafe store32(base, offset, Record.units, UInt32(truncatingIfNeeded: units))
        let isOnDisk = isClean || !tracksPairs || pairFilter.mayContain(pairHash)
        setFlags(offset, RecordFlag.referenced | (isOnDisk ? RecordFlag.onDisk : 0))
        let handle = unsafe load32(base, key, KeyField.handle)
        unsafe store32(base, offset, EntryField.handle, handle)
        unsafe RawMove.copy(from: subKey, to: record + EntryField.header, count: subKeyLength)
        unsafe RawMove.copy(
            from: row,
            to: record + EntryField.header + subKeyLength,
            count: rowLength
        )
        if !isAppendOnly { context.overheadBytes &+= pairIndex.insert(pairHash, offset) }
        unsafe store32(
            base,
            key,
            KeyField.heldCount,
            load32(base, key, KeyField.heldCount) &+ 1
        )
        link(offset, key)
        if !isClean { markDirty(offset) }
        return offset
    }

    /// Gives an entry a new row; a tombstone comes to life.
    func updateEntry(
        _ offset: UInt32,
        _ row: UnsafeRawPointer,
        _ rowLength: Int
    ) throws(StateError) {
        let subKeyLength = Int(unsafe load32(base, offset, Record.keyLength))
        let room = size(offset) &- EntryField.header &- subKeyLength
        var target = offset
        if rowLength > room {
            target = try moveEntry(offset, rowBytes: rowLength &+ rowLength / 4)
        }
        unsafe RawMove.copy(
            from: row,
            to: pointer(target) + EntryField.header + subKeyLength,
            count: rowLength
        )
        unsafe store32(base, target, Record.rowLength, UInt32(truncatingIfNeeded: rowLength))
        let flags = flags(target)
        if flags & RecordFlag.deleted != 0 {
            setFlags(target, flags & ~RecordFlag.deleted)
            link(target, key(of: target))
        }
        markDirty(target)
    }

    /// Deletes an entry.
    func removeEntry(_ offset: UInt32) {
        let flags = flags(offset)
        guard flags & RecordFlag.deleted == 0 else { return }
        unlink(offset, key(of: offset))
        if flags & RecordFlag.onDisk == 0 {
            eraseEntry(offset)
            return
        }
        setFlags(offset, flags | RecordFlag.deleted)
        unsafe store32(base, offset, Record.rowLength, 0)
        markDirty(offset)
    }

    /// Takes an entry that is not linked out of memory, and its key with the last one.
    private func eraseEntry(_ offset: UInt32) {
        forgetDirty(offset)
        if !isAppendOnly { pairIndex.remove(unsafe load64(base, offset, Record.hash), offset) }
        let key = key(of: offset)
        let held = unsafe load32(base, key, KeyField.heldCount) &- 1
        unsafe store32(base, key, KeyField.heldCount, held)
        bury(offset)
        eraseKeyIfEmpty(key)
    }

    private func moveEntry(_ offset: UInt32, rowBytes: Int) throws(StateError) -> UInt32 {
        let subKeyLength = Int(unsafe load32(base, offset, Record.keyLength))
        let rowLength = Int(unsafe load32(base, offset, Record.rowLength))
        let units = Record.unitCount(EntryField.header &+ subKeyLength &+ rowBytes)
        let target = try allocate(units)
        unsafe pointer(target).copyMemory(
            from: pointer(offset),
            byteCount: EntryField.header &+ subKeyLength &+ min(rowLength, rowBytes)
        )
        unsafe store32(base, target, Record.units, UInt32(truncatingIfNeeded: units))
        if !isAppendOnly {
            pairIndex.replace(unsafe load64(base, offset, Record.hash), offset, by: target)
        }
        if flags(target) & RecordFlag.deleted == 0 { relink(offset, to: target) }
        moveDirty(offset, to: target)
        bury(offset)
        return target
    }

    private func moveKey(_ offset: UInt32) throws(StateError) {
        let units = Int(unsafe load32(base, offset, Record.units))
        let target = try allocate(units)
        unsafe pointer(target).copyMemory(from: pointer(offset), byteCount: units &<< 3)
        keyIndex.replace(unsafe load64(base, offset, Record.hash), offset, by: target)
        handles[Int(unsafe load32(base, offset, KeyField.handle))] = target
        bury(offset)
    }

    // Making room.

    func reclaim(
        _ number: Int,
        evicting: Bool,
        persisted: UInt32
    ) throws(StateError) {
        guard !isHeld else { return }
        seal(number)
        var kept = 0
        try forEachRecord(number) { offset throws(StateError) in
            if mustStay(offset, evicting, persisted) { kept &+= size(offset) >> 3 }
        }
        guard isWorthwhile(number, keptUnits: kept, evicting: evicting) else {
            if evicting { try forEachRecord(number) { offset in forget(offset) } }
            return
        }
        try forEachRecord(number) { offset throws(StateError) in
            let flags = flags(offset)
            if flags & RecordFlag.garbage == 0 {
                let stays = mustStay(offset, evicting, persisted)
                forget(offset)
                if flags & RecordFlag.key != 0 {
                    try moveKey(offset)
                } else if stays {
                    let rowLength = Int(unsafe load32(base, offset, Record.rowLength))
                    _ = try moveEntry(offset, rowBytes: rowLength)
                } else {
                    evict(offset)
                }
            }
            context.garbageBytes &-= size(offset)
        }
        context.heap.freeSegment(number)
    }

    @inline(__always)
    private func mustStay(_ offset: UInt32, _ evicting: Bool, _ persisted: UInt32) -> Bool {
        let flags = flags(offset)
        if flags & RecordFlag.garbage != 0 { return false }
        if flags & RecordFlag.key != 0 || isPinned(offset, persisted) { return true }
        if flags & RecordFlag.deleted != 0 { return false }
        if !evicting || flags & RecordFlag.referenced != 0 { return true }
        return self.flags(key(of: offset)) & RecordFlag.referenced != 0
    }

    /// Drops an entry that RocksDB has as it is.
    private func evict(_ offset: UInt32) {
        let flags = flags(offset)
        if flags & RecordFlag.deleted == 0 {
            let key = key(of: offset)
            evictionCount &+= 1
            setFlags(key, self.flags(key) & ~RecordFlag.complete)
            if self.flags(key) & RecordFlag.fenced != 0 { tightenFence(key, offset) }
            unlink(offset, key)
        }
        eraseEntry(offset)
    }
}
