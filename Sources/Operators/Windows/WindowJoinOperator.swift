import Columnar
import Core
import Expressions
import JobGraph
import KeyedState

/// Joins the rows of equal windows when the window is over (Flink's `WindowJoinOperator`).
///
/// Both inputs only insert. State: window ─▶ key, sequence number ─▶ row, for each side; a window
/// is joined, sent and dropped at once.
final class WindowJoinOperator: Operator {
    private let spec: WindowJoinSpec
    private let keyCodec: KeyCodec
    private let rowCodecs: [RowCodec]
    private let types: [[DataType]]
    private let states: [WindowState]
    private let clock: WindowClock
    private let condition: ExpressionProgram?
    private let sequenceCodec = KeyCodec([.bigint.notNull])
    private let metrics: OperatorMetrics
    private let batchRows: Int
    private var nextSequence: Int64
    private var progress: WindowProgress

    init(
        _ spec: WindowJoinSpec,
        left: Schema,
        right: Schema,
        _ context: OperatorContext
    ) throws(OperatorError) {
        self.spec = spec
        keyCodec = KeyCodec(spec.keyTypes)
        types = [left.types, right.types]
        rowCodecs = [RowCodec(left.types), RowCodec(right.types)]
        states = [context.keyedState.window(0), context.keyedState.window(1)]
        clock = WindowClock(shiftTimeZone: spec.shiftTimeZone)
        condition = try spec.condition.map { condition throws(OperatorError) in
            try context.program([condition])
        }
        metrics = context.metrics
        batchRows = max(context.batchRows, 1024)
        nextSequence = context.time.nowMicroseconds << 10
        progress = WindowProgress(restored: context.restored)
    }

    static func declarations(
        _ spec: WindowJoinSpec,
        left: Schema,
        right: Schema
    ) -> [StateDeclaration] {
        [(UInt8(0), "left", left), (1, "right", right)].map { id, name, schema in
            StateDeclaration(
                id: id,
                name: name,
                shape: .window,
                keyTypes: spec.keyTypes,
                subKeyTypes: [.bigint.notNull],
                rowTypes: schema.types
            )
        }
    }

    func process(
        _ batch: RecordBatch,
        input: Int,
        into _: any OperatorOutput
    ) throws(OperatorError) {
        let endColumn = batch.columns[input == 0 ? spec.leftWindowEnd : spec.rightWindowEnd]
        let ends = endColumn.int64s.mapped { $0.flooredDivision(by: 1000) }
        for (end, rows) in SliceRuns.split(ends) {
            let part = rows.map { batch.gather($0) } ?? batch
            if clock.isOver(end, progress.watermark) {
                metrics.countLate(part.count)
                continue
            }
            let columns = (input == 0 ? spec.leftKey : spec.rightKey).map { part.columns[$0] }
            let keys = keyCodec.encode(columns, count: part.count)
            var numbers = FixedBuilder<Int64>(count: part.count)
            for row in 0..<part.count { numbers[row] = nextSequence + Int64(row) }
            nextSequence += Int64(part.count)
            let subKeys = sequenceCodec.encodeBytes(
                [Column(.bigint.notNull, numbers.finish())],
                count: part.count
            )
            let encoded = rowCodecs[input].encode(part.columns, count: part.count)
            let composites = CompositeKeys.encode(keys, subKeys)
            try StateAccess.run { () throws(StateError) in
                let lookup = try states[input].lookup(window: end, composites)
                try states[input].store(lookup, rows: encoded)
            }
        }
    }

    func advance(
        to watermark: WatermarkMilliseconds,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        progress.advance(to: watermark)
        for end in Set(states[0].windows + states[1].windows).sorted() {
            guard clock.isOver(end, progress.watermark) else { break }
            try fire(end, output)
            try StateAccess.run { () throws(StateError) in
                try states[0].drop(window: end)
                try states[1].drop(window: end)
            }
        }
        try output.emit(watermark: watermark)
    }

    /// The keys and rows of one side of a window.
    private func rows(
        _ input: Int,
        _ end: Int64
    ) throws(OperatorError) -> (keys: BytesValues, batch: RecordBatch) {
        var keys: [BytesValues] = []
        var rows: [BytesValues] = []
        try StateAccess.drain {
            try states[input].drain(window: end, chunkRows: batchRows) { chunk, chunkRows in
                keys.append(chunk.keys)
                rows.append(chunkRows)
            }
        }
        let allKeys = CompositeKeys.decode(BytesValues.concatenate(keys)).keys
        let columns = rowCodecs[input].decode(BytesValues.concatenate(rows))
        return (allKeys, RecordBatch(columns, count: allKeys.count))
    }

    private func fire(_ end: Int64, _ output: any OperatorOutput) throws(OperatorError) {
        let left = try rows(0, end)
        let right = try rows(1, end)
        let joined = BytesValues.concatenate([left.keys, right.keys])
        let groups = GroupIndex().assign(KeyBatch(joined))
        let rightStart = left.keys.count
        let partitions = RowPartitions(
            groups.groupOfRow.slice(rightStart..<joined.count),
            count: groups.count
        )
        var matcher = WindowPairs(
            left: left.batch,
            right: right.batch,
            kind: spec.kind,
            types: types
        )
        let unmatchable = (
            left: nullKeys(left.batch, spec.leftKey), right: nullKeys(right.batch, spec.rightKey)
        )
        for row in 0..<left.batch.count {
            let candidates = partitions.rows(of: Int(groups.groupOfRow[row]))
            let isUnmatchable = unmatchable.left.map { $0[row] } ?? false
            matcher.add(row, isUnmatchable ? FixedValues() : candidates)
            if matcher.pending >= batchRows { try matcher.flush(condition, output) }
        }
        try matcher.flush(condition, output)
        try matcher.finish(output)
    }

    /// The rows with a NULL that equals nothing; nil when there is none.
    private func nullKeys(_ batch: RecordBatch, _ key: [Int]) -> Bitmap? {
        var valid: Bitmap?
        for (column, nullsAreEqual) in zip(key, spec.nullsAreEqual) where !nullsAreEqual {
            valid = Bitmap.both(valid, batch.columns[column].argumentValidity)
        }
        return valid?.not()
    }

    func prepareCheckpoint(_: CheckpointID) -> [UInt8]? { progress.saved }
}
