import Columnar
import Core

/// Answers questions about whole keys of a multimap, from memory and, where that is not complete,
/// from disk.
///
/// Belongs to the slot thread.
@safe final class MultimapReader {
    let table: MultimapTable
    private let database: RocksDatabase
    private let id: UInt8
    private let context: StateContext
    private let entriesOnDisk = DiskEntries()
    /// The cursor of the running call; opened when it is first needed.
    private var cursor: RocksCursor?
    /// What had been persisted when it was opened.
    private var cursorFreeze: UInt32 = 0

    init(table: MultimapTable, database: RocksDatabase, id: UInt8) {
        self.table = table
        self.database = database
        self.id = id
        context = table.context
    }

    /// What all keys of a multimap on disk start with.
    private func prefix(_ keys: KeyBatch, _ row: Int) -> [UInt8] {
        let group = KeyGroupRange.group(
            ofHash: keys.hashes[row],
            maxParallelism: context.maxParallelism
        )
        var bytes = StateKey.prefix(group: group, id: id)
        let key = keys.keys[row]
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: key.count >> shift)) }
        bytes.reserveCapacity(bytes.count + key.count)
        for index in key.indices { bytes.append(key[index]) }
        return bytes
    }

    private func openCursor() throws(StateError) -> RocksCursor {
        let persisted = context.persisted
        // An older cursor may lack what has been persisted and dropped from memory since.
        if let cursor, cursorFreeze == persisted { return cursor }
        let opened = try database.makeCursor(isWithinKey: table.isAppendOnly)
        cursor = opened
        cursorFreeze = persisted
        return opened
    }

    private func isInMemory(
        _ hash: UInt64,
        _ key: UInt32,
        _ subKey: UnsafeRawBufferPointer
    ) -> Bool {
        guard key != 0 else { return false }
        return unsafe table.probeEntry(hash, key, subKey) != 0
    }

    /// Reads the entries under a prefix that are not in memory.
    private func readDisk(
        _ cursor: RocksCursor,
        _ prefix: [UInt8],
        _ hash: UInt64,
        _ key: UInt32
    ) throws(StateError) {
        entriesOnDisk.removeAll()
        // Without an index of pairs, what is in memory passes by in order, as the disk's entries do.
        let held = table.isAppendOnly ? table.sortedEntries(key) : []
        var passed = 0
        cursor.seek(prefix)
        while let subKey = unsafe cursor.suffix(prefix) {
            let isHeld: Bool
            if table.isAppendOnly {
                while passed < held.count, unsafe isBefore(table.subKey(held[passed]), subKey) {
                    passed += 1
                }
                let isAtEnd = passed == held.count
                isHeld = unsafe !isAtEnd && !isBefore(subKey, table.subKey(held[passed]))
            } else {
                isHeld = unsafe isInMemory(hash, key, subKey)
            }
            if !isHeld { unsafe entriesOnDisk.append(subKey, cursor.value) }
            cursor.next()
        }
        try cursor.check()
    }

    // All entries.

    func entries(_ keys: KeyBatch, ordered: Bool) throws(StateError) -> MultimapEntries {
        defer { cursor = nil }
        let found = table.findKeys(keys)
        var hasScanned = false
        var offsets = FixedBuilder<Int32>(count: keys.count + 1)
        offsets[0] = 0
        var subKeys = BytesBuilder(reserving: keys.count)
        var rows = BytesBuilder(reserving: keys.count)
        for row in 0..<keys.count {
            unsafe table.prefetchTop(found.base, row &+ 8, hasScanned ? 0 : keys.count)
            var key = found[row]
            if hasScanned { key = table.probeKey(keys, row) }
            if key == 0 ? table.filter.mayContain(keys.hashes[row]) : !table.isComplete(key) {
                hasScanned = true
                try scan(keys, row, key, ordered, &subKeys, &rows)
            } else if key != 0 {
                append(key, ordered, &subKeys, &rows)
            }
            offsets[row + 1] = Int32(truncatingIfNeeded: subKeys.count)
        }
        return MultimapEntries(
            offsets: offsets.finish(),
            subKeys: subKeys.finish(),
            rows: rows.finish()
        )
    }

    /// Appends the entries of a key that is all in memory.
    private func append(
        _ key: UInt32,
        _ ordered: Bool,
        _ subKeys: inout BytesBuilder,
        _ rows: inout BytesBuilder
    ) {
        if ordered { table.makeOrdered(key) }
        var entry = table.firstEntry(key)
        while entry != 0 {
            let next = table.entry(after: entry, key)
            table.prefetch(next)
            let subKey = unsafe table.subKey(entry)
            let row = unsafe table.row(entry)
            unsafe subKeys.appendBytes(subKey.baseAddress, subKey.count)
            unsafe rows.appendBytes(row.baseAddress, row.count)
            entry = next
        }
    }

    /// Appends the entries of a key that may be partly on disk, and brings them into memory if
    /// they are not too many.
    private func scan(
        _ keys: KeyBatch,
        _ row: Int,
        _ key: UInt32,
        _ ordered: Bool,
        _ subKeys: inout BytesBuilder,
        _ rows: inout BytesBuilder
    ) throws(StateError) {
        let prefix = prefix(keys, row)
        let cursor = try openCursor()
        try readDisk(cursor, prefix, keys.hashes[row], key)
        if ordered {
            appendMerged(key, &subKeys, &rows)
        } else {
            if key != 0 { append(key, false, &subKeys, &rows) }
            for index in 0..<entriesOnDisk.count { appendFromDisk(index, &subKeys, &rows) }
        }
        try keep(keys, row, whole: true)
    }

    private func appendFromDisk(
        _ index: Int,
        _ subKeys: inout BytesBuilder,
        _ rows: inout BytesBuilder
    ) {
        let subKey = unsafe entriesOnDisk.subKey(index)
        let row = unsafe entriesOnDisk.row(index)
        unsafe subKeys.appendBytes(subKey.baseAddress, subKey.count)
        unsafe rows.appendBytes(row.baseAddress, row.count)
    }

    /// Merges what is in memory with what was read from disk, both in order.
    private func appendMerged(
        _ key: UInt32,
        _ subKeys: inout BytesBuilder,
        _ rows: inout BytesBuilder
    ) {
        var index = 0
        if key != 0 {
            table.makeOrdered(key)
            var entry = table.firstEntry(key)
            while entry != 0 {
                let subKey = unsafe table.subKey(entry)
                while index < entriesOnDisk.count,
                    unsafe isBefore(entriesOnDisk.subKey(index), subKey)
                {
                    appendFromDisk(index, &subKeys, &rows)
                    index += 1
                }
                let row = unsafe table.row(entry)
                unsafe subKeys.appendBytes(subKey.baseAddress, subKey.count)
                unsafe rows.appendBytes(row.baseAddress, row.count)
                entry = table.entry(after: entry, key)
            }
        }
        while index < entriesOnDisk.count {
            appendFromDisk(index, &subKeys, &rows)
            index += 1
        }
    }

    private func isBefore(
        _ left: UnsafeRawBufferPointer,
        _ right: UnsafeRawBufferPointer
    ) -> Bool {
        guard let rightStart = right.baseAddress else { return false }
        guard let leftStart = left.baseAddress else { return unsafe !right.isEmpty }
        return unsafe RawMove.compare(leftStart, left.count, rightStart, right.count) < 0
    }

    /// Brings the entries that were just read into memory.
    ///
    /// - Parameters:
    ///   - keys: the keys of the call.
    ///   - row: the key that the entries belong to.
    ///   - whole: whether they are all that disk has of the key.
    /// - Returns: whether all of them, and all that was there before, are in memory now.
    /// - Throws: when memory cannot be had.
    @discardableResult
    private func keep(_ keys: KeyBatch, _ row: Int, whole: Bool) throws(StateError) -> Bool {
        let overhead = MultimapTable.EntryField.header + 24
        let bytes = entriesOnDisk.bytes + entriesOnDisk.count * overhead
        guard bytes <= context.budget.tableBytes / 8 else { return false }
        let before = table.evictionCount
        try context.makeRoom(bytes)
        let isUnharmed = before == table.evictionCount
        guard entriesOnDisk.count > 0 || isUnharmed else { return false }
        let key =
            entriesOnDisk.count > 0 ? try table.keyRecord(keys, row) : table.probeKey(keys, row)
        for index in 0..<entriesOnDisk.count {
            let subKey = unsafe entriesOnDisk.subKey(index)
            let value = unsafe entriesOnDisk.row(index)
            try unsafe table.addClean(keys.hashes[row], key, subKey, value)
        }
        if isUnharmed, whole, key != 0 { table.setComplete(key) }
        return isUnharmed
    }

    // The ends.

    func ends(_ keys: KeyBatch, fromEnd: Bool) throws(StateError) -> MultimapEnds {
        precondition(!table.isAppendOnly, "an append-only state has no ends")
        defer { cursor = nil }
        var present = BitmapBuilder(reserving: keys.count)
        var subKeys = BytesBuilder(reserving: keys.count)
        var rows = BytesBuilder(reserving: keys.count)
        for row in 0..<keys.count {
            let key = table.probeKey(keys, row)
            var isPresent = false
            let entry = key == 0 ? 0 : table.end(key, fromEnd: fromEnd)
            let isKnown =
                key == 0
                ? !table.filter.mayContain(keys.hashes[row])
                : table.isComplete(key) || table.isFenced(key, entry, fromEnd: fromEnd)
            if !isKnown {
                isPresent = try scanEnd(keys, row, key, entry, fromEnd, &subKeys, &rows)
            } else if entry != 0 {
                isPresent = true
                append(entry, &subKeys, &rows)
            }
            present.append(isPresent)
            subKeys.endValue()
            rows.endValue()
        }
        return MultimapEnds(
            present: present.finish(),
            subKeys: subKeys.finish(),
            rows: rows.finish()
        )
    }

    private func append(
        _ entry: UInt32,
        _ subKeys: inout BytesBuilder,
        _ rows: inout BytesBuilder
    ) {
        let subKey = unsafe table.subKey(entry)
        let row = unsafe table.row(entry)
        unsafe subKeys.writeBytes(subKey.baseAddress, subKey.count)
        unsafe rows.writeBytes(row.baseAddress, row.count)
    }

    /// Finds an end of a key that may be on disk, and brings what follows it into memory.
    private func scanEnd(
        _ keys: KeyBatch,
        _ row: Int,
        _ key: UInt32,
        _ entry: UInt32,
        _ fromEnd: Bool,
        _ subKeys: inout BytesBuilder,
        _ rows: inout BytesBuilder
    ) throws(StateError) -> Bool {
        let prefix = prefix(keys, row)
        let cursor = try openCursor()
        let fence = key == 0 ? nil : table.fenceEnd(key, fromEnd: fromEnd)
        let next = try readEnd(cursor, prefix, keys.hashes[row], key, fence, fromEnd)
        var isFromDisk = entriesOnDisk.count > 0
        if isFromDisk, entry != 0 {
            let inMemory = unsafe table.subKey(entry)
            let onDisk = unsafe entriesOnDisk.subKey(0)
            isFromDisk = unsafe fromEnd ? isBefore(inMemory, onDisk) : isBefore(onDisk, inMemory)
        }
        let isPresent = isFromDisk || entry != 0
        if isFromDisk {
            let subKey = unsafe entriesOnDisk.subKey(0)
            let bytes = unsafe entriesOnDisk.row(0)
            unsafe subKeys.writeBytes(subKey.baseAddress, subKey.count)
            unsafe rows.writeBytes(bytes.baseAddress, bytes.count)
        } else if entry != 0 {
            append(entry, &subKeys, &rows)
        }
        let reachedEnd = next == nil
        if try keep(keys, row, whole: reachedEnd), let next {
            let kept = table.probeKey(keys, row)
            if kept != 0 { table.setFence(kept, next, fromEnd: fromEnd) }
        }
        return isPresent
    }

    /// Reads entries that are not in memory from one end of a key, or from where memory ends.
    ///
    /// - Returns: the first sub-key that was not read; nil when there is none.
    private func readEnd(
        _ cursor: RocksCursor,
        _ prefix: [UInt8],
        _ hash: UInt64,
        _ key: UInt32,
        _ fence: [UInt8]?,
        _ fromEnd: Bool
    ) throws(StateError) -> [UInt8]? {
        entriesOnDisk.removeAll()
        if fromEnd {
            cursor.seekForPrevious(fence.map { prefix + $0 } ?? StateKey.successor(prefix))
            // The successor itself may be a key, of another prefix.
            if fence == nil, cursor.isValid, unsafe cursor.suffix(prefix) == nil {
                cursor.previous()
            }
        } else {
            cursor.seek(prefix + (fence ?? []))
        }
        while let subKey = unsafe cursor.suffix(prefix) {
            if unsafe !isInMemory(hash, key, subKey) {
                if entriesOnDisk.count == StateLimits.fenceEntries { return unsafe Array(subKey) }
                unsafe entriesOnDisk.append(subKey, cursor.value)
            }
            if fromEnd { cursor.previous() } else { cursor.next() }
        }
        try cursor.check()
        return nil
    }
}
