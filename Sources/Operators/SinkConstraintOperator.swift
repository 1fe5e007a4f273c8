import Columnar
import Core
import JobGraph

/// Enforces what a sink's columns declare, before rows leave the slot (Flink's
/// `ConstraintEnforcer`).
final class SinkConstraintOperator: Operator {
    private let spec: SinkSpec
    private let notNullColumns: [Int]
    private let metrics: OperatorMetrics

    init(_ spec: SinkSpec, _ metrics: OperatorMetrics) {
        self.spec = spec
        self.metrics = metrics
        notNullColumns = spec.table.columns.indices.filter {
            !spec.table.columns[$0].type.isNullable
        }
    }

    func process(
        _ batch: RecordBatch,
        input _: Int,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        var rows = batch
        for column in notNullColumns where rows.columns[column].nullCount > 0 {
            switch spec.notNull {
            case .drop:
                let kept = rows.columns[column].fullValidity
                metrics.countDropped(rows.count - kept.onesCount)
                rows = rows.filter(kept)
            case .error: throw nullViolation(column)
            }
        }
        if spec.length != .ignore { rows = try enforceLengths(rows) }
        try output.emit(rows)
    }

    private func nullViolation(_ column: Int) -> OperatorError {
        OperatorError(
            blame: .user,
            """
            Column '\(spec.table.columns[column].name)' is NOT NULL, however, a null value is \
            being written into it. You can set job configuration \
            'table.exec.sink.not-null-enforcer'='DROP' to suppress this exception and drop such \
            records silently.
            """
        )
    }

    private func enforceLengths(_ batch: RecordBatch) throws(OperatorError) -> RecordBatch {
        var columns = batch.columns
        for (index, column) in spec.table.columns.enumerated() {
            switch column.type.kind {
            case .char(let length):
                columns[index] = try fitText(columns[index], length, pads: true, column)
            case .varchar(let length) where length < TypeKind.maximumLength:
                columns[index] = try fitText(columns[index], length, pads: false, column)
            case .binary(let length):
                columns[index] = try fitBytes(columns[index], length, pads: true, column)
            case .varbinary(let length) where length < TypeKind.maximumLength:
                columns[index] = try fitBytes(columns[index], length, pads: false, column)
            default: break
            }
        }
        return batch.withColumns(columns)
    }

    /// Cuts and pads text to a number of characters.
    private func fitText(
        _ column: Column,
        _ length: Int,
        pads: Bool,
        _ declared: TableColumn
    ) throws(OperatorError) -> Column {
        let values = column.byteStrings
        var builder = BytesBuilder(reserving: column.count)
        for row in 0..<column.count {
            let value = values[row]
            var characters = 0
            var end = 0
            while end < value.count {
                let isStart = value[end] & 0xC0 != 0x80
                if isStart, characters == length { break }
                characters += isStart ? 1 : 0
                end += 1
            }
            if end < value.count || pads && characters < length {
                try refuse(declared, row, column)
            }
            builder.write(value.extracting(0..<end))
            if pads {
                for _ in characters..<max(characters, length) { builder.write(byte: 0x20) }
            }
            builder.endValue()
        }
        return Column(column.type, builder.finish(), validity: column.validity)
    }

    private func fitBytes(
        _ column: Column,
        _ length: Int,
        pads: Bool,
        _ declared: TableColumn
    ) throws(OperatorError) -> Column {
        let values = column.byteStrings
        var builder = BytesBuilder(reserving: column.count)
        for row in 0..<column.count {
            let value = values[row]
            let kept = min(length, value.count)
            if value.count > length || pads && value.count < length {
                try refuse(declared, row, column)
            }
            builder.write(value.extracting(0..<kept))
            if pads {
                for _ in kept..<max(kept, length) { builder.write(byte: 0) }
            }
            builder.endValue()
        }
        return Column(column.type, builder.finish(), validity: column.validity)
    }

    /// With `ERROR` a value that does not fit fails the job; NULLs have no length.
    private func refuse(
        _ declared: TableColumn,
        _ row: Int,
        _ column: Column
    ) throws(OperatorError) {
        guard spec.length == .error, !column.isNull(row) else { return }
        throw OperatorError(
            blame: .user,
            """
            Column '\(declared.name)' is \(declared.type), however, a string of a length that does \
            not fit it is being written into it. You can set job configuration \
            'table.exec.sink.type-length-enforcer' to 'TRIM_PAD' or 'IGNORE' to control this \
            behaviour.
            """
        )
    }
}
