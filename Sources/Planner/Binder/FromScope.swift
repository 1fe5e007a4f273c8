import Columnar
import Expressions
import SQLSyntax

/// What a FROM clause offers to the expressions of its SELECT.
struct FromScope: ExpressionScope {
    /// A column that USING or NATURAL made of one of each side.
    struct Merged {
        let name: String
        let value: Expressions.Expression
        /// The columns of both sides, which `*` leaves out.
        let hidden: Set<Int>
    }

    var relation: Relation
    var tables: [TableScope.Table]
    var merged: [Merged] = []
    /// Notes every name that is resolved, for messages about it.
    let names = ResolvedNames()

    func column(_ name: QualifiedName) throws(PlannerError) -> Expressions.Expression {
        let value: Expressions.Expression
        if name.parts.count == 1, let shared = merged.first(where: { $0.name == name.names[0] }) {
            value = shared.value
        } else {
            value = try TableScope(tables).column(name)
        }
        names.add(value, name)
        return value
    }

    /// The columns that `*` or `t.*` stands for.
    func star(_ star: Star) throws(PlannerError) -> [(name: String, value: Expressions.Expression)]
    {
        if let qualifier = star.qualifier {
            guard let table = tables.first(where: { $0.name == qualifier.dotted }) else {
                throw PlannerError(
                    "Unknown identifier '\(qualifier.dotted)'",
                    hint: NameHint.text(qualifier.dotted, tables.compactMap(\.name)),
                    at: qualifier.range
                )
            }
            return columns(of: table)
        }
        let hidden = merged.reduce(into: Set<Int>()) { $0.formUnion($1.hidden) }
        let own = tables.flatMap { columns(of: $0) }.filter { item in
            guard case .column(let index, _) = item.value else { return true }
            return !hidden.contains(index)
        }
        return merged.map { ($0.name, $0.value) } + own
    }

    private func columns(
        of table: TableScope.Table
    ) -> [(name: String, value: Expressions.Expression)] {
        table.columns.enumerated().map { index, column in
            (column.name, .column(index: table.start + index, type: column.type))
        }
    }

    /// The scope of two tables side by side.
    static func joined(_ left: FromScope, _ right: FromScope, _ relation: Relation) -> FromScope {
        let width = left.relation.columns.count
        let types = relation.types
        let moved = right.tables.map { table in
            TableScope.Table(
                name: table.name,
                columns: table.columns,
                start: table.start + width
            )
        }
        let tables = (left.tables + moved).map { table in
            // An outer join makes columns nullable.
            TableScope.Table(
                name: table.name,
                columns: table.columns.enumerated().map {
                    RowField($1.name, types[table.start + $0])
                },
                start: table.start
            )
        }
        let rightMerged = right.merged.map { item in
            Merged(
                name: item.name,
                value: item.value.shifted(by: width),
                hidden: Set(item.hidden.map { $0 + width })
            )
        }
        return FromScope(relation: relation, tables: tables, merged: left.merged + rightMerged)
    }
}

/// The names of a SELECT that were resolved, and to what.
final class ResolvedNames {
    private var entries: [(value: Expressions.Expression, name: QualifiedName)] = []

    func add(_ value: Expressions.Expression, _ name: QualifiedName) {
        entries.append((value, name))
    }

    /// The number of names so far.
    var count: Int { entries.count }

    /// The first name from a position on that means a column, or a field of it.
    func first(from start: Int, column: Int) -> QualifiedName? {
        entries[start...].first { $0.value.columns.contains(column) }?.name
    }
}
