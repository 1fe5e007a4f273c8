/// Some rows of a changelog: columns of equal length and a kind for each row (DESIGN §2).
package struct RecordBatch: Sendable {
    package let columns: [Column]
    package let count: Int
    package let kinds: RowKinds

    package init(_ columns: [Column], count: Int, kinds: RowKinds = .insertOnly) {
        precondition(columns.allSatisfy { $0.count == count }, "columns of unequal length")
        self.columns = columns
        self.count = count
        self.kinds = kinds
    }

    /// A batch without rows.
    package static func empty(_ types: [DataType]) -> RecordBatch {
        RecordBatch(types.map { .empty($0) }, count: 0)
    }

    package var isInsertOnly: Bool {
        if case .insertOnly = kinds { return true }
        return false
    }

    /// The given columns, in that order.
    package func project(_ indices: [Int]) -> RecordBatch {
        RecordBatch(indices.map { columns[$0] }, count: count, kinds: kinds)
    }

    /// Other columns with the kinds of this batch.
    package func withColumns(_ columns: [Column]) -> RecordBatch {
        RecordBatch(columns, count: count, kinds: kinds)
    }

    /// The same columns with other kinds.
    package func withKinds(_ kinds: RowKinds) -> RecordBatch {
        RecordBatch(columns, count: count, kinds: kinds)
    }

    /// The rows at the given positions, in that order.
    package func gather(_ positions: FixedValues<Int32>) -> RecordBatch {
        RecordBatch(
            columns.map { $0.gather(positions) },
            count: positions.count,
            kinds: kinds.gather(positions)
        )
    }

    /// The rows whose bit is one, in order; the batch itself when that is all of them.
    package func filter(_ selection: Bitmap) -> RecordBatch {
        let kept = selection.onesCount
        return kept == count ? self : gather(selection.positionsOfOnes())
    }

    package func slice(_ range: Range<Int>) -> RecordBatch {
        if range == 0..<count { return self }
        return RecordBatch(
            columns.map { $0.slice(range) },
            count: range.count,
            kinds: kinds.slice(range)
        )
    }

    /// All rows of the pieces, one after the other.
    package static func concatenate(_ pieces: [RecordBatch], types: [DataType]) -> RecordBatch {
        if pieces.count == 1, let only = pieces.first { return only }
        let count = pieces.reduce(0) { $0 + $1.count }
        let columns = types.enumerated().map { index, type in
            Column.concatenate(pieces.map { $0.columns[index] }, type: type)
        }
        if pieces.allSatisfy(\.isInsertOnly) { return RecordBatch(columns, count: count) }
        let kinds = FixedValues.concatenate(pieces.map { $0.kinds.bytes(count: $0.count) })
        return RecordBatch(columns, count: count, kinds: .mixed(kinds))
    }

    /// Which rows are retractions: `-U` and `-D`.
    package var retractions: Bitmap? {
        guard case .mixed(let kinds) = kinds else { return nil }
        let span = kinds.span
        return Bitmap.make(count: count) { span[$0] & 1 == 1 }
    }
}
