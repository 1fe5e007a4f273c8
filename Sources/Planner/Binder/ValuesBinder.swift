import Columnar
import Expressions
import SQLSyntax

/// Binds `VALUES (…), (…)`.
struct ValuesBinder {
    private let queries: QueryBinder

    init(_ queries: QueryBinder) {
        self.queries = queries
    }

    func bind(_ clause: ValuesClause) throws(PlannerError) -> Relation {
        let scope = FromScope(relation: Self.oneRow, tables: [])
        let binder = ExpressionBinder(scope: scope, hooks: AggregateRefusal(clause: "VALUES"))
        var rows: [[Expressions.Expression]] = []
        for row in clause.rows {
            var values: [Expressions.Expression] = []
            for value in row.values { values.append(try binder.bind(value).folded()) }
            if values.count != rows.first?.count ?? values.count {
                throw PlannerError(
                    "Values passed to VALUES operator must have compatible types",
                    at: row.range
                )
            }
            rows.append(values)
        }
        let columns = try columns(clause, rows)
        let converted = rows.map { row in
            zip(row, columns).map { $0.converted(to: $1.type.kind).folded() }
        }
        return Self.relation(converted, columns)
    }

    private func columns(
        _ clause: ValuesClause,
        _ rows: [[Expressions.Expression]]
    ) throws(PlannerError) -> [RelationColumn] {
        var columns: [RelationColumn] = []
        for index in rows[0].indices {
            let types = rows.map { $0[index].type }
            if let null = types.firstIndex(where: { $0.kind == .null }) {
                throw PlannerError(
                    "Illegal use of 'NULL'",
                    at: clause.rows[null].values[index].range
                )
            }
            guard let type = CommonType.leastRestrictive(types) else {
                throw PlannerError(
                    "Values passed to VALUES operator must have compatible types",
                    at: clause.range
                )
            }
            columns.append(RelationColumn("EXPR$\(index)", type))
        }
        return columns
    }

    /// One row without columns: what a SELECT without FROM reads.
    static var oneRow: Relation { Relation(.values([[]]), []) }

    /// Literal rows as they are; rows that have to be computed each as a projection.
    private static func relation(
        _ rows: [[Expressions.Expression]],
        _ columns: [RelationColumn]
    ) -> Relation {
        let literals = rows.compactMap { row -> [ScalarValue]? in
            let values = row.compactMap { expression -> ScalarValue? in
                guard case .literal(let value, _) = expression else { return nil }
                return value
            }
            return values.count == row.count ? values : nil
        }
        if literals.count == rows.count { return Relation(.values(literals), columns) }
        return Relation(
            .union(rows.map { Relation(.project(oneRow, $0), columns) }),
            columns
        )
    }
}
