/// The memory that the state stores of one slot share: what some do not need, the others get.
///
/// ```
/// bytes ─┬─ stores with room to spare: what they used of late and some more, no more than an equal part
///        └─ stores that had to drop records from memory: the rest, in equal parts
/// ```
/// Belongs to the slot thread.
package final class StateMemory {
    private let bytes: Int
    private var stores: [StateStore] = []

    /// - Parameter bytes: what all stores together may use for tables, indexes, filters and frozen
    ///   changes.
    package init(bytes: Int) {
        self.bytes = bytes
    }

    /// Adds a store, which was opened with an equal part.
    package func add(_ store: StateStore) {
        stores.append(store)
    }

    /// Divides the memory anew by what the stores were short of since the last time.
    ///
    /// Records may leave memory: no store may be in use.
    ///
    /// - Throws: when records cannot be moved.
    package func rebalance() throws(StateError) {
        guard stores.count > 1 else { return }
        let peaks = stores.map { $0.takePeak() }
        let isShort = stores.map { $0.takeShortage() }
        let shortCount = isShort.count { $0 }
        guard shortCount > 0 else { return }
        let equalPart = bytes / stores.count
        let least = equalPart / StateLimits.leastShare
        let parts = peaks.map { peak in
            min(equalPart, max(least, peak + peak / StateLimits.spareShare))
        }
        var rest = bytes
        for (part, isShort) in zip(parts, isShort) where !isShort { rest -= part }
        for index in stores.indices {
            try stores[index].setLimit(isShort[index] ? rest / shortCount : parts[index])
        }
    }
}
