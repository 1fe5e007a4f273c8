import Columnar
import Core
import Expressions
import JobGraph

/// Makes watermarks from rows (Flink's `WatermarkAssignerOperator`).
///
/// A watermark is sent when it is more than the interval ahead of the last one, or when the
/// interval has passed by the clock.
final class WatermarkOperator: Operator {
    private let rowtime: Int
    private let program: ExpressionProgram
    private let unitsPerMillisecond: Int64
    private let intervalMilliseconds: Int64
    private let time: any TimeSource
    private var current: WatermarkMilliseconds = Watermark.start
    private var sent: WatermarkMilliseconds = Watermark.start
    private var sentMicroseconds: Int64

    init(_ spec: WatermarkSpec, _ context: OperatorContext) throws(OperatorError) {
        rowtime = spec.rowtime
        program = try context.program([spec.expression])
        unitsPerMillisecond = spec.expression.type.timestampUnitsPerMillisecond ?? 1000
        intervalMilliseconds = context.watermarkIntervalMilliseconds
        time = context.time
        sentMicroseconds = context.time.monotonicMicroseconds
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
        let column: Column
        do throws(ExpressionError) {
            column = try program.evaluate(batch)[0]
        } catch {
            throw OperatorError(error)
        }
        try output.emit(batch)
        current = max(current, latest(column))
        let now = time.monotonicMicroseconds
        let isFarAhead = sent == Watermark.start || current - sent > intervalMilliseconds
        let isDue = now - sentMicroseconds > intervalMilliseconds * 1000
        if current > sent, isFarAhead || isDue {
            sent = current
            sentMicroseconds = now
            try output.emit(watermark: current)
        }
    }

    /// The latest watermark of the rows, NULL left out.
    private func latest(_ column: Column) -> WatermarkMilliseconds {
        let values = column.int64s
        let span = values.span
        var latest = Int64.min
        if let validity = column.argumentValidity {
            for row in span.indices where validity[row] { latest = max(latest, span[row]) }
        } else {
            for row in span.indices { latest = max(latest, span[row]) }
        }
        return latest == .min
            ? Watermark.start : latest.flooredDivision(by: unitsPerMillisecond)
    }

    /// Only the end of the input is passed on: this operator makes the watermarks in between.
    func advance(
        to watermark: WatermarkMilliseconds,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        guard watermark == Watermark.end else { return }
        sent = Watermark.end
        try output.emit(watermark: Watermark.end)
    }
}
