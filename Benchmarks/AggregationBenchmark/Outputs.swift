import Columnar
import Core
import Operators

/// The end of a chain of operators: counts the rows.
final class CountingOutput: OperatorOutput {
    private(set) var rows = 0

    func emit(_ batch: RecordBatch) { rows += batch.count }

    func emit(watermark _: WatermarkMilliseconds) {}
}

/// Hands an operator's rows to the next one, as a chain within a slot does.
final class NextOperator: OperatorOutput {
    private let next: any Operator
    private let output: any OperatorOutput

    init(_ next: any Operator, _ output: any OperatorOutput) {
        self.next = next
        self.output = output
    }

    func emit(_ batch: RecordBatch) throws(OperatorError) {
        try next.process(batch, input: 0, into: output)
    }

    func emit(watermark: WatermarkMilliseconds) throws(OperatorError) {
        try next.advance(to: watermark, into: output)
    }
}
