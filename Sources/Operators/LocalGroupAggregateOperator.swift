import Columnar
import JobGraph

/// Aggregates each batch before the exchange: fewer rows travel and meet the state.
///
/// Output: the group columns, then the accumulators of every aggregate (Flink's
/// `LocalGroupAggregate`).
final class LocalGroupAggregateOperator: Operator {
    private let keys: [Int]
    private let keyCodec: KeyCodec
    private let aggregates: AggregateSet
    private let index = GroupIndex()

    init(_ spec: GroupAggregateSpec) {
        keys = spec.keys
        keyCodec = KeyCodec(spec.keyTypes)
        aggregates = AggregateSet(spec.aggregates, retracts: spec.inputRetracts)
    }

    func process(
        _ batch: RecordBatch,
        input _: Int,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        let keyColumns = keys.map { batch.columns[$0] }
        let groups = index.assign(keyCodec.encode(keyColumns, count: batch.count))
        let none = [[Column]?](repeating: nil, count: aggregates.calls.count)
        let partials = try aggregates.accumulate(batch, groups, overrides: none)
        let groupColumns = keyColumns.map { $0.gather(groups.firstRows) }
        try output.emit(RecordBatch(groupColumns + partials, count: groups.count))
    }
}
