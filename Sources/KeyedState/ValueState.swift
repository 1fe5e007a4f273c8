package import Columnar

/// A state from keys to rows; belongs to the slot thread.
package final class ValueState {
    let table: RowTable
    private let reader: DiskReader
    private let scope: DiskReader.Scope

    init(id: UInt8, table: RowTable, reader: DiskReader) {
        self.table = table
        self.reader = reader
        scope = DiskReader.Scope(id: id, window: nil)
    }

    /// The rows of the given keys, which are distinct, in their order.
    package func lookup(_ keys: KeyBatch) throws(StateError) -> ValueLookup {
        try table.lookup(keys, reader, scope, readsDisk: true)
    }

    /// Writes a new row for every key of a lookup.
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
        try table.store(lookup, rows, removed, changed)
    }
}
