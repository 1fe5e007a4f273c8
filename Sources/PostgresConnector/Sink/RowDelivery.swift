import Columnar
import Core

/// Writes rows with the statements of a table, a slice at a time.
struct RowDelivery {
    let table: TargetTable
    let statements: SinkStatements
    let rowsMax: Int

    init(_ table: TargetTable, rowsMax: Int) {
        self.table = table
        statements = SinkStatements(table)
        self.rowsMax = max(1, min(rowsMax, DeliveryLimits.statementRows))
    }

    /// A block's columns in slices, split into rows to write and rows to delete.
    func slices(
        _ block: EpochBuffer.Block,
        _ types: [DataType]
    ) -> (writes: [[Column]], deletes: [[Column]]) {
        var writes: [Int32] = []
        var deletes: [Int32] = []
        for row in 0..<block.rows.count {
            if block.deletes[row] == 1 {
                deletes.append(Int32(row))
            } else {
                writes.append(Int32(row))
            }
        }
        return (decode(block, writes, types), decode(block, deletes, types))
    }

    private func decode(
        _ block: EpochBuffer.Block,
        _ positions: [Int32],
        _ types: [DataType]
    ) -> [[Column]] {
        let codec = RowCodec(types)
        var slices: [[Column]] = []
        var start = 0
        while start < positions.count {
            var end = start
            var bytes = 0
            while end < positions.count, end - start < rowsMax,
                bytes < DeliveryLimits.statementBytes
            {
                bytes += block.rows.length(Int(positions[end]))
                end += 1
            }
            let chosen = FixedValues(positions[start..<end])
            slices.append(codec.decode(block.rows.gather(chosen.span)))
            start = end
        }
        return slices
    }

    /// The array parameters for some columns.
    func parameters(
        _ columns: [Column],
        after first: [String?] = []
    ) throws(PostgresError) -> StatementParameters {
        var parameters = StatementParameters(first)
        for column in columns {
            let literal = try ColumnText.arrayLiteral(column)
            parameters.append(literal[0])
        }
        return parameters
    }

    func keyColumns(_ columns: [Column]) -> [Column] { table.key.map { columns[$0] } }

    /// Appends rows with COPY.
    func append(
        _ slices: [[Column]],
        _ connection: PostgresConnection
    ) throws(PostgresError) {
        guard !slices.isEmpty else { return }
        try connection.startCopy(statements.copy)
        do throws(PostgresError) {
            for columns in slices {
                let count = columns.first?.count ?? 0
                let lines = try ColumnText.copyLines(columns, 0..<count)
                try connection.writeCopy(lines[0])
            }
        } catch {
            if !error.isConnectionLost { _ = try? connection.endCopy(failing: "given up") }
            throw error
        }
        try connection.endCopy()
    }

    /// Deletes, then writes, by key; one round trip for all.
    func upsert(
        writes: [[Column]],
        deletes: [[Column]]
    ) throws(PostgresError) -> [PipelineStatement] {
        var pipeline: [PipelineStatement] = []
        for columns in deletes {
            pipeline.append(
                PipelineStatement(statements.delete, try parameters(keyColumns(columns)))
            )
        }
        for columns in writes {
            pipeline.append(PipelineStatement(statements.upsert, try parameters(columns)))
        }
        return pipeline
    }
}
