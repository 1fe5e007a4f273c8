/// The memory that one state store may use; the caller divides `--memory`.
package struct StateBudget: Hashable, Sendable {
    /// Tables, their indexes and filters, and frozen changes on their way to disk.
    package let tableBytes: Int
    /// Changed records beyond this should be frozen before the next barrier.
    package let dirtyBytes: Int
    /// RocksDB's files that may be open at once.
    package let openFilesMax: Int

    /// - Parameters:
    ///   - tableBytes: for tables, indexes, filters and frozen changes.
    ///   - dirtyBytes: when to freeze early; a quarter of the tables by default.
    ///   - openFilesMax: for RocksDB.
    package init(tableBytes: Int, dirtyBytes: Int? = nil, openFilesMax: Int = 256) {
        precondition(tableBytes > 0, "a state store needs some memory")
        self.tableBytes = tableBytes
        self.dirtyBytes = dirtyBytes ?? max(1, tableBytes / 4)
        self.openFilesMax = openFilesMax
    }
}
