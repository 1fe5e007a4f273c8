import Columnar
import Core
import JobGraph
import KeyedState

/// Groups and aggregates a changelog and sends every change of a result (Flink's
/// `GroupAggFunction`).
///
/// A batch is aggregated by itself first, then each of its groups meets the state once: the
/// changes of a group within a batch come out as one.
///
/// ```
/// state:  group key ─▶ [row count] accumulators        + what DISTINCT, MIN and MAX need
/// result: absent → present +I    changed -U +U    equal nothing    no rows left -D
/// ```
final class GroupAggregateOperator: Operator {
    private let spec: GroupAggregateSpec
    private let keyCodec: KeyCodec
    private let rowCodec: RowCodec
    private let resultCodec: RowCodec
    private let aggregates: AggregateSet
    private let groups: ValueState
    private let distinct: [DistinctFilter]
    private let extremes: [Int: RetractableExtreme]
    private let index = GroupIndex()
    private let metrics: OperatorMetrics

    init(_ spec: GroupAggregateSpec, _ context: OperatorContext) {
        self.spec = spec
        keyCodec = KeyCodec(spec.keyTypes)
        aggregates = AggregateSet(spec.aggregates, retracts: spec.inputRetracts)
        rowCodec = RowCodec(aggregates.types)
        resultCodec = RowCodec(spec.aggregates.map(\.type))
        let states = GroupAggregateStates(spec)
        groups = context.keyedState.value(GroupAggregateStates.groups)
        distinct = states.distinct.map { DistinctFilter($0, context) }
        extremes = Dictionary(
            uniqueKeysWithValues: states.extremes.map { call, counting in
                let isMaximum = spec.aggregates[call].function == .max
                return (call, RetractableExtreme(counting, isMaximum: isMaximum, context))
            }
        )
        metrics = context.metrics
    }

    func process(
        _ batch: RecordBatch,
        input _: Int,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        let keyColumns =
            spec.hasLocalPhase
            ? spec.keys.indices.map { batch.columns[$0] } : spec.keys.map { batch.columns[$0] }
        let keys = keyCodec.encode(keyColumns, count: batch.count)
        let found = index.assign(keys)
        let distinctKeys = found.isTrivial ? keys : keys.gather(found.firstRows)
        let lookup = try StateAccess.run { () throws(StateError) in
            try groups.lookup(distinctKeys)
        }
        let old = rowCodec.decode(lookup.rows)
        let additions = try additions(batch, keys, found, old)
        var new = try aggregates.merge(old, additions)
        for call in extremes.keys {
            // Counted value by value, the extreme is final: it is not merged with the old one.
            let place = aggregates.columnRange(of: call)
            new.replaceSubrange(place, with: additions[place])
        }
        try update(lookup, old, new, keyColumns.map { $0.gather(found.firstRows) }, output)
    }

    /// What the batch adds to each of its groups.
    private func additions(
        _ batch: RecordBatch,
        _ keys: KeyBatch,
        _ found: GroupIndex.Groups,
        _ old: [Column]
    ) throws(OperatorError) -> [Column] {
        if spec.hasLocalPhase {
            let partials = batch.columns[spec.keys.count...]
            return try aggregates.combine(Array(partials), found)
        }
        var overrides = [[Column]?](repeating: nil, count: spec.aggregates.count)
        for filter in distinct {
            let rows = try filter.changes(batch, keys, found)
            for call in filter.calls {
                overrides[call] = try aggregates.accumulators[call].accumulate(
                    rows.argument,
                    rows.weights,
                    rows.groups
                )
            }
        }
        for (call, extreme) in extremes {
            let cached = aggregates.columns(of: call, in: old)[0]
            overrides[call] = [try extreme.update(batch, keys, found, cached: cached)]
        }
        return try aggregates.accumulate(batch, found, overrides: overrides)
    }

    /// Stores the new accumulators and sends what changed.
    private func update(
        _ lookup: ValueLookup,
        _ old: [Column],
        _ new: [Column],
        _ keyColumns: [Column],
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        let count = lookup.present.count
        let alive = aggregates.alive(new)
        let removed = alive?.not()
        let rows = rowCodec.encode(new, count: count)
        try StateAccess.run { () throws(StateError) in
            try groups.store(lookup, rows: rows, removed: removed)
        }
        let oldResults = try aggregates.results(old)
        let newResults = try aggregates.results(new)
        let equal = equalRows(oldResults, newResults, count)
        var changes = ChangelogBuilder(reserving: count * 2)
        for group in 0..<count {
            let existed = lookup.present[group]
            let lives = alive?[group] ?? true
            switch (existed, lives) {
            case (false, true): changes.append(.insert, count + group)
            case (true, true) where !equal[group]:
                if spec.emitsUpdateBefore { changes.append(.updateBefore, group) }
                changes.append(.updateAfter, count + group)
            case (true, true): break
            case (true, false): changes.append(.delete, group)
            case (false, false): break
            }
        }
        metrics.countRetractionsWithoutRow(aggregates.missingRows(new))
        try emit(changes, count, keyColumns, oldResults, newResults, output)
    }

    private func equalRows(_ old: [Column], _ new: [Column], _ count: Int) -> Bitmap {
        let left = resultCodec.encode(old, count: count)
        let right = resultCodec.encode(new, count: count)
        return Bitmap.make(count: count) { left.equals($0, right, $0) }
    }

    private func emit(
        _ changes: consuming ChangelogBuilder,
        _ count: Int,
        _ keyColumns: [Column],
        _ old: [Column],
        _ new: [Column],
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        guard changes.count > 0 else { return }
        let (positions, kinds) = changes.finish()
        let groupPositions = positions.wrapped(at: count)
        let columns =
            keyColumns.map { $0.gather(groupPositions) }
            + zip(old, new).map { before, after in
                Column.concatenate([before, after], type: after.type).gather(positions)
            }
        try output.emit(RecordBatch(columns, count: positions.count, kinds: kinds))
    }
}

extension FixedValues where Element == Int32 {
    /// Positions in two columns laid one after the other, as positions in either.
    func wrapped(at count: Int) -> FixedValues<Int32> {
        var result = FixedBuilder<Int32>(count: self.count)
        let input = span
        let limit = Int32(truncatingIfNeeded: count)
        var output = result.span
        for row in output.indices {
            output[row] = input[row] >= limit ? input[row] &- limit : input[row]
        }
        return result.finish()
    }
}
