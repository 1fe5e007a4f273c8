import CMachine
import Columnar
import Core

/// What is known of whole keys.
extension MultimapTable {
    /// The key record of one key of a batch, or 0.
    func probeKey(_ keys: KeyBatch, _ row: Int) -> UInt32 {
        let lower = Int(keys.keys.offsets[row])
        return unsafe keyIndex.probe(
            keys.hashes[row],
            UnsafeRawPointer(keys.keys.bytes.base) + lower,
            keys.keys.length(row),
            base,
            KeyField.header
        )
    }

    /// Whether all entries of a key are in memory.
    func isComplete(_ key: UInt32) -> Bool { flags(key) & RecordFlag.complete != 0 }

    /// All entries of a key are in memory from now on.
    func setComplete(_ key: UInt32) {
        if flags(key) & RecordFlag.fenced != 0 {
            fences[unsafe load32(base, key, KeyField.handle)] = nil
        }
        setFlags(key, flags(key) & ~RecordFlag.fenced | RecordFlag.complete)
    }

    /// The entry of a key and a sub-key, a tombstone included, or 0.
    func probeEntry(
        _ hash: UInt64,
        _ key: UInt32,
        _ subKey: UnsafeRawBufferPointer
    ) -> UInt32 {
        unsafe withStart(subKey) { start in
            unsafe probeEntry(
                Self.pairHash(hash, Hashing.hash(subKey)),
                load32(base, key, KeyField.handle),
                start,
                subKey.count
            )
        }
    }

    /// The live entries of a key in memory, by their sub-keys.
    func sortedEntries(_ key: UInt32) -> [UInt32] {
        var entries: [UInt32] = []
        guard key != 0 else { return entries }
        var entry = firstEntry(key)
        while entry != 0 {
            entries.append(entry)
            entry = self.entry(after: entry, key)
        }
        entries.sort { compare($0, $1) < 0 }
        return entries
    }

    /// Adds an entry as RocksDB has it.
    func addClean(
        _ hash: UInt64,
        _ key: UInt32,
        _ subKey: UnsafeRawBufferPointer,
        _ row: UnsafeRawBufferPointer
    ) throws(StateError) {
        let pairHash = unsafe MultimapTable.pairHash(hash, Hashing.hash(subKey))
        let start = unsafe subKey.baseAddress ?? UnsafeRawPointer(base)
        let rowStart = unsafe row.baseAddress ?? UnsafeRawPointer(base)
        _ = try unsafe addEntry(
            pairHash,
            key,
            start,
            subKey.count,
            rowStart,
            row.count,
            isClean: true
        )
    }

    private func withStart(
        _ bytes: UnsafeRawBufferPointer,
        _ body: (UnsafeRawPointer) -> UInt32
    ) -> UInt32 {
        unsafe body(bytes.baseAddress ?? UnsafeRawPointer(base))
    }

    /// An end of the key's live entries in memory, or 0; makes a tree of them if they are many.
    func end(_ key: UInt32, fromEnd: Bool) -> UInt32 {
        setFlags(key, flags(key) | RecordFlag.referenced)
        if unsafe load32(base, key, KeyField.liveCount) > 8 { makeOrdered(key) }
        return outermost(key, fromEnd: fromEnd)
    }

    /// The first entry in the order of `entry(after:_:)`, or 0.
    func firstEntry(_ key: UInt32) -> UInt32 {
        setFlags(key, flags(key) | RecordFlag.referenced)
        return flags(key) & RecordFlag.ordered != 0
            ? outermost(key, fromEnd: false)
            : unsafe load32(base, key, KeyField.top)
    }

    /// The next live entry of the key, or 0.
    func entry(after entry: UInt32, _ key: UInt32) -> UInt32 {
        flags(key) & RecordFlag.ordered != 0
            ? successor(entry)
            : unsafe load32(base, entry, EntryField.right)
    }

    // Fences: the part of a key that is in memory though the key as a whole is not.

    /// Up to where the key's entries are in memory, from one end.
    func fenceEnd(_ key: UInt32, fromEnd: Bool) -> [UInt8]? {
        guard flags(key) & RecordFlag.fenced != 0 else { return nil }
        let fence = fences[unsafe load32(base, key, KeyField.handle)]
        return fromEnd ? fence?.high : fence?.low
    }

    /// Whether an end in memory is the end of the whole key.
    func isFenced(_ key: UInt32, _ entry: UInt32, fromEnd: Bool) -> Bool {
        guard entry != 0, let fence = fenceEnd(key, fromEnd: fromEnd) else { return false }
        let order = compare(entry, fence)
        return fromEnd ? order > 0 : order < 0
    }

    /// All entries outside of the given sub-key, towards one end, are in memory.
    func setFence(_ key: UInt32, _ subKey: [UInt8], fromEnd: Bool) {
        let handle = unsafe load32(base, key, KeyField.handle)
        setFlags(key, flags(key) | RecordFlag.fenced)
        var fence = fences[handle] ?? Fence(low: nil, high: nil)
        if fromEnd { fence.high = subKey } else { fence.low = subKey }
        fences[handle] = fence
    }

    /// A live entry leaves memory: the known parts of its key end before it.
    func tightenFence(_ key: UInt32, _ entry: UInt32) {
        let handle = unsafe load32(base, key, KeyField.handle)
        guard var fence = fences[handle] else { return }
        if let low = fence.low, compare(entry, low) < 0 { fence.low = unsafe Array(subKey(entry)) }
        if let high = fence.high, compare(entry, high) > 0 {
            fence.high = unsafe Array(subKey(entry))
        }
        fences[handle] = fence
    }

    private func compare(_ entry: UInt32, _ other: [UInt8]) -> Int {
        let mine = unsafe subKey(entry)
        return unsafe other.withUnsafeBytes { other in
            unsafe RawMove.compare(
                mine.baseAddress ?? UnsafeRawPointer(base),
                mine.count,
                other.baseAddress ?? UnsafeRawPointer(base),
                other.count
            )
        }
    }

    // Freezing.

    /// Copies what has changed since the last freeze; nil when nothing has.
    func freeze(id: UInt8) throws(StateError) -> FrozenRun? {
        guard dirty.count > 0 else { return nil }
        filter.reserve(dirty.count)
        if tracksPairs { pairFilter.reserve(dirty.count) }
        let run = FrozenRun(id: id, window: nil, capacity: frozenCapacity() + frozenKeyBytes())
        let places = unsafe dirty.base
        let count = dirty.count
        for place in 0..<count {
            unsafe apus_prefetch(base + (Int(places[min(place &+ 12, count &- 1)]) &<< 3))
            let offset = unsafe places[place]
            if offset != 0 { freezeEntry(offset, run) }
        }
        try run.checkGroups(context.keyGroups)
        clearDirty()
        return run.entryCount == 0 ? nil : run
    }

    /// What the keys add to the changed entries when frozen.
    private func frozenKeyBytes() -> Int {
        var bytes = 0
        for place in 0..<dirty.count where dirty[place] != 0 {
            bytes &+= Int(unsafe load32(base, key(of: dirty[place]), Record.keyLength))
        }
        return bytes
    }

    private func freezeEntry(_ offset: UInt32, _ run: FrozenRun) {
        let key = key(of: offset)
        let flags = flags(offset)
        let hash = unsafe load64(base, key, Record.hash)
        let keyLength = Int(unsafe load32(base, key, Record.keyLength))
        let subKeyLength = Int(unsafe load32(base, offset, Record.keyLength))
        let rowLength = Int(unsafe load32(base, offset, Record.rowLength))
        let prefix = StateKey.prefixLength + StateKey.lengthBytes
        var target = unsafe run.append(
            keyLength: prefix &+ keyLength &+ subKeyLength,
            rowLength: rowLength,
            isDeleted: flags & RecordFlag.deleted != 0
        )
        let group = KeyGroupRange.group(ofHash: hash, maxParallelism: context.maxParallelism)
        run.note(group: group, of: context.keyGroups)
        unsafe target += StateKey.writePrefix(target, group: group, id: run.id, window: nil)
        let bigEndian = UInt32(truncatingIfNeeded: keyLength).bigEndian
        unsafe target.storeBytes(of: bigEndian, as: UInt32.self)
        unsafe target += StateKey.lengthBytes
        unsafe RawMove.copy(from: pointer(key) + KeyField.header, to: target, count: keyLength)
        unsafe target += keyLength
        unsafe RawMove.copy(
            from: pointer(offset) + EntryField.header,
            to: target,
            count: subKeyLength &+ rowLength
        )
        // The flag of an entry tells nothing of its key: it may stem from a filter's mistake, or from
        // the time before pairs were asked for.
        let keyFlags = self.flags(key)
        if keyFlags & RecordFlag.onDisk == 0 {
            filter.insert(hash)
            setFlags(key, keyFlags | RecordFlag.onDisk)
        }
        if tracksPairs {
            pairFilter.insert(unsafe load64(base, offset, Record.hash))
        } else {
            hasUntrackedPairs = true
        }
        setFlags(offset, flags | RecordFlag.onDisk)
    }

    /// Gives all memory back; no call follows.
    func dispose() throws(StateError) {
        try freeRecords()
        filter.removeAll()
        pairFilter.removeAll()
    }
}
