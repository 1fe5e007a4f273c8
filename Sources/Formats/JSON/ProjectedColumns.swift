import Columnar

/// Hands over the collected rows of a projection as its output columns.
struct ProjectedColumns {
    private let projection: TableProjection
    private let table: SlotTable

    init(_ projection: TableProjection, _ table: SlotTable) {
        self.projection = projection
        self.table = table
    }

    /// The output columns with `count` rows; the slots start anew.
    func take(count: Int) -> [Column] {
        var columns: [ObjectIdentifier: Column] = [:]
        for field in projection.fields { collect(field, count, &columns) }
        return projection.outputs.map { output in
            let column = columns[ObjectIdentifier(output.field)]
            return column?.retyped(output.type) ?? .nulls(output.type, count: count)
        }
    }

    private func collect(
        _ field: ProjectedField,
        _ count: Int,
        _ columns: inout [ObjectIdentifier: Column]
    ) {
        if field.slot >= 0 {
            let column = table.takeColumn(field.slot, count: count)
            assign(column, to: field, &columns)
        } else {
            for child in field.children { collect(child, count, &columns) }
        }
    }

    private func assign(
        _ column: Column,
        to field: ProjectedField,
        _ columns: inout [ObjectIdentifier: Column]
    ) {
        columns[ObjectIdentifier(field)] = column
        guard !field.children.isEmpty else { return }
        for (child, fieldColumn) in zip(field.children, column.fieldColumns) {
            assign(fieldColumn, to: child, &columns)
        }
    }
}
