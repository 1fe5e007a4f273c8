import Columnar
import Expressions
import JobGraph
import SQLSyntax

/// Binds FROM clauses: tables, subqueries, window functions and joins.
struct FromBinder {
    let queries: QueryBinder

    init(_ queries: QueryBinder) {
        self.queries = queries
    }

    func bind(_ select: Select) throws(PlannerError) -> FromScope {
        guard let from = select.from else {
            return FromScope(relation: ValuesBinder.oneRow, tables: [])
        }
        return try bind(from)
    }

    private func bind(_ reference: TableReference) throws(PlannerError) -> FromScope {
        switch reference {
        case .table(let table): return try bind(table)
        case .query(let derived):
            if derived.isLateral {
                throw PlannerError("LATERAL is not supported.", at: derived.range)
            }
            return try named(try queries.bind(derived.query), nil, derived.alias)
        case .function(let function):
            let relation = try WindowBinder(queries).bind(function.call)
            return try named(relation, nil, function.alias)
        case .unnest(let unnest):
            throw PlannerError("UNNEST is not supported.", at: unnest.range)
        case .join(let join): return try bind(join)
        }
    }

    private func bind(_ table: NamedTable) throws(PlannerError) -> FromScope {
        if let time = table.systemTime {
            throw PlannerError("FOR SYSTEM_TIME AS OF is not supported.", at: time.range)
        }
        var (relation, name) = try queries.table(table.name)
        for hint in table.hints {
            relation = try queries.catalog.applying(hint, to: relation)
        }
        return try named(relation, name, table.alias)
    }

    /// A scope of one table under its alias or name.
    private func named(
        _ relation: Relation,
        _ name: String?,
        _ alias: TableAlias?
    ) throws(PlannerError) -> FromScope {
        var relation = relation
        if let alias {
            relation = try queries.renamed(relation, alias.columns, alias.name.range)
        }
        let table = TableScope.Table(
            name: alias?.name.name ?? name,
            columns: relation.columns.map { RowField($0.name, $0.type) },
            start: 0
        )
        return FromScope(relation: relation, tables: [table])
    }
}

// Joins.
extension FromBinder {
    private func bind(_ join: JoinClause) throws(PlannerError) -> FromScope {
        let left = try bind(join.left)
        let right = try bind(join.right)
        let kind: JoinKind =
            switch join.kind {
            case .comma, .cross, .inner: .inner
            case .left: .left
            case .right: .right
            case .full: .full
            }
        let columns =
            left.relation.columns.map { kind.keepsRight ? $0.nullableColumn : $0 }
            + right.relation.columns.map { kind.keepsLeft ? $0.nullableColumn : $0 }
        func relation(_ condition: Expressions.Expression) -> Relation {
            Relation(
                .join(left.relation, right.relation, kind, condition),
                columns.map(\.materialized)
            )
        }
        let isTrue = Expressions.Expression.conjunction([])
        if join.isNatural || join.condition.isUsing {
            let names = try sharedNames(join, left, right)
            return try using(join, names, left, right, kind) { relation($0) }
        }
        guard case .on(let expression) = join.condition else {
            return FromScope.joined(left, right, relation(isTrue))
        }
        // The condition sees the columns as the sides have them, not yet padded.
        let plain = Relation(
            .join(left.relation, right.relation, .inner, isTrue),
            left.relation.columns + right.relation.columns
        )
        let scope = FromScope.joined(left, right, plain)
        let bound = try ExpressionBinder(scope: scope, hooks: AggregateRefusal(clause: "ON"))
            .bindCondition(expression, clause: "ON").folded()
        return FromScope.joined(left, right, relation(bound))
    }

    private func sharedNames(
        _ join: JoinClause,
        _ left: FromScope,
        _ right: FromScope
    ) throws(PlannerError) -> [String] {
        if case .using(let names) = join.condition { return names.map(\.name) }
        let others = Set(right.relation.columns.map(\.name))
        return left.relation.columns.map(\.name).filter { others.contains($0) }
    }

    /// USING and NATURAL: equal columns, of which one is shown.
    private func using(
        _ join: JoinClause,
        _ names: [String],
        _ left: FromScope,
        _ right: FromScope,
        _ kind: JoinKind,
        _ make: (Expressions.Expression) -> Relation
    ) throws(PlannerError) -> FromScope {
        let width = left.relation.columns.count
        var conditions: [Expressions.Expression] = []
        var pairs: [(String, Int, Int)] = []
        for name in names {
            guard let first = left.relation.columns.firstIndex(where: { $0.name == name }),
                let second = right.relation.columns.firstIndex(where: { $0.name == name })
            else {
                throw PlannerError(
                    "Column '\(name)' not found in any table",
                    at: join.operatorRange
                )
            }
            let operands = [
                left.relation.column(first), right.relation.column(second).shifted(by: width),
            ]
            conditions.append(try call("=", operands, join.operatorRange))
            pairs.append((name, first, second + width))
        }
        let relation = make(.conjunction(conditions))
        var scope = FromScope.joined(left, right, relation)
        for (name, first, second) in pairs {
            let columns = [relation.column(first), relation.column(second)]
            let value =
                switch kind {
                case .inner, .left: columns[0]
                case .right: columns[1]
                case .full: try call("COALESCE", columns, join.operatorRange)
                }
            scope.merged.append(
                FromScope.Merged(name: name, value: value, hidden: [first, second])
            )
        }
        return scope
    }

    private func call(
        _ name: String,
        _ operands: [Expressions.Expression],
        _ range: SourceRange
    ) throws(PlannerError) -> Expressions.Expression {
        do throws(BindError) {
            return try FunctionCatalogue.standard.call(name, operands)
        } catch {
            throw PlannerError(error.text, hint: error.hint, at: range)
        }
    }
}

extension JoinClause.Condition {
    fileprivate var isUsing: Bool {
        if case .using = self { return true }
        return false
    }
}
