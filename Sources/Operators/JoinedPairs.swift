import Columnar

/// Result rows of a join that are not sent yet, as positions: -1 for padding.
struct JoinedPairs: ~Copyable {
    private var rows = GrowingValues<Int32>(reserving: 64)
    private var entries = GrowingValues<Int32>(reserving: 64)
    private var kinds = GrowingValues<UInt8>(reserving: 64)

    var count: Int { rows.count }

    mutating func append(_ row: Int32, _ entry: Int32, _ kind: RowKind, times: Int) {
        rows.append(repeating: row, times: times)
        entries.append(repeating: entry, times: times)
        kinds.append(repeating: kind.rawValue, times: times)
    }

    /// The pairs so far; none are left.
    mutating func take() -> (
        rows: FixedValues<Int32>, entries: FixedValues<Int32>, kinds: FixedValues<UInt8>
    ) {
        var taken = JoinedPairs()
        swap(&taken, &self)
        let kinds = taken.kinds.finish()
        let entries = taken.entries.finish()
        return (taken.rows.finish(), entries, kinds)
    }
}
