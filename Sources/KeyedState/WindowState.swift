package import Columnar
import Core

/// A state from window ends to keys to rows; belongs to the slot thread.
package final class WindowState {
    /// All windows that hold data, in memory or on disk, rising; the ends are in milliseconds.
    package private(set) var windows: [Int64] = []
    private var tables: [Int64: RowTable] = [:]
    /// Windows that were dropped, and the freeze with which RocksDB learns of it.
    private var drops: [Int64: UInt32] = [:]
    /// Dropped windows that are not in a frozen state yet.
    private var newDrops: [DroppedWindow] = []
    private let id: UInt8
    private let context: StateContext
    private let reader: DiskReader
    private let isComposite: Bool

    init(
        id: UInt8,
        context: StateContext,
        reader: DiskReader,
        restored: [Int64],
        isComposite: Bool
    ) {
        self.id = id
        self.isComposite = isComposite
        self.context = context
        self.reader = reader
        for window in restored.sorted() {
            windows.append(window)
            tables[window] = RowTable(context, isUnknown: true)
        }
    }

    /// The rows of distinct keys in one window, in the order of the keys.
    package func lookup(window: Int64, _ keys: KeyBatch) throws(StateError) -> ValueLookup {
        let scope = DiskReader.Scope(id: id, window: window)
        guard let table = tables[window] else {
            return ValueLookup(
                present: Bitmap(repeating: false, count: keys.count),
                rows: .empties(count: keys.count),
                keys: keys,
                found: FixedValues(repeating: 0, count: keys.count),
                generation: .max,
                window: window
            )
        }
        return try table.lookup(keys, reader, scope, readsDisk: readsDisk(window))
    }

    /// Writes a new row for every key of a lookup; the window comes into being if needed.
    ///
    /// - Parameters:
    ///   - lookup: what `lookup` gave; other calls may have come in between.
    ///   - rows: one for each key; not read where the key is removed or left alone.
    ///   - removed: keys to be deleted.
    ///   - changed: the only keys to be written; all if nil.
    /// - Throws: when memory cannot be had.
    package func store(
        _ lookup: ValueLookup,
        rows: BytesValues,
        removed: Bitmap? = nil,
        changed: Bitmap? = nil
    ) throws(StateError) {
        guard let window = lookup.window else {
            preconditionFailure("a lookup of another state was stored into a window")
        }
        try table(window).store(lookup, rows, removed, changed)
    }

    private func table(_ window: Int64) -> RowTable {
        if let table = tables[window] { return table }
        let table = RowTable(context)
        tables[window] = table
        let place = windows.firstIndex { $0 > window } ?? windows.count
        windows.insert(window, at: place)
        return table
    }

    /// The hash under which a key of a window state is kept.
    static func hash(_ key: UnsafeRawBufferPointer, isComposite: Bool) -> UInt64 {
        guard isComposite else { return unsafe Hashing.hash(key) }
        return unsafe CompositeKeys.hash(Span(_unsafeBytes: key))
    }

    /// Whether what RocksDB has of a window is meant, not the remains of a dropped one.
    private func readsDisk(_ window: Int64) -> Bool {
        guard let freeze = drops[window] else { return true }
        guard freeze <= context.persisted else { return false }
        drops[window] = nil
        return true
    }

    /// Hands out all rows of a window, in no order, in chunks; the window stays as it is.
    ///
    /// - Parameters:
    ///   - window: the end of the window.
    ///   - chunkRows: the most rows of a chunk.
    ///   - body: takes a chunk; must not use this window.
    /// - Throws: what the body throws, or a `StateError`.
    package func drain(
        window: Int64,
        chunkRows: Int,
        _ body: (KeyBatch, BytesValues) throws -> Void
    ) throws {
        guard let table = tables[window] else { return }
        // What leaves memory now might be missed both there and on disk.
        table.isHeld = true
        defer { table.isHeld = false }
        var chunk = WindowChunk(rows: chunkRows)
        for number in table.segmentNumbers {
            for offset in table.liveRecords(number) {
                unsafe chunk.append(
                    table.hash(offset),
                    table.keyBytes(offset),
                    table.rowBytes(offset)
                )
                if let (keys, rows) = chunk.takeIfFull() { try body(keys, rows) }
            }
        }
        if !table.isComplete, !table.filter.isEmpty, readsDisk(window) {
            try drainDisk(window, table, &chunk, body)
        }
        if let (keys, rows) = chunk.takeRest() { try body(keys, rows) }
    }

    private func drainDisk(
        _ window: Int64,
        _ table: RowTable,
        _ chunk: inout WindowChunk,
        _ body: (KeyBatch, BytesValues) throws -> Void
    ) throws {
        let cursor = try reader.database.makeCursor(fillsCache: false)
        for group in context.keyGroups.lower..<context.keyGroups.upper {
            let prefix = StateKey.prefix(group: group, id: id, window: window)
            cursor.seek(prefix)
            while let key = unsafe cursor.suffix(prefix) {
                let hash = unsafe Self.hash(key, isComposite: isComposite)
                if unsafe table.probe(hash, key) == 0 {
                    unsafe chunk.append(hash, key, cursor.value)
                    if let (keys, rows) = chunk.takeIfFull() { try body(keys, rows) }
                }
                cursor.next()
            }
            try cursor.check()
        }
    }

    /// Deletes a window; its memory is free at once, its rows on disk are deleted as one range
    /// for each key group by the next persisted freeze.
    package func drop(window: Int64) throws(StateError) {
        guard let table = tables.removeValue(forKey: window) else { return }
        windows.removeAll { $0 == window }
        if !table.filter.isEmpty {
            drops[window] = context.currentFreeze
            newDrops.append(DroppedWindow(id: id, window: window))
        }
        try table.dispose()
    }

    /// Adds what has changed since the last freeze.
    func freeze(
        _ runs: inout [FrozenRun],
        _ dropped: inout [DroppedWindow]
    ) throws(StateError) {
        for window in windows {
            if let run = try tables[window]?.freeze(id: id, window: window) { runs.append(run) }
        }
        dropped.append(contentsOf: newDrops)
        newDrops = []
        let persisted = context.persisted
        drops = drops.filter { $0.value > persisted }
    }

    /// The filter of a window, if there is such a window.
    func filter(_ window: Int64) -> SpillFilter? { tables[window]?.filter }

    /// The filters of all windows.
    var filters: [(window: Int64, filter: SpillFilter)] {
        tables.map { ($0.key, $0.value.filter) }
    }
}

/// Rows on their way to whoever drains a window.
private struct WindowChunk: ~Copyable {
    private var keys: BytesBuilder
    private var rows: BytesBuilder
    private var hashes: GrowingValues<UInt64>
    private let limit: Int

    init(rows limit: Int) {
        precondition(limit > 0, "a chunk holds at least one row")
        self.limit = limit
        keys = BytesBuilder(reserving: limit)
        rows = BytesBuilder(reserving: limit)
        hashes = GrowingValues(reserving: limit)
    }

    @unsafe
    mutating func append(
        _ hash: UInt64,
        _ key: UnsafeRawBufferPointer,
        _ row: UnsafeRawBufferPointer
    ) {
        unsafe keys.appendBytes(key.baseAddress, key.count)
        unsafe rows.appendBytes(row.baseAddress, row.count)
        hashes.append(hash)
    }

    mutating func takeIfFull() -> (KeyBatch, BytesValues)? {
        keys.count >= limit ? take() : nil
    }

    mutating func takeRest() -> (KeyBatch, BytesValues)? {
        keys.count > 0 ? take() : nil
    }

    private mutating func take() -> (KeyBatch, BytesValues) {
        var full = WindowChunk(rows: limit)
        swap(&full, &self)
        return full.finish()
    }

    private consuming func finish() -> (KeyBatch, BytesValues) {
        let batch = KeyBatch(keys: keys.finish(), hashes: hashes.finish())
        return (batch, rows.finish())
    }
}
