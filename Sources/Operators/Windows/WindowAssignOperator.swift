import Columnar
import Core
import JobGraph

/// Appends `window_start`, `window_end` and `window_time` to every row (Flink's
/// `WindowTableFunction`); a row of overlapping windows comes out once for each.
final class WindowAssignOperator: Operator {
    private let rowtime: Int
    private let slicing: WindowSlicing
    private let clock: WindowClock

    init(_ spec: WindowAssignSpec) {
        rowtime = spec.rowtime
        slicing = WindowSlicing(spec.kind)
        clock = WindowClock(shiftTimeZone: spec.shiftTimeZone)
    }

    func process(
        _ batch: RecordBatch,
        input _: Int,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        guard batch.columns[rowtime].nullCount == 0 else {
            throw OperatorError(
                blame: .user,
                "RowTime field should not be null, please convert it to a non-null long value."
            )
        }
        let times = clock.milliseconds(batch.columns[rowtime])
        if slicing.isShared {
            try emitShared(batch, times, output)
        } else {
            try emit(batch, slicing.sliceEnds(times), output)
        }
    }

    private func emitShared(
        _ batch: RecordBatch,
        _ times: FixedValues<Int64>,
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        var rows = GrowingValues<Int32>(reserving: batch.count * 4)
        var ends = GrowingValues<Int64>(reserving: batch.count * 4)
        for row in 0..<batch.count {
            for end in slicing.windowEnds(of: times[row]) {
                rows.append(Int32(row))
                ends.append(end)
            }
        }
        try emit(batch.gather(rows.finish()), ends.finish(), output)
    }

    private func emit(
        _ batch: RecordBatch,
        _ ends: FixedValues<Int64>,
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        let windows = clock.windowColumns(ends, slicing)
        try output.emit(batch.withColumns(batch.columns + windows))
    }
}

extension WindowClock {
    /// The three window columns for rows of different windows.
    func windowColumns(_ ends: FixedValues<Int64>, _ slicing: WindowSlicing) -> [Column] {
        let starts = ends.mapped { slicing.start(ofWindow: $0) * 1000 }
        let stops = ends.mapped { $0 * 1000 }
        return [
            Column(.timestamp(3).notNull, starts), Column(.timestamp(3).notNull, stops),
            windowTimes(ends),
        ]
    }
}

extension FixedValues {
    /// Every value through a closure.
    func mapped<Result: BitwiseCopyable>(_ body: (Element) -> Result) -> FixedValues<Result> {
        var result = FixedBuilder<Result>(count: count)
        let input = span
        var output = result.span
        for row in output.indices { output[row] = body(input[row]) }
        return result.finish()
    }
}
