import Columnar
import KeyedState

/// Counts the values of a column by slice and group, in state.
final class WindowValueCounts {
    /// The values of a window that are there, for the arithmetic of an aggregate.
    struct Totals {
        let values: Column
        let weights: RowWeights
        let groups: GroupIndex.Groups
    }

    let calls: [Int]
    private let argument: Int
    private let filter: Int?
    private let state: WindowState
    private let valueCodec: KeyCodec
    private let countCodec = RowCodec([.bigint.notNull])

    init(_ counting: WindowAggregateStates.Counting, _ context: OperatorContext) {
        calls = counting.calls
        argument = counting.argument
        filter = counting.filter
        state = context.keyedState.window(counting.state)
        valueCodec = KeyCodec([counting.argumentType])
    }

    /// Counts the rows of a batch; values that are NULL or filtered out are not counted.
    func count(_ batch: RecordBatch, _ keys: KeyBatch, slice: Int64) throws(OperatorError) {
        let column = batch.columns[argument]
        let filterMask = filter.flatMap { filter -> Bitmap? in
            Bitmap.both(batch.columns[filter].bits, batch.columns[filter].argumentValidity)
        }
        let mask = Bitmap.both(column.argumentValidity, filterMask)
        let rows = mask?.positionsOfOnes() ?? .rising(batch.count)
        guard rows.count > 0 else { return }
        let counted = column.gather(rows).withValidity(nil)
        let subKeys = valueCodec.encodeBytes([counted], count: rows.count)
        let rowKeys = keys.gather(rows)
        let pairs = PairIndex.assign(rowKeys, subKeys)
        let additions = RowWeights(
            RecordBatch([], count: rows.count, kinds: batch.kinds.gather(rows)),
            masks: []
        ).totals(pairs)
        let first = pairs.firstRows
        let composites = CompositeKeys.encode(rowKeys.gather(first), subKeys.gather(first.span))
        let lookup = try StateAccess.run { () throws(StateError) in
            try state.lookup(window: slice, composites)
        }
        let counts = GroupedSum.add(countCodec.decode(lookup.rows)[0].int64s, additions)
        // A count below zero waits for its row in another slice of the window.
        let gone = Bitmap.make(count: counts.count) { counts[$0] == 0 }
        let encoded = countCodec.encode([Column(.bigint.notNull, counts)], count: counts.count)
        try StateAccess.run { () throws(StateError) in
            try state.store(lookup, rows: encoded, removed: gone)
        }
    }

    /// The values of the given groups over several slices, each once.
    func totals(of keys: KeyBatch, slices: [Int64]) throws(OperatorError) -> Totals {
        var composites: [BytesValues] = []
        var pairCounts: [BytesValues] = []
        for slice in slices {
            try StateAccess.drain {
                try state.drain(window: slice, chunkRows: 4096) { keys, rows in
                    composites.append(keys.keys)
                    pairCounts.append(rows)
                }
            }
        }
        let (allKeys, values) = CompositeKeys.decode(BytesValues.concatenate(composites))
        let counts = countCodec.decode(BytesValues.concatenate(pairCounts))[0].int64s
        let pairs = PairIndex.assign(KeyBatch(allKeys), values)
        let sums = GroupedSum.sum(counts, .ones(count: counts.count), pairs)
        // The groups come first, so that they keep their numbers.
        let joined = BytesValues.concatenate([keys.keys, allKeys.gather(pairs.firstRows.span)])
        let numbers = GroupIndex().assign(KeyBatch(joined)).groupOfRow
        let groupOfPair = numbers.slice(keys.count..<numbers.count)
        let weights = sums.mapped { $0 > 0 ? Int8(1) : 0 }
        return Totals(
            values: valueCodec.decode(values.gather(pairs.firstRows.span))[0],
            weights: .mixed(weights),
            groups: GroupIndex.Groups(
                groupOfRow: groupOfPair,
                firstRows: .rising(keys.count)
            )
        )
    }

    func drop(_ slice: Int64) throws(StateError) {
        try state.drop(window: slice)
    }
}
