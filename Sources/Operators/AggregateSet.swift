import Columnar
import JobGraph

/// All aggregates of one operator: where their accumulators lie in a row of state.
///
/// When rows can be taken back the row starts with the number of rows of the group, which tells
/// when a group is gone (Flink's `indexOfCountStar`).
struct AggregateSet {
    let calls: [AggregateCall]
    let accumulators: [any Accumulator]
    let countsRows: Bool
    /// The types of all accumulators in order.
    let types: [DataType]
    private let ranges: [Range<Int>]

    init(_ calls: [AggregateCall], retracts: Bool) {
        self.calls = calls
        countsRows = retracts
        accumulators = calls.map { $0.makeAccumulator(retracts: retracts) }
        var start = retracts ? 1 : 0
        ranges = calls.map { call in
            let end = start + call.accumulatorTypes(retracts: retracts).count
            defer { start = end }
            return start..<end
        }
        types = calls.accumulatorTypes(retracts: retracts)
    }

    /// Where the accumulators of one aggregate lie.
    func columnRange(of index: Int) -> Range<Int> { ranges[index] }

    /// The accumulators of one aggregate.
    func columns(of index: Int, in all: [Column]) -> [Column] {
        Array(all[ranges[index]])
    }

    /// What the rows of each group of a batch add.
    ///
    /// - `overrides`: accumulators that are computed elsewhere (DISTINCT, MIN and MAX with
    ///   retraction); nil where the arithmetic here applies.
    func accumulate(
        _ batch: RecordBatch,
        _ groups: GroupIndex.Groups,
        overrides: [[Column]?]
    ) throws(OperatorError) -> [Column] {
        var result: [Column] = []
        if countsRows {
            let weights = RowWeights(batch, masks: [])
            result.append(Column(.bigint.notNull, weights.totals(groups)))
        }
        for (index, call) in calls.enumerated() {
            if let override = overrides[index] {
                result += override
                continue
            }
            let argument = call.argument.map { batch.columns[$0] }
            let weights = RowWeights(
                batch,
                masks: [call.filterMask(batch), argument?.argumentValidity]
            )
            result += try accumulators[index].accumulate(argument, weights, groups)
        }
        return result
    }

    /// Partial accumulators, several rows to a group, as one row for each group.
    func combine(
        _ partials: [Column],
        _ groups: GroupIndex.Groups
    ) throws(OperatorError) -> [Column] {
        var result: [Column] = []
        if countsRows {
            let weights = RowWeights.ones(count: partials[0].count)
            result.append(
                Column(
                    .bigint.notNull,
                    GroupedSum.sum(partials[0].int64s, weights, groups)
                )
            )
        }
        for index in calls.indices {
            result += try accumulators[index].combine(columns(of: index, in: partials), groups)
        }
        return result
    }

    /// State and additions together.
    func merge(_ state: [Column], _ addition: [Column]) throws(OperatorError) -> [Column] {
        var result: [Column] = []
        if countsRows {
            result.append(
                Column(.bigint.notNull, GroupedSum.add(state[0].int64s, addition[0].int64s))
            )
        }
        for index in calls.indices {
            result += try accumulators[index].merge(
                columns(of: index, in: state),
                columns(of: index, in: addition)
            )
        }
        return result
    }

    /// The values of all aggregates.
    func results(_ all: [Column]) throws(OperatorError) -> [Column] {
        var result: [Column] = []
        for index in calls.indices {
            result.append(try accumulators[index].result(columns(of: index, in: all)))
        }
        return result
    }

    /// Accumulators of nothing, for aggregates that are computed from counted values.
    func emptyAccumulators(_ index: Int, count: Int) -> [Column] {
        types[ranges[index]].map { type in
            type.isNullable
                ? .nulls(type, count: count)
                : Column(type, FixedValues<Int64>(repeating: 0, count: count))
        }
    }

    /// Which groups have rows; all of them when rows are not counted.
    func alive(_ all: [Column]) -> Bitmap? {
        guard countsRows else { return nil }
        let counts = all[0].int64s
        return Bitmap.make(count: counts.count) { counts[$0] > 0 }
    }

    /// How many more rows were taken back than there were, over all groups.
    func missingRows(_ all: [Column]) -> Int {
        guard countsRows else { return 0 }
        let counts = all[0].int64s
        return counts.span.indices.reduce(0) { $0 - Int(min(0, counts[$1])) }
    }
}

extension AggregateCall {
    /// The rows that pass the FILTER clause; nil when there is none.
    func filterMask(_ batch: RecordBatch) -> Bitmap? {
        guard let filter else { return nil }
        let column = batch.columns[filter]
        return Bitmap.both(column.bits, column.argumentValidity)
    }
}

extension Column {
    /// The rows that are not NULL; nil when all are.
    var argumentValidity: Bitmap? {
        nullCount > 0 ? fullValidity : nil
    }
}
