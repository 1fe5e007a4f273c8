import Columnar

/// `MIN(x)` and `MAX(x)` of rows that are never taken back: the extreme value so far.
struct ExtremeAccumulator: Accumulator {
    let type: DataType
    let isMaximum: Bool

    func accumulate(
        _ argument: Column?,
        _ weights: RowWeights,
        _ groups: GroupIndex.Groups
    ) -> [Column] {
        guard let argument else { preconditionFailure("MIN and MAX have an argument") }
        let counted = weights.values
        let rows = best(argument, groups) { counted[$0] > 0 }
        return [argument.gather(rows).retyped(type.nullable())]
    }

    func combine(_ partials: [Column], _ groups: GroupIndex.Groups) -> [Column] {
        [partials[0].gather(best(partials[0], groups) { _ in true }).retyped(type.nullable())]
    }

    func merge(_ state: [Column], _ addition: [Column]) -> [Column] {
        let count = state[0].count
        let both = Column.concatenate([state[0], addition[0]], type: type.nullable())
        let comparison = ColumnComparison(both)
        var rows = FixedBuilder<Int32>(count: count)
        for row in 0..<count {
            let isNew =
                state[0].isNull(row)
                || !addition[0].isNull(row)
                    && isBetter(comparison.compare(count + row, row))
            rows[row] = Int32(isNew ? count + row : row)
        }
        return [both.gather(rows.finish()).retyped(type.nullable())]
    }

    func result(_ accumulators: [Column]) -> Column {
        accumulators[0].retyped(type)
    }

    /// The row with the extreme value of each group, or -1.
    func best(
        _ column: Column,
        _ groups: GroupIndex.Groups,
        where isCounted: (Int) -> Bool
    ) -> FixedValues<Int32> {
        var rows = FixedBuilder<Int32>(count: groups.count)
        rows.fill(with: -1)
        let comparison = ColumnComparison(column)
        let groupOfRow = groups.groupOfRow
        for row in 0..<column.count where isCounted(row) && !column.isNull(row) {
            let group = Int(groupOfRow[row])
            let old = Int(rows[group])
            if old < 0 || isBetter(comparison.compare(row, old)) { rows[group] = Int32(row) }
        }
        return rows.finish()
    }

    private func isBetter(_ order: Int) -> Bool {
        isMaximum ? order > 0 : order < 0
    }
}
