import Columnar
import Core
import Threads

/// Makes the rows of its lanes, as fast as it may.
final class DatagenReader: SourceReader {
    private let projection: ScanProjection
    private let types: [DataType]
    private let options: DatagenOptions
    private let context: SourceContext
    private let seed: UInt64
    private let signal = ThreadSignal()
    private var cursor = LaneCursor()
    private var splits: [String] = []
    /// Splits of another parallelism, to be given back.
    private var returning: [SourceSplit] = []
    private var rate: RateLimit

    init(_ request: SourceRequest, _ options: DatagenOptions, _ context: SourceContext) {
        projection = request.projection
        types = request.projection.types(of: request.table)
        self.options = options
        self.context = context
        seed = options.seed ?? UInt64.random(in: 0...UInt64.max)
        rate = RateLimit(
            batchRows: min(context.batchRows, options.batchRows),
            startMicroseconds: context.time.monotonicMicroseconds
        )
    }

    func assign(_ split: SourceSplit) throws(ConnectorError) {
        let lanes = try DatagenLanes(split.position)
        guard lanes.parallelism == context.parallelism else {
            returning.append(split)
            return
        }
        splits.append(split.id)
        cursor.add(lanes.lanes, of: split.id)
        adjustRate()
    }

    /// This reader's share of the rate.
    private func adjustRate() {
        rate.rowsPerSecond =
            Double(options.rowsPerSecond) * Double(cursor.laneCount) / Double(DatagenLimits.lanes)
    }

    func read(waitingMicroseconds: Int64) -> SourceRead {
        if let split = returning.popLast() {
            return .splitFinished(id: split.id, result: split.position)
        }
        if let split = splits.last, cursor.isFinished(below: options.rowCount) {
            let lanes = cursor.lanes(of: split)
            cursor.remove(split: split)
            splits.removeLast()
            adjustRate()
            return .splitFinished(id: split, result: text(lanes))
        }
        guard !splits.isEmpty else { return .idle }
        var allowed = rate.allowedRows(at: context.time.monotonicMicroseconds)
        if allowed == 0 {
            signal.wait(forMicroseconds: min(waitingMicroseconds, rate.waitMicroseconds))
            allowed = rate.allowedRows(at: context.time.monotonicMicroseconds)
        }
        guard allowed > 0 else { return .idle }
        let most = min(allowed, context.batchRows, options.batchRows)
        let rows = cursor.take(most, below: options.rowCount)
        rate.take(rows.count)
        return .batch(batch(FixedValues(rows)), output: 0)
    }

    private func text(_ lanes: [DatagenLanes.Lane]) -> String {
        DatagenLanes(parallelism: context.parallelism, lanes: lanes).text
    }

    private func batch(_ rows: FixedValues<Int64>) -> RecordBatch {
        let now = options.seed == nil ? context.time.nowMicroseconds / 1000 : nil
        let generation = GenerationContext(
            seed: seed,
            nowMilliseconds: now,
            rowsPerSecond: options.rowsPerSecond
        )
        var made: [Int: Column] = [:]
        let columns = zip(projection.paths, types).map { path, type in
            let column = made[path[0]] ?? options.columns[path[0]].column(rows, generation)
            made[path[0]] = column
            return column.descending(path.dropFirst(), to: type)
        }
        return RecordBatch(columns, count: rows.count)
    }

    func snapshot() -> SplitSnapshot {
        .splits(
            returning + splits.map { SourceSplit(id: $0, position: text(cursor.lanes(of: $0))) }
        )
    }

    func checkpointCompleted(_: CheckpointID, _: [SourceSplit]) {}

    var interruption: @Sendable () -> Void { { [signal] in signal.raise() } }

    func close() {}
}

/// How many rows may be made by now; a pure bucket of rows that fills with time.
struct RateLimit {
    var rowsPerSecond: Double = 0
    private let batchRows: Int
    private var saved: Double = 0
    private var lastMicroseconds: Int64

    init(batchRows: Int, startMicroseconds: Int64) {
        self.batchRows = batchRows
        lastMicroseconds = startMicroseconds
    }

    /// The fewest rows worth a batch.
    private var leastRows: Double {
        let rows = rowsPerSecond * Double(DatagenLimits.batchMicroseconds) / 1_000_000
        return min(max(1, rows), Double(batchRows))
    }

    /// The rows that may be made now; 0 when it is too early for a batch.
    mutating func allowedRows(at microseconds: Int64) -> Int {
        let passed = Double(max(0, microseconds - lastMicroseconds))
        lastMicroseconds = max(lastMicroseconds, microseconds)
        let most = rowsPerSecond * Double(DatagenLimits.burstMicroseconds) / 1_000_000
        saved = min(saved + passed * rowsPerSecond / 1_000_000, max(leastRows, most))
        return saved >= leastRows ? Int(clamping: Int64(min(saved, 1e15))) : 0
    }

    mutating func take(_ rows: Int) {
        saved = max(0, saved - Double(rows))
    }

    /// How long it takes until the next batch is due.
    var waitMicroseconds: Int64 {
        Int64(min(max(1, (leastRows - saved) / rowsPerSecond * 1_000_000 + 1), 1e15))
    }
}
