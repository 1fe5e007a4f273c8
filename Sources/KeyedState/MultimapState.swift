package import Columnar

/// A state from keys to ordered sub-keys to rows; belongs to the slot thread.
package final class MultimapState {
    let table: MultimapTable
    private let reader: DiskReader
    private let keyReader: MultimapReader
    private let scope: DiskReader.Scope

    init(id: UInt8, table: MultimapTable, reader: DiskReader) {
        self.table = table
        self.reader = reader
        keyReader = MultimapReader(table: table, database: reader.database, id: id)
        scope = DiskReader.Scope(id: id, window: nil)
    }

    /// The rows of the given pairs of key and sub-key, which are distinct, in their order.
    package func lookup(
        _ keys: KeyBatch,
        subKeys: BytesValues
    ) throws(StateError) -> ValueLookup {
        try table.lookup(keys, subKeys, reader, scope)
    }

    /// Writes a new row for every pair of a lookup.
    ///
    /// - Parameters:
    ///   - lookup: what `lookup` gave; other calls may have come in between.
    ///   - rows: one for each pair; not read where the pair is removed or left alone.
    ///   - removed: pairs to be deleted.
    ///   - changed: the only pairs to be written; all if nil.
    /// - Throws: when memory cannot be had.
    package func store(
        _ lookup: ValueLookup,
        rows: BytesValues,
        removed: Bitmap? = nil,
        changed: Bitmap? = nil
    ) throws(StateError) {
        guard let subKeys = lookup.subKeys else {
            preconditionFailure("a lookup of another state was stored into a multimap")
        }
        try table.write(
            lookup.keys,
            subKeys,
            rows,
            removed: removed,
            changed: changed,
            wasPresent: lookup.present
        )
    }

    /// Writes rows for distinct pairs without reading what was there.
    package func insert(
        _ keys: KeyBatch,
        subKeys: BytesValues,
        rows: BytesValues
    ) throws(StateError) {
        if table.isAppendOnly {
            try table.append(keys, subKeys, rows)
        } else {
            try table.write(keys, subKeys, rows, removed: nil, changed: nil, wasPresent: nil)
        }
    }

    /// Deletes distinct pairs without reading what was there; absent ones are left alone.
    package func remove(_ keys: KeyBatch, subKeys: BytesValues) throws(StateError) {
        try table.write(
            keys,
            subKeys,
            .empties(count: keys.count),
            removed: Bitmap(repeating: true, count: keys.count),
            changed: nil,
            wasPresent: nil
        )
    }

    /// All entries of the given keys, which are distinct.
    ///
    /// - Parameters:
    ///   - keys: the keys.
    ///   - ordered: whether a key's entries come in the order of their sub-keys' bytes.
    /// - Returns: the entries, by key.
    /// - Throws: when the disk cannot be read.
    package func entries(
        _ keys: KeyBatch,
        ordered: Bool = false
    ) throws(StateError) -> MultimapEntries {
        try keyReader.entries(keys, ordered: ordered)
    }

    /// The entry with the smallest or largest sub-key of each of the given keys.
    ///
    /// - Parameters:
    ///   - keys: the keys.
    ///   - fromEnd: whether the largest is wanted.
    /// - Returns: an entry for each key that has any.
    /// - Throws: when the disk cannot be read.
    package func first(_ keys: KeyBatch, fromEnd: Bool = false) throws(StateError) -> MultimapEnds {
        try keyReader.ends(keys, fromEnd: fromEnd)
    }
}
