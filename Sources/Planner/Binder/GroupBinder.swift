import Columnar
import Expressions
import JobGraph
import SQLSyntax

/// Binds a SELECT that groups: keys, aggregates, then what is computed of them.
///
/// Expressions are bound over the ungrouped rows first, with each aggregate standing for a column
/// behind theirs. Then whatever equals a group expression becomes that key, and a column that is
/// still there is not grouped.
struct GroupBinder {
    private let queries: QueryBinder
    private let select: Select
    private let scope: FromScope
    private let collector: AggregateCollector
    private let windows: LegacyWindows

    init(_ queries: QueryBinder, _ select: Select, _ scope: FromScope) throws(PlannerError) {
        self.queries = queries
        self.select = select
        windows = try LegacyWindows(select, scope)
        self.scope = windows.scope
        collector = AggregateCollector(self.scope, windows)
    }

    func bind() throws(PlannerError) -> Relation {
        let keys = try groupExpressions()
        var items: [SelectBinder.Item] = []
        for (index, item) in select.items.enumerated() {
            if case .star(let star) = item.expression {
                for column in try scope.star(star) {
                    items.append(
                        SelectBinder.Item(
                            name: column.name,
                            value: try grouped(column.value, keys, star.range)
                        )
                    )
                }
                continue
            }
            let value = try grouped(item.expression, keys)
            items.append(
                SelectBinder.Item(name: SelectBinder.name(of: item, index), value: value)
            )
        }
        let having = try select.having.map { expression throws(PlannerError) in
            let value = try grouped(expression, keys)
            guard value.type.kind == .boolean else {
                throw PlannerError("HAVING clause must be a condition", at: expression.range)
            }
            return value
        }
        var relation = aggregate(keys)
        if let having { relation = Relation(.filter(relation, having), relation.columns) }
        return SelectBinder.projection(relation, items)
    }

    /// The bound group expressions, each once.
    private func groupExpressions() throws(PlannerError) -> [Expressions.Expression] {
        var keys = windows.keys
        guard let groupBy = select.groupBy else { return keys }
        let binder = ExpressionBinder(scope: scope, hooks: AggregateRefusal(clause: "GROUP BY"))
        for element in groupBy.elements {
            switch element {
            case .empty: break
            case .expression(let expression):
                if windows.isWindow(expression) { continue }
                if case .constructor(let row) = expression, row.kind == .row {
                    for part in row.elements {
                        keys.append(try binder.bind(part).folded())
                    }
                    continue
                }
                keys.append(try binder.bind(expression).folded())
            case .groupingSets, .rollup, .cube:
                throw PlannerError(
                    "GROUPING SETS, ROLLUP and CUBE are not supported.",
                    at: groupBy.range
                )
            }
        }
        var unique: [Expressions.Expression] = []
        for key in keys where !unique.contains(key) { unique.append(key) }
        return unique
    }

    /// An expression over the grouped rows.
    private func grouped(
        _ expression: SQLSyntax.Expression,
        _ keys: [Expressions.Expression]
    ) throws(PlannerError) -> Expressions.Expression {
        let start = scope.names.count
        let binder = ExpressionBinder(scope: scope, hooks: collector)
        let bound = try binder.bind(expression).folded()
        return try replaced(bound, keys) { column in
            let name = scope.names.first(from: start, column: column)
            return PlannerError(
                "Expression '\(name?.dotted ?? scope.relation.columns[column].name)' is not being "
                    + "grouped",
                at: name?.range ?? expression.range
            )
        }
    }

    private func grouped(
        _ value: Expressions.Expression,
        _ keys: [Expressions.Expression],
        _ range: SourceRange
    ) throws(PlannerError) -> Expressions.Expression {
        try replaced(value, keys) { column in
            PlannerError(
                "Expression '\(scope.relation.columns[column].name)' is not being grouped",
                at: range
            )
        }
    }

    /// Keys and aggregates put in the place of what they stand for.
    private func replaced(
        _ expression: Expressions.Expression,
        _ keys: [Expressions.Expression],
        _ ungrouped: (Int) -> PlannerError
    ) throws(PlannerError) -> Expressions.Expression {
        if let key = keys.firstIndex(of: expression) {
            return .column(index: key, type: expression.type)
        }
        switch expression {
        case .literal: return expression
        case .column(let index, let type):
            let width = scope.relation.columns.count
            guard index >= width else { throw ungrouped(index) }
            return .column(index: keys.count + index - width, type: type)
        case .call(let function, let arguments, let type):
            var moved: [Expressions.Expression] = []
            for argument in arguments {
                moved.append(try replaced(argument, keys, ungrouped))
            }
            return .call(function: function, arguments: moved, type: type)
        case .cast(let operand, let type, let mode):
            return .cast(try replaced(operand, keys, ungrouped), to: type, mode: mode)
        }
    }

    /// The aggregation over a projection of keys and arguments.
    private func aggregate(_ keys: [Expressions.Expression]) -> Relation {
        var projection: [Expressions.Expression] = keys
        func place(_ expression: Expressions.Expression) -> Int {
            if let known = projection.firstIndex(of: expression) { return known }
            projection.append(expression)
            return projection.count - 1
        }
        var calls: [AggregateCall] = []
        for (index, call) in collector.calls.enumerated() {
            calls.append(
                AggregateCall(
                    function: call.function,
                    argument: call.argument.map(place),
                    argumentType: call.argument?.type ?? .bigint,
                    isDistinct: call.isDistinct,
                    filter: call.filter.map(place),
                    type: call.type,
                    name: "EXPR$\(keys.count + index)"
                )
            )
        }
        let columns = projection.enumerated().map { index, expression -> RelationColumn in
            if case .column(let column, _) = expression { return scope.relation.columns[column] }
            return RelationColumn("$f\(index)", expression.type)
        }
        let input = Relation(.project(scope.relation, projection), columns)
        let outputs =
            keys.indices.map { columns[$0].materializedUnlessWindow }
            + calls.map { RelationColumn($0.name, $0.type) }
        return Relation(
            .aggregate(input, Aggregation(keys: Array(keys.indices), calls: calls)),
            outputs
        )
    }
}

extension RelationColumn {
    /// Group keys are values; only the rowtime of a window stays one, which the planner decides.
    fileprivate var materializedUnlessWindow: RelationColumn { self }
}

/// Gathers the aggregates of a SELECT while its expressions are bound.
final class AggregateCollector: ExpressionBinderHooks {
    /// An aggregate with its argument over the ungrouped rows.
    struct Call: Hashable {
        let function: AggregateFunction
        let argument: Expressions.Expression?
        let isDistinct: Bool
        let filter: Expressions.Expression?
        let type: DataType
    }

    private let scope: FromScope
    private let windows: LegacyWindows
    private(set) var calls: [Call] = []
    private var isInside = false

    init(_ scope: FromScope, _ windows: LegacyWindows) {
        self.scope = scope
        self.windows = windows
    }

    func subquery(_ node: Subquery) throws(PlannerError) -> Expressions.Expression {
        throw PlannerError("Subqueries are not supported.", at: node.range)
    }

    func membership(
        of _: Expressions.Expression,
        in query: Query,
        _: SQLOperator,
        isAll _: Bool,
        isNegated _: Bool
    ) throws(PlannerError) -> Expressions.Expression {
        throw PlannerError("Subqueries are not supported.", at: query.range)
    }

    func call(_ call: FunctionCall) throws(PlannerError) -> Expressions.Expression? {
        if let over = call.over { throw PlannerError("OVER is not supported.", at: over.range) }
        if let window = try windows.value(call) { return window }
        guard AggregateSearch.isAggregate(call) else { return nil }
        let name = call.name.dotted.uppercased()
        guard AggregateSearch.supported.contains(name) else {
            throw PlannerError("The aggregate function \(name) is not supported.", at: call.range)
        }
        if isInside { throw PlannerError("Aggregate expressions cannot be nested", at: nil) }
        isInside = true
        defer { isInside = false }
        let bound: Call
        do {
            bound = try bind(call, name)
        } catch  where error.headline == "Aggregate expressions cannot be nested" {
            throw PlannerError(error.headline, at: call.range)
        }
        let position = calls.firstIndex(of: bound) ?? calls.count
        if position == calls.count { calls.append(bound) }
        return .column(index: scope.relation.columns.count + position, type: bound.type)
    }

    private func bind(_ call: FunctionCall, _ name: String) throws(PlannerError) -> Call {
        let filter = try call.filter.map { expression throws(PlannerError) in
            try ExpressionBinder(scope: scope, hooks: AggregateRefusal(clause: "FILTER"))
                .bindCondition(expression, clause: "FILTER").folded()
        }
        if name == "COUNT", let arguments = call.expressions, arguments.count == 1,
            arguments[0].isStar
        {
            return Self.countStar(filter)
        }
        let argument = try ExpressionBinder(scope: scope, hooks: self)
            .bind(onlyArgument(of: call, name)).folded()
        let isDistinct = call.quantifier == .distinct
        // A value that is never NULL need not be looked at.
        if name == "COUNT", !argument.type.isNullable, !isDistinct {
            return Self.countStar(filter)
        }
        let (function, type) = try function(call, name, argument.type)
        return Call(
            function: function,
            argument: argument,
            isDistinct: isDistinct,
            filter: filter,
            type: type
        )
    }

    private static func countStar(_ filter: Expressions.Expression?) -> Call {
        Call(
            function: .countStar,
            argument: nil,
            isDistinct: false,
            filter: filter,
            type: AggregateTypes.count
        )
    }

    private func onlyArgument(
        of call: FunctionCall,
        _ name: String
    ) throws(PlannerError) -> SQLSyntax.Expression {
        let arguments = call.expressions ?? []
        guard arguments.count == 1 else {
            throw PlannerError(
                name == "COUNT" && arguments.count > 1
                    ? "We now only support the count of one field."
                    : "Invalid number of arguments to function '\(name)'. "
                        + "Was expecting 1 arguments",
                at: call.range
            )
        }
        return arguments[0]
    }

    private func function(
        _ call: FunctionCall,
        _ name: String,
        _ argument: DataType
    ) throws(PlannerError) -> (AggregateFunction, DataType) {
        switch name {
        case "COUNT": return (.count, AggregateTypes.count)
        case "MIN": return (.min, AggregateTypes.extreme(argument))
        case "MAX": return (.max, AggregateTypes.extreme(argument))
        default:
            guard AggregateTypes.isSummable(argument) else {
                throw PlannerError(
                    """
                    Cannot apply '\(name)' to arguments of type \
                    '\(name)(<\(argument.nullable())>)'. Supported form(s): \
                    '\(name)(<NUMERIC>)'
                    """,
                    at: call.range
                )
            }
            return name == "SUM"
                ? (.sum, AggregateTypes.sum(argument))
                : (.avg, AggregateTypes.average(argument))
        }
    }
}

extension SQLSyntax.Expression {
    var isStar: Bool {
        if case .star = self { return true }
        return false
    }
}
