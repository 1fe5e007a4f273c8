import Columnar

/// A table from keys to rows over raw bytes: the in-memory half of values and of one window.
///
/// Rows of unchanged length are overwritten in place. Belongs to the slot thread.
@safe final class RowTable: RecordTable, ReclaimableTable {
    let index = SlotIndex()
    /// Whether all rows are in memory: none was there before, and none has left it.
    private(set) var isComplete: Bool

    override init(_ context: StateContext, isUnknown: Bool = false) {
        isComplete = !isUnknown
        super.init(context, isUnknown: isUnknown)
        context.overheadBytes += index.bytes
    }

    /// Gives all memory back; no call follows.
    func dispose() throws(StateError) {
        try freeRecords()
        filter.removeAll()
        context.overheadBytes -= index.bytes
        _ = index.removeAll()
    }

    /// The records of the keys, tombstones included; 0 where there is none.
    func find(_ keys: KeyBatch, _ found: UnsafeMutablePointer<UInt32>) {
        unsafe index.find(keys, base, Record.header, found)
    }

    /// The record of one key, or 0.
    func probe(_ hash: UInt64, _ key: UnsafeRawPointer, _ length: Int) -> UInt32 {
        unsafe index.probe(hash, key, length, base, Record.header)
    }

    /// Adds a record for a key that has none.
    ///
    /// - Parameters:
    ///   - hash: of the key.
    ///   - key: its bytes.
    ///   - keyLength: their number.
    ///   - row: the bytes of the row.
    ///   - rowLength: their number.
    ///   - isClean: whether RocksDB has just this row.
    /// - Returns: the record.
    /// - Throws: when memory cannot be had.
    func insert(
        _ hash: UInt64,
        _ key: UnsafeRawPointer,
        _ keyLength: Int,
        _ row: UnsafeRawPointer,
        _ rowLength: Int,
        isClean: Bool
    ) throws(StateError) -> UInt32 {
        let units = Record.unitCount(Record.header &+ keyLength &+ rowLength)
        let offset = try allocate(units)
        let record = unsafe pointer(offset)
        unsafe record.storeBytes(of: hash, as: UInt64.self)
        unsafe store32(base, offset, Record.freeze, 0)
        unsafe store32(base, offset, Record.keyLength, UInt32(truncatingIfNeeded: keyLength))
        unsafe store32(base, offset, Record.rowLength, UInt32(truncatingIfNeeded: rowLength))
        unsafe store32(base, offset, Record.units, UInt32(truncatingIfNeeded: units))
        let isOnDisk = isClean || filter.mayContain(hash)
        unsafe store32(
            base,
            offset,
            Record.flags,
            RecordFlag.referenced | (isOnDisk ? RecordFlag.onDisk : 0)
        )
        unsafe RawMove.copy(from: key, to: record + Record.header, count: keyLength)
        unsafe RawMove.copy(from: row, to: record + Record.header + keyLength, count: rowLength)
        context.overheadBytes &+= index.insert(hash, offset)
        if !isClean { markDirty(offset) }
        return offset
    }

    /// Gives a record a new row.
    func update(
        _ offset: UInt32,
        _ row: UnsafeRawPointer,
        _ rowLength: Int
    ) throws(StateError) {
        let keyLength = Int(unsafe load32(base, offset, Record.keyLength))
        let room = size(offset) &- Record.header &- keyLength
        var target = offset
        if rowLength > room {
            // A row that has grown is likely to grow again.
            target = try move(offset, rowBytes: rowLength &+ rowLength / 4)
        }
        let record = unsafe pointer(target)
        unsafe RawMove.copy(from: row, to: record + Record.header + keyLength, count: rowLength)
        unsafe store32(base, target, Record.rowLength, UInt32(truncatingIfNeeded: rowLength))
        let flags = flags(target)
        if flags & RecordFlag.deleted != 0 { setFlags(target, flags & ~RecordFlag.deleted) }
        markDirty(target)
    }

    /// Deletes a record's key.
    func remove(_ offset: UInt32) {
        let flags = flags(offset)
        if flags & RecordFlag.onDisk == 0 {
            erase(offset)
            return
        }
        setFlags(offset, flags | RecordFlag.deleted)
        unsafe store32(base, offset, Record.rowLength, 0)
        markDirty(offset)
    }

    /// Copies a record to a new place with room for a row of so many bytes.
    private func move(_ offset: UInt32, rowBytes: Int) throws(StateError) -> UInt32 {
        let keyLength = Int(unsafe load32(base, offset, Record.keyLength))
        let rowLength = Int(unsafe load32(base, offset, Record.rowLength))
        let units = Record.unitCount(Record.header &+ keyLength &+ rowBytes)
        let target = try allocate(units)
        unsafe pointer(target).copyMemory(
            from: pointer(offset),
            byteCount: Record.header &+ keyLength &+ min(rowLength, rowBytes)
        )
        unsafe store32(base, target, Record.units, UInt32(truncatingIfNeeded: units))
        index.replace(unsafe load64(base, offset, Record.hash), offset, by: target)
        moveDirty(offset, to: target)
        bury(offset)
        return target
    }

    /// Takes a record out of the table.
    private func erase(_ offset: UInt32) {
        forgetDirty(offset)
        index.remove(unsafe load64(base, offset, Record.hash), offset)
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
            if flags(offset) & RecordFlag.garbage == 0 {
                if mustStay(offset, evicting, persisted) {
                    forget(offset)
                    let rowLength = Int(unsafe load32(base, offset, Record.rowLength))
                    _ = try move(offset, rowBytes: rowLength)
                } else {
                    if flags(offset) & RecordFlag.deleted == 0 { isComplete = false }
                    erase(offset)
                }
            }
            context.garbageBytes &-= size(offset)
        }
        context.heap.freeSegment(number)
    }

    /// Whether a record is alive and may not be dropped now.
    @inline(__always)
    private func mustStay(_ offset: UInt32, _ evicting: Bool, _ persisted: UInt32) -> Bool {
        let flags = flags(offset)
        if flags & RecordFlag.garbage != 0 { return false }
        if isPinned(offset, persisted) { return true }
        if flags & RecordFlag.deleted != 0 { return false }
        return !evicting || flags & RecordFlag.referenced != 0
    }
}
