package import Columnar
package import Expressions
package import SQLSyntax

/// The columns that the names of an expression can mean.
package protocol ExpressionScope {
    /// The column, or field of a column, that a name means.
    func column(_ name: QualifiedName) throws(PlannerError) -> Expressions.Expression
}

/// What the binder leaves to the planner: whatever needs more than the row at hand.
package protocol ExpressionBinderHooks {
    /// A query used as a value, or `EXISTS`.
    func subquery(_ node: Subquery) throws(PlannerError) -> Expressions.Expression
    /// `operand IN (SELECT …)` and `operand > ANY (SELECT …)`.
    func membership(
        of operand: Expressions.Expression,
        in query: Query,
        _ operation: SQLOperator,
        isAll: Bool,
        isNegated: Bool
    ) throws(PlannerError) -> Expressions.Expression
    /// Aggregate functions, functions with OVER, grouping and window functions; nil for a call
    /// of an ordinary function.
    func call(_ call: FunctionCall) throws(PlannerError) -> Expressions.Expression?
}

/// Hooks where nothing but plain expressions is allowed, as in a computed column.
package struct PlainExpressionHooks: ExpressionBinderHooks {
    package init() {}

    package func subquery(_ node: Subquery) throws(PlannerError) -> Expressions.Expression {
        throw PlannerError("A query is not allowed here.", at: node.range)
    }

    package func membership(
        of operand: Expressions.Expression,
        in query: Query,
        _ operation: SQLOperator,
        isAll: Bool,
        isNegated: Bool
    ) throws(PlannerError) -> Expressions.Expression {
        throw PlannerError("A query is not allowed here.", at: query.range)
    }

    package func call(_ call: FunctionCall) throws(PlannerError) -> Expressions.Expression? {
        if call.over != nil || call.filter != nil {
            throw PlannerError("An aggregate is not allowed here.", at: call.range)
        }
        return nil
    }
}

/// The columns of the tables of a FROM clause, side by side.
package struct TableScope: ExpressionScope {
    /// One table with its alias and columns.
    package struct Table: Sendable {
        /// The alias, or the last part of the table's name; nil when the columns stand alone.
        package let name: String?
        package let columns: [RowField]
        /// The position of the first column in the input row.
        package let start: Int

        package init(name: String?, columns: [RowField], start: Int) {
            self.name = name
            self.columns = columns
            self.start = start
        }
    }

    package let tables: [Table]

    package init(_ tables: [Table]) {
        self.tables = tables
    }

    package func column(_ name: QualifiedName) throws(PlannerError) -> Expressions.Expression {
        let names = name.names
        if names.count > 1, let table = tables.first(where: { $0.name == names[0] }) {
            return try path(name, in: table, from: 1)
        }
        let owners = tables.filter { table in table.columns.contains { $0.name == names[0] } }
        if owners.count > 1 {
            throw PlannerError("Column '\(names[0])' is ambiguous", at: name.parts[0].range)
        }
        if let owner = owners.first { return try path(name, in: owner, from: 0) }
        if names.count > 1 {
            throw PlannerError(
                "Table '\(names[0])' not found",
                hint: NameHint.text(names[0], tables.compactMap(\.name)),
                at: name.parts[0].range
            )
        }
        throw PlannerError(
            "Column '\(names[0])' not found in any table",
            hint: NameHint.text(names[0], tables.flatMap { $0.columns.map(\.name) }),
            at: name.range
        )
    }

    /// A column of a table, then fields of it.
    private func path(
        _ name: QualifiedName,
        in table: Table,
        from first: Int
    ) throws(PlannerError) -> Expressions.Expression {
        let parts = Array(name.parts[first...])
        guard let index = table.columns.firstIndex(where: { $0.name == parts[0].name }) else {
            throw missing(parts[0...0], in: table, table.columns.map(\.name))
        }
        var result = Expressions.Expression.column(
            index: table.start + index,
            type: table.columns[index].type
        )
        for position in parts.indices.dropFirst() {
            let fields = result.type.rowFields
            guard let field = fields.firstIndex(where: { $0.name == parts[position].name }) else {
                throw missing(parts[0...position], in: table, fields.map(\.name))
            }
            result = FunctionCatalogue.field(result, field)
        }
        return result
    }

    private func missing(
        _ parts: ArraySlice<Identifier>,
        in table: Table,
        _ known: [String]
    ) -> PlannerError {
        let dotted = parts.map(\.name).joined(separator: ".")
        let last = parts[parts.endIndex - 1]
        let range = parts[parts.startIndex].range.extended(to: last.range)
        let hint = NameHint.text(last.name, known)
        guard let name = table.name else {
            return PlannerError("Column '\(dotted)' not found in any table", hint: hint, at: range)
        }
        return PlannerError(
            "Column '\(dotted)' not found in table '\(name)'",
            hint: hint,
            at: range
        )
    }
}
