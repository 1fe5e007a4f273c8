import Columnar

/// `COUNT(*)` and `COUNT(x)`: one BIGINT.
struct CountAccumulator: Accumulator {
    let resultType: DataType

    func accumulate(
        _ argument: Column?,
        _ weights: RowWeights,
        _ groups: GroupIndex.Groups
    ) -> [Column] {
        [Column(.bigint.notNull, weights.totals(groups))]
    }

    func combine(_ partials: [Column], _ groups: GroupIndex.Groups) -> [Column] {
        let weights = RowWeights.ones(count: partials[0].count)
        let sums = GroupedSum.sum(partials[0].int64s, weights, groups)
        return [Column(.bigint.notNull, sums)]
    }

    func merge(_ state: [Column], _ addition: [Column]) -> [Column] {
        // A missing state row reads as zero.
        [Column(.bigint.notNull, GroupedSum.add(state[0].int64s, addition[0].int64s))]
    }

    func result(_ accumulators: [Column]) -> Column {
        accumulators[0].withValidity(nil).retyped(resultType)
    }
}
