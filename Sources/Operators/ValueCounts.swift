import Columnar
import JobGraph
import KeyedState

/// Counts the values of a column within each group, in state: group ─▶ value ─▶ count.
final class ValueCounts {
    /// The distinct pairs of group and value that a batch touches.
    struct Pairs {
        /// The group of each pair.
        let groups: FixedValues<Int32>
        /// The value of each pair.
        let values: Column
        let oldCounts: FixedValues<Int64>
        let newCounts: FixedValues<Int64>

        var count: Int { groups.count }
    }

    private let argument: Int
    private let filter: Int?
    private let state: MultimapState
    private let valueType: DataType
    private let valueCodec: KeyCodec
    private let pairCodec: KeyCodec
    private let countCodec = RowCodec([.bigint.notNull])
    private let index = GroupIndex()
    private let metrics: OperatorMetrics

    init(_ counting: GroupAggregateStates.Counting, _ context: OperatorContext) {
        argument = counting.argument
        filter = counting.filter
        state = context.keyedState.multimap(counting.state)
        valueType = counting.argumentType
        valueCodec = KeyCodec([valueType])
        pairCodec = KeyCodec([.integer.notNull, counting.argumentType])
        metrics = context.metrics
    }

    /// Counts the rows of a batch; values that are NULL or filtered out are not counted.
    func count(
        _ batch: RecordBatch,
        _ keys: KeyBatch,
        _ found: GroupIndex.Groups
    ) throws(OperatorError) -> Pairs {
        let column = batch.columns[argument]
        let filterMask = filter.flatMap { filter -> Bitmap? in
            Bitmap.both(batch.columns[filter].bits, batch.columns[filter].argumentValidity)
        }
        let mask = Bitmap.both(column.argumentValidity, filterMask)
        let rows = mask?.positionsOfOnes() ?? .rising(batch.count)
        let values = column.gather(rows).withValidity(nil)
        let groups = found.groupOfRow.gather(rows)
        let pairs = index.assign(
            pairCodec.encode([Column(.integer.notNull, groups), values], count: rows.count)
        )
        let weights = RowWeights(
            RecordBatch([], count: rows.count, kinds: batch.kinds.gather(rows)),
            masks: []
        )
        let pairGroups = groups.gather(pairs.firstRows)
        let pairValues = values.gather(pairs.firstRows)
        let rowOfPair = rows.gather(pairs.firstRows)
        return try apply(
            Pairs(
                groups: pairGroups,
                values: pairValues,
                oldCounts: FixedValues(),
                newCounts: weights.totals(pairs)
            ),
            keys.gather(rowOfPair)
        )
    }

    /// Adds the counts of the batch to those in state.
    private func apply(_ pairs: Pairs, _ keys: KeyBatch) throws(OperatorError) -> Pairs {
        let subKeys = valueCodec.encodeBytes([pairs.values], count: pairs.count)
        let lookup = try StateAccess.run { () throws(StateError) in
            try state.lookup(keys, subKeys: subKeys)
        }
        let old = countCodec.decode(lookup.rows)[0].int64s
        let new = GroupedSum.add(old, pairs.newCounts)
        let gone = Bitmap.make(count: pairs.count) { new[$0] <= 0 }
        let rows = countCodec.encode([Column(.bigint.notNull, new)], count: pairs.count)
        try StateAccess.run { () throws(StateError) in
            try state.store(lookup, rows: rows, removed: gone)
        }
        var unmatched = 0
        for pair in 0..<pairs.count where new[pair] < 0 { unmatched -= Int(new[pair]) }
        metrics.countRetractionsWithoutRow(unmatched)
        return Pairs(
            groups: pairs.groups,
            values: pairs.values,
            oldCounts: old,
            newCounts: new
        )
    }

    /// The smallest or largest value of each of the given groups; NULL where there is none.
    func extreme(_ keys: KeyBatch, isMaximum: Bool) throws(OperatorError) -> Column {
        let first = try StateAccess.run { () throws(StateError) in
            try state.first(keys, fromEnd: isMaximum)
        }
        // A group without values has no sub-key that could be decoded.
        let found = first.present.positionsOfOnes()
        guard found.count > 0 else {
            return .nulls(valueType.nullable(), count: first.present.count)
        }
        let values = valueCodec.decode(first.subKeys.gather(found.span))[0]
        var place = FixedBuilder<Int32>(count: first.present.count)
        var next: Int32 = 0
        for row in 0..<first.present.count {
            place[row] = min(next, Int32(found.count - 1))
            if first.present[row] { next += 1 }
        }
        return values.gather(place.finish()).withValidity(first.present)
    }
}

extension FixedValues where Element == Int32 {
    /// 0, 1, 2 … up to `count`.
    static func rising(_ count: Int) -> FixedValues<Int32> {
        var result = FixedBuilder<Int32>(count: count)
        var output = result.span
        for row in output.indices { output[row] = Int32(truncatingIfNeeded: row) }
        return result.finish()
    }
}

/// Lets only the first row of a value in, and only the last one out: DISTINCT aggregates.
final class DistinctFilter {
    /// Rows for the arithmetic of an aggregate.
    struct Rows {
        let argument: Column
        let weights: RowWeights
        let groups: GroupIndex.Groups
    }

    let calls: [Int]
    private let counts: ValueCounts

    init(_ counting: GroupAggregateStates.Counting, _ context: OperatorContext) {
        calls = counting.calls
        counts = ValueCounts(counting, context)
    }

    func changes(
        _ batch: RecordBatch,
        _ keys: KeyBatch,
        _ found: GroupIndex.Groups
    ) throws(OperatorError) -> Rows {
        let pairs = try counts.count(batch, keys, found)
        var weights = FixedBuilder<Int8>(count: pairs.count)
        for pair in 0..<pairs.count {
            let was = pairs.oldCounts[pair] > 0
            let now = pairs.newCounts[pair] > 0
            weights[pair] = was == now ? 0 : now ? 1 : -1
        }
        return Rows(
            argument: pairs.values,
            weights: .mixed(weights.finish()),
            groups: GroupIndex.Groups(groupOfRow: pairs.groups, firstRows: found.firstRows)
        )
    }
}

/// MIN or MAX of rows that can be taken back.
final class RetractableExtreme {
    private let counts: ValueCounts
    private let isMaximum: Bool
    private let type: DataType

    init(
        _ counting: GroupAggregateStates.Counting,
        isMaximum: Bool,
        _ context: OperatorContext
    ) {
        counts = ValueCounts(counting, context)
        self.isMaximum = isMaximum
        type = counting.argumentType.nullable()
    }

    /// The extreme of each group after the batch; asks state only where the old one has gone.
    ///
    /// - `cached`: the extreme of each group before the batch.
    func update(
        _ batch: RecordBatch,
        _ keys: KeyBatch,
        _ found: GroupIndex.Groups,
        cached: Column
    ) throws(OperatorError) -> Column {
        let pairs = try counts.count(batch, keys, found)
        let groups = found.count
        let candidates = Column.concatenate([cached, pairs.values], type: type)
        let comparison = ColumnComparison(candidates)
        var best = FixedBuilder<Int32>(count: groups)
        var isLost = [Bool](repeating: false, count: groups)
        for group in 0..<groups { best[group] = cached.isNull(group) ? -1 : Int32(group) }
        for pair in 0..<pairs.count {
            let group = Int(pairs.groups[pair])
            let candidate = groups + pair
            if pairs.newCounts[pair] > 0 {
                let order =
                    best[group] < 0 ? 1 : comparison.compare(candidate, Int(best[group]))
                if best[group] < 0 || (isMaximum ? order > 0 : order < 0) {
                    best[group] = Int32(candidate)
                }
            } else if !cached.isNull(group), comparison.compare(candidate, group) == 0 {
                isLost[group] = true
            }
        }
        let lost = FixedValues<Int32>(isLost.indices.filter { isLost[$0] }.map { Int32($0) })
        guard lost.count > 0 else { return candidates.gather(best.finish()).retyped(type) }
        let refreshed = try counts.extreme(
            keys.gather(found.firstRows.gather(lost)),
            isMaximum: isMaximum
        )
        for row in 0..<lost.count {
            best[Int(lost[row])] =
                refreshed.isNull(row) ? -1 : Int32(candidates.count + row)
        }
        return Column.concatenate([candidates, refreshed], type: type)
            .gather(best.finish()).retyped(type)
    }
}
