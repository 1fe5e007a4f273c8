import Columnar

extension RowTable {
    /// The rows of distinct keys, from memory and from disk.
    ///
    /// - Parameters:
    ///   - keys: the keys.
    ///   - reader: asks RocksDB.
    ///   - scope: the state, and the window of a window state.
    ///   - readsDisk: whether what RocksDB has of the table is meant.
    /// - Returns: the rows, and where they are.
    /// - Throws: when the disk cannot be read.
    func lookup(
        _ keys: KeyBatch,
        _ reader: DiskReader,
        _ scope: DiskReader.Scope,
        readsDisk: Bool
    ) throws(StateError) -> ValueLookup {
        let found = FixedBuilder<UInt32>(count: keys.count)
        unsafe find(keys, found.base)
        let before = generation
        let missing =
            readsDisk && !isComplete && !filter.isEmpty ? unsafe missingKeys(keys, found.base) : []
        if missing.isEmpty {
            let (present, rows) = unsafe gather(found.base, keys.count)
            return ValueLookup(
                present: present,
                rows: rows,
                keys: keys,
                found: found.finish(),
                generation: before,
                window: scope.window
            )
        }
        let fetched = try reader.read(keys, positions: missing, scope: scope)
        let (present, rows) = unsafe gather(
            found.base,
            keys.count,
            missing,
            fetched,
            reader.base
        )
        try unsafe keep(keys, missing, fetched, reader.base, found.base)
        return ValueLookup(
            present: present,
            rows: rows,
            keys: keys,
            found: found.finish(),
            generation: before,
            window: scope.window
        )
    }

    /// The keys without a record that may be on disk.
    private func missingKeys(
        _ keys: KeyBatch,
        _ found: UnsafeMutablePointer<UInt32>
    ) -> [Int32] {
        var missing: [Int32] = []
        let hashes = keys.hashes.span
        for row in hashes.indices where unsafe found[row] == 0 {
            if filter.mayContain(hashes[row]) { missing.append(Int32(truncatingIfNeeded: row)) }
        }
        return missing
    }

    /// Puts rows that came from disk into the table.
    private func keep(
        _ keys: KeyBatch,
        _ missing: [Int32],
        _ fetched: DiskReader.Rows,
        _ source: UnsafeRawPointer,
        _ found: UnsafeMutablePointer<UInt32>
    ) throws(StateError) {
        var bytes = 0
        for place in missing.indices where fetched.lengths[place] >= 0 {
            let row = Int(missing[place])
            bytes += Record.header + 8 + keys.keys.length(row) + Int(fetched.lengths[place])
        }
        guard bytes > 0 else { return }
        try context.makeRoom(bytes)
        for place in missing.indices where fetched.lengths[place] >= 0 {
            let row = Int(missing[place])
            let lower = Int(keys.keys.offsets[row])
            unsafe found[row] = try unsafe insert(
                keys.hashes[row],
                UnsafeRawPointer(keys.keys.bytes.base) + lower,
                keys.keys.length(row),
                source + Int(fetched.starts[place]),
                Int(fetched.lengths[place]),
                isClean: true
            )
        }
    }

    /// Copies rows out of their records.
    private func gather(
        _ found: UnsafeMutablePointer<UInt32>,
        _ count: Int
    ) -> (Bitmap, BytesValues) {
        var words = FixedBuilder<UInt64>(count: Bitmap.wordCount(count))
        words.fill(with: 0)
        let offsets = FixedBuilder<Int32>(count: count + 1)
        let ends = unsafe offsets.base
        let bits = unsafe words.base
        var total = 0
        unsafe ends[0] = 0
        for row in 0..<count {
            let offset = unsafe found[row]
            if offset != 0, unsafe load32(base, offset, Record.flags) & RecordFlag.deleted == 0 {
                unsafe bits[row >> 6] |= 1 &<< UInt64(row & 63)
                total &+= Int(unsafe load32(base, offset, Record.rowLength))
            }
            unsafe ends[row &+ 1] = Int32(truncatingIfNeeded: total)
        }
        precondition(total <= Int(Int32.max), "the rows of one lookup take more than 2 GB")
        let bytes = FixedBuilder<UInt8>(count: total)
        let target = unsafe bytes.base
        for row in 0..<count {
            let start = Int(unsafe ends[row])
            let length = Int(unsafe ends[row &+ 1]) &- start
            guard length > 0 else { continue }
            let offset = unsafe found[row]
            let key = Int(unsafe load32(base, offset, Record.keyLength))
            let record = unsafe base + (Int(offset) &<< 3 &+ Record.header &+ key)
            unsafe RawCopy.copy(
                from: UnsafePointer(record.assumingMemoryBound(to: UInt8.self)),
                to: target + start,
                count: length
            )
        }
        let values = BytesValues(offsets: offsets.finish(), bytes: bytes.finish())
        return (Bitmap(words: words, count: count), values)
    }

    /// Copies rows out of their records and out of what was read from disk.
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
            let offset = unsafe found[row]
            var bytes: UnsafeRawPointer? = nil
            var length = 0
            if place < missing.count, Int(missing[place]) == row {
                if fetched.lengths[place] >= 0 {
                    unsafe bytes = unsafe source + Int(fetched.starts[place])
                    length = Int(fetched.lengths[place])
                }
                place += 1
            } else if offset != 0,
                unsafe load32(base, offset, Record.flags) & RecordFlag.deleted == 0
            {
                let key = Int(unsafe load32(base, offset, Record.keyLength))
                unsafe bytes = unsafe UnsafeRawPointer(
                    base + (Int(offset) &<< 3 &+ Record.header &+ key)
                )
                length = Int(unsafe load32(base, offset, Record.rowLength))
            }
            present.append(unsafe bytes != nil)
            unsafe rows.appendBytes(bytes, length)
        }
        return (present.finish(), rows.finish())
    }

    /// Writes new rows for the keys of a lookup.
    ///
    /// - Parameters:
    ///   - lookup: what `lookup` of this table gave.
    ///   - rows: a row for each key; not read where the key is removed or unchanged.
    ///   - removed: keys to be deleted.
    ///   - changed: the only keys to be written; all if nil.
    /// - Throws: when memory cannot be had.
    func store(
        _ lookup: ValueLookup,
        _ rows: BytesValues,
        _ removed: Bitmap?,
        _ changed: Bitmap?
    ) throws(StateError) {
        let count = lookup.count
        precondition(rows.count == count, "one row for each key of the lookup")
        try context.makeRoom(bytesToAdd(lookup, rows))
        var found = lookup.found
        if generation != lookup.generation {
            let again = FixedBuilder<UInt32>(count: count)
            unsafe find(lookup.keys, again.base)
            found = again.finish()
        }
        let records = unsafe found.base
        let offsets = unsafe rows.offsets.base
        let bytes = unsafe UnsafeRawPointer(rows.bytes.base)
        for row in 0..<count {
            if let changed, !changed[row] { continue }
            let isRemoved = removed?[row] ?? false
            let start = Int(unsafe offsets[row])
            let length = Int(unsafe offsets[row &+ 1]) &- start
            let offset = unsafe records[row]
            if offset == 0 {
                try unsafe storeAbsent(lookup, row, bytes + start, length, isRemoved)
            } else if isRemoved {
                remove(offset)
            } else {
                try unsafe update(offset, bytes + start, length)
            }
        }
    }

    private func bytesToAdd(_ lookup: ValueLookup, _ rows: BytesValues) -> Int {
        var bytes = 0
        let found = lookup.found.span
        for row in found.indices where found[row] == 0 {
            bytes &+= Record.header &+ 8 &+ lookup.keys.keys.length(row) &+ rows.length(row)
        }
        return bytes
    }

    /// Writes a row for a key that had no record when it was looked up.
    private func storeAbsent(
        _ lookup: ValueLookup,
        _ row: Int,
        _ bytes: UnsafeRawPointer,
        _ length: Int,
        _ isRemoved: Bool
    ) throws(StateError) {
        let hash = lookup.keys.hashes[row]
        let key =
            unsafe UnsafeRawPointer(lookup.keys.keys.bytes.base)
            + Int(lookup.keys.keys.offsets[row])
        let keyLength = lookup.keys.keys.length(row)
        var offset = unsafe probe(hash, key, keyLength)
        if offset != 0 {
            if isRemoved { remove(offset) } else { try unsafe update(offset, bytes, length) }
            return
        }
        if isRemoved, !lookup.present[row] { return }
        offset = try unsafe insert(
            hash,
            key,
            keyLength,
            bytes,
            isRemoved ? 0 : length,
            isClean: false
        )
        if isRemoved { remove(offset) }
    }
}
