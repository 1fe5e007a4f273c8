import Columnar
import Core
import JobGraph
import KeyedState

/// Groups and aggregates by window; a window is sent once, when the watermark passes its end
/// (Flink's `SlicingWindowOperator`).
///
/// State is kept by slice, and overlapping windows share slices: a row is aggregated once, a
/// window that fires adds its slices up. A row is late when the last window of its slice has fired.
final class WindowAggregateOperator: Operator {
    private let spec: WindowAggregateSpec
    private let window: WindowInput
    private let keyCodec: KeyCodec
    private let rowCodec: RowCodec
    private let aggregates: AggregateSet
    private let slices: WindowState
    private let counters: [WindowValueCounts]
    private let metrics: OperatorMetrics
    private let batchRows: Int
    private let index = GroupIndex()
    private var progress: WindowProgress

    init(_ spec: WindowAggregateSpec, _ context: OperatorContext) {
        self.spec = spec
        window = WindowInput(spec)
        keyCodec = KeyCodec(spec.keyTypes)
        aggregates = AggregateSet(spec.aggregates, retracts: spec.inputRetracts)
        rowCodec = RowCodec(aggregates.types)
        slices = context.keyedState.window(WindowAggregateStates.groups)
        counters = WindowAggregateStates(spec).counting.map { WindowValueCounts($0, context) }
        metrics = context.metrics
        batchRows = max(context.batchRows, 1024)
        progress = WindowProgress(restored: context.restored)
    }

    func process(
        _ batch: RecordBatch,
        input _: Int,
        into _: any OperatorOutput
    ) throws(OperatorError) {
        let ends = try window.sliceEnds(batch)
        for (end, rows) in SliceRuns.split(ends) {
            if window.clock.isOver(window.lastWindowEnd(ofSlice: end), progress.watermark) {
                metrics.countLate(rows?.count ?? batch.count)
                continue
            }
            try add(rows.map { batch.gather($0) } ?? batch, toSlice: end)
        }
    }

    private func add(_ batch: RecordBatch, toSlice end: Int64) throws(OperatorError) {
        let keyColumns =
            spec.hasLocalPhase
            ? spec.keys.indices.map { batch.columns[$0] } : spec.keys.map { batch.columns[$0] }
        let keys = keyCodec.encode(keyColumns, count: batch.count)
        let found = index.assign(keys)
        let additions: [Column]
        if spec.hasLocalPhase {
            let partials = Array(batch.columns[(spec.keys.count + 1)...])
            additions = try aggregates.combine(partials, found)
        } else {
            var overrides = [[Column]?](repeating: nil, count: spec.aggregates.count)
            for counter in counters {
                try counter.count(batch, keys, slice: end)
                for call in counter.calls {
                    overrides[call] = aggregates.emptyAccumulators(call, count: found.count)
                }
            }
            additions = try aggregates.accumulate(batch, found, overrides: overrides)
        }
        let distinct = found.isTrivial ? keys : keys.gather(found.firstRows)
        let lookup = try StateAccess.run { () throws(StateError) in
            try slices.lookup(window: end, distinct)
        }
        let merged = try aggregates.merge(rowCodec.decode(lookup.rows), additions)
        let rows = rowCodec.encode(merged, count: found.count)
        try StateAccess.run { () throws(StateError) in
            try slices.store(lookup, rows: rows, removed: nil)
        }
    }

    func advance(
        to watermark: WatermarkMilliseconds,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        let before = progress.watermark
        progress.advance(to: watermark)
        if window.isShared {
            try fireShared(before, output)
        } else {
            for end in slices.windows {
                guard window.clock.isOver(end, progress.watermark) else { break }
                try fireSlice(end, output)
                try drop(end)
            }
        }
        try output.emit(watermark: watermark)
    }

    /// Fires the overlapping windows that have become due, in order, then drops dead slices.
    private func fireShared(
        _ before: WatermarkMilliseconds,
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        var next = slices.windows.first
        while let end = next, window.clock.isOver(end, progress.watermark) {
            if !window.clock.isOver(end, before) { try fireWindow(end, output) }
            for slice in slices.windows {
                guard window.lastWindowEnd(ofSlice: slice) <= end else { break }
                try drop(slice)
            }
            // The next window that holds a slice: the following one, or behind a gap.
            guard let first = slices.windows.first else { break }
            next = max(end + window.slicing.slide, first)
        }
    }

    private func drop(_ slice: Int64) throws(OperatorError) {
        try StateAccess.run { () throws(StateError) in
            try slices.drop(window: slice)
            for counter in counters { try counter.drop(slice) }
        }
    }

    /// Sends a window that is one slice, in pieces.
    private func fireSlice(_ end: Int64, _ output: any OperatorOutput) throws(OperatorError) {
        if !counters.isEmpty {
            try fireWindow(end, output)
            return
        }
        try StateAccess.drain {
            try slices.drain(window: end, chunkRows: batchRows) { keys, rows in
                try emit(keys.keys, rowCodec.decode(rows), counted: [:], end, output)
            }
        }
    }

    /// Sends a window that adds up several slices, or counts values.
    private func fireWindow(_ end: Int64, _ output: any OperatorOutput) throws(OperatorError) {
        let parts = window.isShared ? Array(window.slicing.slices(ofWindow: end)) : [end]
        var keys: [BytesValues] = []
        var rows: [BytesValues] = []
        for slice in parts {
            try StateAccess.drain {
                try slices.drain(window: slice, chunkRows: batchRows) { chunk, chunkRows in
                    keys.append(chunk.keys)
                    rows.append(chunkRows)
                }
            }
        }
        guard !keys.isEmpty else { return }
        let allKeys = KeyBatch(BytesValues.concatenate(keys))
        let found = index.assign(allKeys)
        let combined = try aggregates.combine(
            rowCodec.decode(BytesValues.concatenate(rows)),
            found
        )
        let distinct = allKeys.gather(found.firstRows)
        var counted: [Int: Column] = [:]
        for counter in counters {
            let totals = try counter.totals(of: distinct, slices: parts)
            for call in counter.calls {
                let accumulator = aggregates.accumulators[call]
                let columns = try accumulator.accumulate(
                    totals.values,
                    totals.weights,
                    totals.groups
                )
                counted[call] = try accumulator.result(columns)
            }
        }
        try emit(distinct.keys, combined, counted: counted, end, output)
    }

    /// Sends groups of a window; groups whose rows have all been taken back are left out.
    private func emit(
        _ keys: BytesValues,
        _ accumulators: [Column],
        counted: [Int: Column],
        _ end: Int64,
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        var results = try aggregates.results(accumulators)
        for (call, column) in counted { results[call] = column }
        let ends = FixedValues<Int64>(repeating: end, count: keys.count)
        let windows = window.clock.windowColumns(ends, window.slicing)
        let appended = spec.windowColumns.map { column in
            switch column {
            case .start: windows[0]
            case .end: windows[1]
            case .time: windows[2]
            }
        }
        let batch = RecordBatch(keyCodec.decode(keys) + results + appended, count: keys.count)
        let alive = aggregates.alive(accumulators)
        for start in stride(from: 0, to: batch.count, by: batchRows) {
            let range = start..<min(batch.count, start + batchRows)
            let piece = batch.slice(range)
            try output.emit(alive.map { piece.filter($0.slice(range)) } ?? piece)
        }
    }

    func prepareCheckpoint(_: CheckpointID) -> [UInt8]? { progress.saved }
}

/// Cuts a batch by slice.
enum SliceRuns {
    /// The slices of a batch, earliest first, with the rows of each; nil for all rows.
    static func split(_ ends: FixedValues<Int64>) -> [(Int64, FixedValues<Int32>?)] {
        guard ends.count > 0 else { return [] }
        let span = ends.span
        let first = span[0]
        var isOne = true
        for row in span.indices { isOne = isOne && span[row] == first }
        if isOne { return [(first, nil)] }
        var rows: [Int64: [Int32]] = [:]
        for row in span.indices { rows[span[row], default: []].append(Int32(row)) }
        return rows.sorted { $0.key < $1.key }.map { ($0.key, FixedValues($0.value)) }
    }
}
