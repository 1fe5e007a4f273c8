import BenchmarkKit
import Columnar
import Core
import Expressions
import JobGraph
import KeyedState
import ObjectStore
import Operators

/// `SELECT key, COUNT(*), SUM(amount) … GROUP BY key`, by the operators that run it: nanoseconds of
/// the slot's thread for a row, keys drawn evenly, state in memory.
@main struct AggregationBenchmark {
    private static let batchRows = 4096
    private static let batchCount = 512
    /// Rows kept in memory are updated at 3 million a second and more.
    private static let budget = Figure.Budget.atMost(333)

    static func main() throws {
        Report.begin("Hash aggregation, COUNT(*) and SUM, batches of \(batchRows) rows")
        for keyType in [DataType.bigint.notNull, DataType.string.notNull] {
            for (keys, name) in [(1000, "1 k"), (1_000_000, "1 M")] {
                let batches = batches(keyType, keys: UInt64(keys))
                let text = "\(name) \(keyType.kind == .bigint ? "BIGINT" : "STRING") keys"
                try whole(text, keyType, batches)
                try twoPhases(text, keyType, batches)
            }
        }
    }

    private static func batches(_ keyType: DataType, keys: UInt64) -> [RecordBatch] {
        var random = Numbers(seed: 42)
        let amounts = Column(.bigint, FixedValues((0..<batchRows).map { Int64($0) }))
        return (0..<batchCount).map { _ in
            let numbers = (0..<batchRows).map { _ in Int64(random.next(below: keys)) }
            let key =
                keyType.kind == .bigint
                ? Column(keyType, FixedValues(numbers))
                : Column(keyType, BytesValues(numbers.map { "customer-\($0 &* 7919)" }))
            return RecordBatch([key, amounts], count: batchRows)
        }
    }

    private static func spec(_ keyType: DataType, hasLocalPhase: Bool) -> GroupAggregateSpec {
        let calls = [
            AggregateCall(
                function: .countStar,
                argument: nil,
                argumentType: .bigint,
                type: .bigint.notNull,
                name: "n"
            ),
            AggregateCall(
                function: .sum,
                argument: 1,
                argumentType: .bigint,
                type: .bigint,
                name: "total"
            ),
        ]
        return GroupAggregateSpec(
            keys: [0],
            keyTypes: [keyType],
            aggregates: calls,
            inputRetracts: false,
            hasLocalPhase: hasLocalPhase,
            emitsUpdateBefore: false
        )
    }

    private static func whole(
        _ name: String,
        _ keyType: DataType,
        _ batches: [RecordBatch]
    ) throws {
        let spec = NodeSpec.groupAggregate(spec(keyType, hasLocalPhase: false))
        try withStore(spec, keyType) { store in
            let output = CountingOutput()
            let aggregation = try make(spec, keyType, store)
            let values = try measure {
                for batch in batches { try aggregation.process(batch, input: 0, into: output) }
            }
            let used = "\(store.usage.usedBytes >> 20) MB of state"
            Report.line("aggregate, \(name)", medianOf: values, "ns/row", budget, used)
        }
    }

    /// The phase before the exchange alone, and both, as a job with several slots has them.
    private static func twoPhases(
        _ name: String,
        _ keyType: DataType,
        _ batches: [RecordBatch]
    ) throws {
        let localSpec = spec(keyType, hasLocalPhase: false)
        let spec = NodeSpec.groupAggregate(spec(keyType, hasLocalPhase: true))
        try withStore(spec, keyType) { store in
            let local = try make(.localGroupAggregate(localSpec), keyType, nil)
            let global = NextOperator(try make(spec, keyType, store), CountingOutput())
            let counting = CountingOutput()
            let locals = try measure {
                for batch in batches { try local.process(batch, input: 0, into: counting) }
            }
            Report.line("  local phase alone", medianOf: locals, "ns/row")
            let both = try measure {
                for batch in batches { try local.process(batch, input: 0, into: global) }
            }
            Report.line("  local and global phase", medianOf: both, "ns/row", budget)
        }
    }

    /// Nanoseconds a row of five runs, after one that fills the state.
    private static func measure(_ body: () throws -> Void) throws -> [Double] {
        try body()
        return try (0..<5).map { _ in
            let meter = Meter()
            try body()
            return meter.thread * 1e9 / Double(batchCount * batchRows)
        }
    }

    private static func schema(_ keyType: DataType) -> Schema {
        Schema([RowField("key", keyType), RowField("amount", .bigint)])
    }

    private static func make(
        _ spec: NodeSpec,
        _ keyType: DataType,
        _ store: StateStore?
    ) throws -> any Operator {
        let context = OperatorContext(
            store: store,
            evaluation: EvaluationContext(),
            metrics: OperatorMetrics(),
            time: SystemTime(),
            batchRows: batchRows,
            watermarkIntervalMilliseconds: 200,
            restored: []
        )
        return try OperatorFactory.make(spec, inputs: [schema(keyType)], context)
    }

    private static func withStore(
        _ spec: NodeSpec,
        _ keyType: DataType,
        _ body: (StateStore) throws -> Void
    ) throws {
        let folder = "/tmp/apus-benchmark-\(LocalFiles.processNumber)"
        defer {
            do { try LocalFiles.removeAll(folder) } catch { Report.note("\(error)") }
        }
        let store = try StateStore(
            uid: OperatorUID("aggregate"),
            directory: folder,
            declarations: OperatorFactory.stateDeclarations(spec, inputs: [schema(keyType)]),
            keyGroups: KeyGroupRange(lower: 0, upper: 128),
            maxParallelism: 128,
            budget: StateBudget(tableBytes: 1 << 30),
            blockCache: BlockCache(bytes: 8 << 20)
        )
        try body(store)
    }
}
