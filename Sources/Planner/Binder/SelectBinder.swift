import Columnar
import Expressions
import JobGraph
import SQLSyntax

/// Binds one SELECT: FROM, WHERE, GROUP BY, HAVING and the select list, in that order.
struct SelectBinder {
    let queries: QueryBinder

    init(_ queries: QueryBinder) {
        self.queries = queries
    }

    /// One column of the result.
    struct Item {
        let name: String
        let value: Expressions.Expression
    }

    func bind(_ select: Select) throws(PlannerError) -> Relation {
        try refuseUnsupported(select)
        var scope = try FromBinder(queries).bind(select)
        if let condition = select.where {
            let binder = ExpressionBinder(
                scope: scope,
                hooks: AggregateRefusal(clause: "WHERE")
            )
            let bound = try binder.bindCondition(condition, clause: "WHERE")
            scope.relation = Relation(
                .filter(scope.relation, bound.folded()),
                scope.relation.columns
            )
        }
        let isGrouped =
            select.groupBy != nil || select.having != nil
            || select.items.contains { AggregateSearch.contains($0.expression) }
        let relation =
            isGrouped
            ? try GroupBinder(queries, select, scope).bind()
            : try project(select, scope)
        return select.isDistinct ? queries.distinct(relation) : relation
    }

    private func refuseUnsupported(_ select: Select) throws(PlannerError) {
        if let qualify = select.qualify {
            throw PlannerError("QUALIFY is not supported.", at: qualify.range)
        }
        if let window = select.windows.first {
            throw PlannerError("The WINDOW clause is not supported.", at: window.name.range)
        }
        for hint in select.hints where hint.name.name.uppercased() == "STATE_TTL" {
            throw PlannerError(
                "The hint STATE_TTL is not supported: state does not expire.",
                at: hint.range
            )
        }
    }

    private func project(_ select: Select, _ scope: FromScope) throws(PlannerError) -> Relation {
        let binder = ExpressionBinder(scope: scope, hooks: AggregateRefusal(clause: "SELECT"))
        var items: [Item] = []
        for (index, item) in select.items.enumerated() {
            if case .star(let star) = item.expression {
                if select.from == nil {
                    throw PlannerError("SELECT * requires a FROM clause", at: star.range)
                }
                items += try scope.star(star).map { Item(name: $0.name, value: $0.value) }
                continue
            }
            let value = try binder.bind(item.expression).folded()
            items.append(Item(name: Self.name(of: item, index), value: value))
        }
        return Self.projection(scope.relation, items)
    }

    /// The name of a column without an alias: its own, or `EXPR$n`.
    static func name(of item: SelectItem, _ index: Int) -> String {
        if let alias = item.alias { return alias.name }
        switch item.expression {
        case .column(let name): return name.names.last ?? "EXPR$\(index)"
        case .field(let access): return access.field.name
        default: return "EXPR$\(index)"
        }
    }

    /// A projection; repeated names get numbers, as in Calcite.
    static func projection(_ relation: Relation, _ items: [Item]) -> Relation {
        var taken: Set<String> = []
        let columns = items.map { item -> RelationColumn in
            var name = item.name
            var number = 0
            while !taken.insert(name).inserted {
                name = "\(item.name)\(number)"
                number += 1
            }
            guard case .column(let index, _) = item.value else {
                return RelationColumn(name, item.value.type)
            }
            return relation.columns[index].renamed(name)
        }
        return Relation(.project(relation, items.map(\.value)), columns)
    }
}

/// Refuses aggregates where rows are not grouped, and what is not supported anywhere.
struct AggregateRefusal: ExpressionBinderHooks {
    let clause: String

    func subquery(_ node: Subquery) throws(PlannerError) -> Expressions.Expression {
        throw PlannerError("Subqueries in \(clause) are not supported.", at: node.range)
    }

    func membership(
        of _: Expressions.Expression,
        in query: Query,
        _: SQLOperator,
        isAll _: Bool,
        isNegated _: Bool
    ) throws(PlannerError) -> Expressions.Expression {
        throw PlannerError("Subqueries in \(clause) are not supported.", at: query.range)
    }

    func call(_ call: FunctionCall) throws(PlannerError) -> Expressions.Expression? {
        if let over = call.over {
            throw PlannerError("OVER is not supported.", at: over.range)
        }
        if AggregateSearch.isAggregate(call) {
            throw PlannerError(
                "Aggregate expression is illegal in \(clause) clause",
                at: call.range
            )
        }
        return nil
    }
}
