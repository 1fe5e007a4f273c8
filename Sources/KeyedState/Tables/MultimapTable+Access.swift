import CMachine
import Columnar

extension MultimapTable {
    /// The key record of each key; 0 where it has none in memory.
    func findKeys(_ keys: KeyBatch) -> FixedBuilder<UInt32> {
        let found = FixedBuilder<UInt32>(count: keys.count)
        unsafe keyIndex.find(keys, base, KeyField.header, found.base)
        return found
    }

    /// The key record of one key of a batch, made if needed; may have moved since `findKeys`.
    func keyRecord(_ keys: KeyBatch, _ row: Int) throws(StateError) -> UInt32 {
        let lower = Int(keys.keys.offsets[row])
        let key = unsafe UnsafeRawPointer(keys.keys.bytes.base) + lower
        let length = keys.keys.length(row)
        let hash = keys.hashes[row]
        let record = unsafe keyIndex.probe(hash, key, length, base, KeyField.header)
        return record != 0 ? record : try unsafe addKey(hash, key, length)
    }

    /// Asks for the first entry of a key that will be needed soon.
    @inline(__always)
    func prefetchTop(_ keyRecords: UnsafeMutablePointer<UInt32>, _ row: Int, _ count: Int) {
        guard row < count else { return }
        let key = unsafe keyRecords[row]
        let top = key == 0 ? 0 : unsafe load32(base, key, KeyField.top)
        unsafe apus_prefetch(base + (Int(top) &<< 3))
    }

    /// The entries of pairs whose keys are known; 0 where there is none in memory.
    private func findEntries(
        _ keyRecords: UnsafeMutablePointer<UInt32>,
        _ pairHashes: UnsafeMutablePointer<UInt64>,
        _ subKeys: BytesValues,
        _ found: UnsafeMutablePointer<UInt32>
    ) {
        let count = subKeys.count
        let slots = unsafe pairIndex.slots
        let mask = pairIndex.mask
        let offsets = unsafe subKeys.offsets.base
        let bytes = unsafe UnsafeRawPointer(subKeys.bytes.base)
        var start = 0
        while start < count {
            let end = min(count, start &+ StateLimits.probeBlock)
            for row in start..<end {
                let home = Int(truncatingIfNeeded: unsafe pairHashes[row] & 0xFFFF_FFFF) & mask
                unsafe apus_prefetch(slots + home)
            }
            for row in start..<end {
                let offset = unsafe SlotIndex.candidate(pairHashes[row], slots, mask)
                unsafe apus_prefetch(base + (Int(offset) &<< 3))
            }
            for row in start..<end {
                unsafe found[row] = 0
                let key = unsafe keyRecords[row]
                guard key != 0 else { continue }
                let lower = Int(unsafe offsets[row])
                let entry = unsafe probeEntry(
                    pairHashes[row],
                    load32(base, key, KeyField.handle),
                    bytes + lower,
                    Int(offsets[row &+ 1]) &- lower
                )
                unsafe found[row] = entry
                if entry != 0 { touch(entry) }
            }
            start = end
        }
    }

    private func hashPairs(_ keys: KeyBatch, _ subKeys: BytesValues) -> FixedBuilder<UInt64> {
        precondition(keys.count == subKeys.count, "one sub-key beside each key")
        let result = FixedBuilder<UInt64>(count: keys.count)
        let subHashes = Hashing.hash(subKeys).span
        let hashes = keys.hashes.span
        let output = unsafe result.base
        for row in hashes.indices {
            unsafe output[row] = MultimapTable.pairHash(hashes[row], subHashes[row])
        }
        return result
    }

    /// The rows of distinct pairs of key and sub-key, from memory and from disk.
    func lookup(
        _ keys: KeyBatch,
        _ subKeys: BytesValues,
        _ reader: DiskReader,
        _ scope: DiskReader.Scope
    ) throws(StateError) -> ValueLookup {
        trackPairs()
        let pairHashes = hashPairs(keys, subKeys)
        let keyRecords = findKeys(keys)
        let found = FixedBuilder<UInt32>(count: keys.count)
        unsafe findEntries(keyRecords.base, pairHashes.base, subKeys, found.base)
        let before = generation
        let missing = unsafe missingPairs(keys, keyRecords.base, pairHashes.base, found.base)
        let fetched = try reader.read(keys, subKeys: subKeys, positions: missing, scope: scope)
        let (present, rows) = unsafe gather(found.base, keys.count, missing, fetched, reader.base)
        try unsafe keep(keys, subKeys, pairHashes.base, missing, fetched, reader.base)
        return ValueLookup(
            present: present,
            rows: rows,
            keys: keys,
            subKeys: subKeys,
            found: found.finish(),
            generation: before
        )
    }

    /// The pairs that are not in memory but may be on disk.
    private func missingPairs(
        _ keys: KeyBatch,
        _ keyRecords: UnsafeMutablePointer<UInt32>,
        _ pairHashes: UnsafeMutablePointer<UInt64>,
        _ found: UnsafeMutablePointer<UInt32>
    ) -> [Int32] {
        var missing: [Int32] = []
        guard !pairFilter.isEmpty else { return missing }
        for row in 0..<keys.count where unsafe found[row] == 0 {
            let key = unsafe keyRecords[row]
            if key != 0, flags(key) & RecordFlag.complete != 0 { continue }
            guard unsafe pairFilter.mayContain(pairHashes[row]) else { continue }
            missing.append(Int32(truncatingIfNeeded: row))
        }
        return missing
    }

    /// Puts entries that came from disk into memory.
    private func keep(
        _ keys: KeyBatch,
        _ subKeys: BytesValues,
        _ pairHashes: UnsafeMutablePointer<UInt64>,
        _ missing: [Int32],
        _ fetched: DiskReader.Rows,
        _ source: UnsafeRawPointer
    ) throws(StateError) {
        var bytes = 0
        for place in missing.indices where fetched.lengths[place] >= 0 {
            let row = Int(missing[place])
            bytes += EntryField.header + KeyField.header + 16 + keys.keys.length(row)
            bytes += subKeys.length(row) + Int(fetched.lengths[place])
        }
        guard bytes > 0 else { return }
        try context.makeRoom(bytes)
        for place in missing.indices where fetched.lengths[place] >= 0 {
            let row = Int(missing[place])
            let key = try keyRecord(keys, row)
            _ = try unsafe addEntry(
                pairHashes[row],
                key,
                UnsafeRawPointer(subKeys.bytes.base) + Int(subKeys.offsets[row]),
                subKeys.length(row),
                source + Int(fetched.starts[place]),
                Int(fetched.lengths[place]),
                isClean: true
            )
        }
    }

    /// The row of a live entry.
    func row(_ entry: UInt32) -> UnsafeRawBufferPointer {
        let subKeyLength = Int(unsafe load32(base, entry, Record.keyLength))
        return unsafe UnsafeRawBufferPointer(
            start: pointer(entry) + EntryField.header + subKeyLength,
            count: Int(load32(base, entry, Record.rowLength))
        )
    }

    /// The sub-key of an entry.
    func subKey(_ entry: UInt32) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(
            start: pointer(entry) + EntryField.header,
            count: Int(load32(base, entry, Record.keyLength))
        )
    }

    private func gather(
        _ found: UnsafeMutablePointer<UInt32>,
        _ count: Int,
        _ missing: [Int32],
        _ fetched: DiskReader.Rows,
        _ source: UnsafeRawPointer
    ) -> (Bitmap, BytesValues) {
        var present = BitmapBuilder(reserving: count)
        var rows = BytesBuilder(reserving: count)
        var place = 0
        for row in 0..<count {
            let entry = unsafe found[row]
            var isPresent = false
            if place < missing.count, Int(missing[place]) == row {
                if fetched.lengths[place] >= 0 {
                    isPresent = true
                    unsafe rows.writeBytes(
                        source + Int(fetched.starts[place]),
                        Int(fetched.lengths[place])
                    )
                }
                place += 1
            } else if entry != 0, flags(entry) & RecordFlag.deleted == 0 {
                isPresent = true
                let bytes = unsafe self.row(entry)
                unsafe rows.writeBytes(bytes.baseAddress, bytes.count)
            }
            present.append(isPresent)
            rows.endValue()
        }
        return (present.finish(), rows.finish())
    }

    /// Adds entries that never were there.
    func append(
        _ keys: KeyBatch,
        _ subKeys: BytesValues,
        _ rows: BytesValues
    ) throws(StateError) {
        precondition(
            rows.count == keys.count && subKeys.count == keys.count,
            "one sub-key and one row beside each key"
        )
        let overhead = EntryField.header + KeyField.header + 16
        try context.makeRoom(
            rows.totalLength + keys.keys.totalLength + subKeys.totalLength + keys.count * overhead
        )
        let keyRecords = findKeys(keys)
        let rowBytes = unsafe UnsafeRawPointer(rows.bytes.base)
        let subBytes = unsafe UnsafeRawPointer(subKeys.bytes.base)
        for row in 0..<keys.count {
            unsafe prefetchTop(keyRecords.base, row &+ 8, keys.count)
            let known = keyRecords[row]
            let key = known != 0 ? known : try keyRecord(keys, row)
            appended &+= 1
            _ = try unsafe addEntry(
                appended &* 0x9E37_79B9_7F4A_7C15,
                key,
                subBytes + Int(subKeys.offsets[row]),
                subKeys.length(row),
                rowBytes + Int(rows.offsets[row]),
                rows.length(row),
                isClean: false
            )
        }
    }

    /// Writes rows for pairs, whatever they had before.
    ///
    /// - Parameters:
    ///   - keys: the keys.
    ///   - subKeys: the sub-key beside each.
    ///   - rows: the new rows; not read where the pair is removed or unchanged.
    ///   - removed: pairs to be deleted.
    ///   - changed: the only pairs to be written; all if nil.
    ///   - wasPresent: the pairs that had a row; nil if that was not asked.
    /// - Throws: when it cannot be written.
    func write(
        _ keys: KeyBatch,
        _ subKeys: BytesValues,
        _ rows: BytesValues,
        removed: Bitmap?,
        changed: Bitmap?,
        wasPresent: Bitmap?
    ) throws(StateError) {
        precondition(rows.count == keys.count, "one row for each pair")
        if removed != nil { trackPairs() }
        let pairHashes = hashPairs(keys, subKeys)
        let overhead = EntryField.header + KeyField.header + 16
        try context.makeRoom(
            rows.totalLength + keys.keys.totalLength + subKeys.totalLength + keys.count * overhead
        )
        let keyRecords = findKeys(keys)
        let found = FixedBuilder<UInt32>(count: keys.count)
        unsafe findEntries(keyRecords.base, pairHashes.base, subKeys, found.base)
        let rowBytes = unsafe UnsafeRawPointer(rows.bytes.base)
        let subBytes = unsafe UnsafeRawPointer(subKeys.bytes.base)
        for row in 0..<keys.count {
            unsafe prefetchTop(keyRecords.base, row &+ 8, keys.count)
            if let changed, !changed[row] { continue }
            let isRemoved = removed?[row] ?? false
            let entry = found[row]
            let start = unsafe rowBytes + Int(rows.offsets[row])
            if entry != 0 {
                if isRemoved {
                    removeEntry(entry)
                } else {
                    try unsafe updateEntry(entry, start, rows.length(row))
                }
                continue
            }
            if isRemoved {
                // What is not in memory can only be on disk.
                if let wasPresent, !wasPresent[row] { continue }
                if !pairFilter.mayContain(pairHashes[row]) { continue }
            }
            // A removal may have erased the key.
            let known = removed == nil ? keyRecords[row] : 0
            let key = known != 0 ? known : try keyRecord(keys, row)
            let added = try unsafe addEntry(
                pairHashes[row],
                key,
                subBytes + Int(subKeys.offsets[row]),
                subKeys.length(row),
                start,
                isRemoved ? 0 : rows.length(row),
                isClean: false
            )
            if isRemoved { removeEntry(added) }
        }
    }
}
