/// The memory that one state store may use; the caller divides `--memory`.
package struct StateBudget: Hashable, Sendable {
    /// Tables, their indexes and filters, and frozen changes on their way to disk.
    package let tableBytes: Int
    /// Changed records beyond this should be frozen before the next barrier; a quarter of what the
    /// tables may use if nil.
    package let dirtyBytes: Int?
    /// What all stores of the slot share: the most that this one can ever be given.
    package let sharedBytes: Int
    /// RocksDB's files that may be open at once.
    package let openFilesMax: Int

    /// - Parameters:
    ///   - tableBytes: for tables, indexes, filters and frozen changes.
    ///   - dirtyBytes: when to freeze early.
    ///   - sharedBytes: the most that the store can be given; `tableBytes` if nil.
    ///   - openFilesMax: for RocksDB.
    package init(
        tableBytes: Int,
        dirtyBytes: Int? = nil,
        sharedBytes: Int? = nil,
        openFilesMax: Int = 256
    ) {
        precondition(tableBytes > 0, "a state store needs some memory")
        self.tableBytes = tableBytes
        self.dirtyBytes = dirtyBytes
        self.sharedBytes = max(tableBytes, sharedBytes ?? tableBytes)
        self.openFilesMax = openFilesMax
    }
}
