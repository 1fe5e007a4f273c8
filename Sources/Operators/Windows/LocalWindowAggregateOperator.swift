import Columnar
import JobGraph

/// Aggregates each batch by slice before the exchange (Flink's `LocalWindowAggregate`).
///
/// Output: the group columns, the end of the slice, then the accumulators of every aggregate.
/// Late rows are judged behind the exchange.
final class LocalWindowAggregateOperator: Operator {
    private let keys: [Int]
    private let keyCodec: KeyCodec
    private let window: WindowInput
    private let aggregates: AggregateSet
    private let index = GroupIndex()

    init(_ spec: WindowAggregateSpec) {
        keys = spec.keys
        keyCodec = KeyCodec([.bigint.notNull] + spec.keyTypes)
        // What comes in here are rows; what goes out has a local phase behind it.
        window = WindowInput(spec.withLocalPhase(false))
        aggregates = AggregateSet(spec.aggregates, retracts: spec.inputRetracts)
    }

    func process(
        _ batch: RecordBatch,
        input _: Int,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        let ends = Column(.bigint.notNull, try window.sliceEnds(batch))
        let keyColumns = keys.map { batch.columns[$0] }
        let groups = index.assign(keyCodec.encode([ends] + keyColumns, count: batch.count))
        let none = [[Column]?](repeating: nil, count: aggregates.calls.count)
        let partials = try aggregates.accumulate(batch, groups, overrides: none)
        let first = (keyColumns + [ends]).map { $0.gather(groups.firstRows) }
        try output.emit(RecordBatch(first + partials, count: groups.count))
    }
}
