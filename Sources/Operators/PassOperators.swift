import Columnar
import Core

/// Passes everything on: the head of a source's stage, and UNION ALL.
final class PassOperator: Operator {
    func process(
        _ batch: RecordBatch,
        input _: Int,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        try output.emit(batch)
    }
}

/// Drops `-U` rows, whose `+U` says everything to what reads them.
final class DropUpdateBeforeOperator: Operator {
    func process(
        _ batch: RecordBatch,
        input _: Int,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        guard case .mixed(let kinds) = batch.kinds else {
            try output.emit(batch)
            return
        }
        let bytes = kinds.span
        let kept = Bitmap.make(count: batch.count) {
            bytes[$0] != RowKind.updateBefore.rawValue
        }
        try output.emit(batch.filter(kept))
    }
}
