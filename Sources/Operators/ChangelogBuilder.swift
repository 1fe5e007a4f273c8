import Columnar

/// Collects the rows of a changelog as positions in columns, then gathers them at once.
struct ChangelogBuilder: ~Copyable {
    private var positions: GrowingValues<Int32>
    private var kinds: GrowingValues<UInt8>
    private var isInsertOnly = true

    init(reserving capacity: Int = 64) {
        positions = GrowingValues(reserving: capacity)
        kinds = GrowingValues(reserving: capacity)
    }

    var count: Int { positions.count }

    mutating func append(_ kind: RowKind, _ position: Int) {
        positions.append(Int32(truncatingIfNeeded: position))
        kinds.append(kind.rawValue)
        isInsertOnly = isInsertOnly && kind == .insert
    }

    /// The positions and kinds so far.
    consuming func finish() -> (positions: FixedValues<Int32>, kinds: RowKinds) {
        let onlyInserts = isInsertOnly
        let kinds = kinds.finish()
        return (positions.finish(), onlyInserts ? .insertOnly : .mixed(kinds))
    }
}
