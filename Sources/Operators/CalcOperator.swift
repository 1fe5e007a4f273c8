import Columnar
import Expressions
import JobGraph

/// Filters rows, then computes the output columns (Flink's `Calc`).
final class CalcOperator: Operator {
    private let condition: ExpressionProgram?
    private let projection: ExpressionProgram
    /// The columns to pass on when the projection only picks columns.
    private let picked: [Int]?

    init(_ spec: CalcSpec, _ context: OperatorContext) throws(OperatorError) {
        condition = try spec.condition.map { condition throws(OperatorError) in
            try context.program([condition])
        }
        projection = try context.program(spec.projection)
        let columns = spec.projection.compactMap { expression -> Int? in
            guard case .column(let index, _) = expression else { return nil }
            return index
        }
        picked = columns.count == spec.projection.count ? columns : nil
    }

    func process(
        _ batch: RecordBatch,
        input _: Int,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        var rows = batch
        do throws(ExpressionError) {
            if let picked {
                // Columns that are not passed on need not be copied row by row.
                let selection = try condition?.select(batch)
                let kept = batch.project(picked)
                rows = selection.map { kept.filter($0) } ?? kept
            } else {
                if let condition { rows = batch.filter(try condition.select(batch)) }
                if rows.count > 0 { rows = rows.withColumns(try projection.evaluate(rows)) }
            }
        } catch {
            throw OperatorError(error)
        }
        if rows.count > 0 { try output.emit(rows) }
    }
}
