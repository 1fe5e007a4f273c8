import Columnar
import Expressions
import SQLSyntax

/// Binds INSERT statements: the query, the sink and which column goes where.
struct InsertBinder {
    private let queries: QueryBinder

    init(_ queries: QueryBinder) {
        self.queries = queries
    }

    func bind(_ insert: Insert) throws(PlannerError) -> BoundInsert {
        if insert.isOverwrite {
            throw PlannerError(
                "INSERT OVERWRITE requires that the underlying table sink supports it; none does.",
                at: insert.range
            )
        }
        if let partition = insert.partition.first {
            throw PlannerError("PARTITION is not supported.", at: partition.column.range)
        }
        let query = try queries.bind(insert.query)
        var table = try queries.catalog.sink(insert.table)
        for hint in insert.hints {
            let relation = try queries.catalog.applying(
                hint,
                to: queries.catalog.relation(of: table)
            )
            if case .table(let read) = relation.body { table = read.table }
        }
        let columns = table.columns.filter(\.isPersisted)
        let sources = try sources(insert, query, table, columns)
        return BoundInsert(
            table: table,
            query: query,
            sources: sources,
            conflict: insert.onConflict,
            range: insert.table.range
        )
    }

    /// For each column of the sink the column of the query.
    private func sources(
        _ insert: Insert,
        _ query: Relation,
        _ table: DeclaredTable,
        _ columns: [DeclaredTable.Column]
    ) throws(PlannerError) -> [Int?] {
        func mismatch() -> PlannerError {
            let bound = BoundInsert(
                table: table,
                query: query,
                sources: [],
                conflict: nil,
                range: insert.table.range
            )
            return SinkMismatch.error("Different number of columns.", bound, columns)
        }
        guard let names = insert.columns else {
            guard query.columns.count == columns.count else { throw mismatch() }
            return columns.indices.map { $0 }
        }
        var sources = [Int?](repeating: nil, count: columns.count)
        for (position, name) in names.enumerated() {
            guard let index = columns.firstIndex(where: { $0.name == name.dotted }) else {
                throw PlannerError(
                    "Unknown target column '\(name.dotted)'",
                    hint: NameHint.text(name.dotted, columns.map(\.name)),
                    at: name.range
                )
            }
            if sources[index] != nil {
                throw PlannerError(
                    "Target column '\(name.dotted)' is assigned more than once",
                    at: name.range
                )
            }
            sources[index] = position
        }
        for (column, source) in zip(columns, sources) where source == nil {
            guard column.type.isNullable else {
                throw PlannerError(
                    "Column '\(column.name)' has no default value and does not allow NULLs",
                    at: insert.table.range
                )
            }
        }
        guard names.count == query.columns.count else { throw mismatch() }
        return sources
    }
}

/// Flink's refusal of a query whose columns do not fit the sink's, with both schemas.
enum SinkMismatch {
    static func error(
        _ cause: String,
        _ insert: BoundInsert,
        _ columns: [DeclaredTable.Column]
    ) -> PlannerError {
        let query = insert.query.columns.enumerated().map { index, column in
            let isProctime = insert.query.isProctime(index)
            let mark = column.isRowtime ? " *ROWTIME*" : isProctime ? " *PROCTIME*" : ""
            return "\(column.name): \(column.type)\(mark)"
        }
        let sink = columns.map { "\($0.name): \($0.type)" }
        return PlannerError(
            """
            Column types of query result and sink for '\(insert.table.path)' do not match.
            Cause: \(cause)

            Query schema: [\(query.joined(separator: ", "))]
            Sink schema:  [\(sink.joined(separator: ", "))]
            """,
            at: insert.range
        )
    }
}

extension Relation {
    /// Whether a column is a call of PROCTIME(), handed through as it is.
    fileprivate func isProctime(_ index: Int) -> Bool {
        func isCall(_ expression: Expressions.Expression?) -> Bool {
            guard case .call("PROCTIME", _, _) = expression else { return false }
            return true
        }
        switch body {
        case .table(let read):
            guard case .computed(let column) = read.outputs[index] else { return false }
            return isCall(read.table.columns[column].computed)
        case .project(let input, let expressions):
            if case .column(let column, _) = expressions[index] { return input.isProctime(column) }
            return isCall(expressions[index])
        case .filter(let input, _): return input.isProctime(index)
        default: return false
        }
    }
}
