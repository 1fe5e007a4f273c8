import Columnar
import Expressions
import JobGraph

/// Recognises an aggregation by window over a window function, with only projections and filters
/// in between that do not look at the window: then no row needs its window columns.
struct WindowPullUp {
    /// What is aggregated: the input of the window function, projected and filtered.
    let input: Relation
    /// The aggregation over `input`; keys that are window columns are left at 0, see `roles`.
    let aggregation: Aggregation
    let roles: [WindowColumn?]
    let rowtime: Int
    let function: WindowFunction

    /// What a column of a relation above the window function is.
    private enum Meaning {
        case role(WindowColumn)
        /// Over the input of the window function.
        case value(Expression)
    }

    init?(_ relation: Relation, _ aggregation: Aggregation) {
        guard let (base, function, meanings, conditions) = Self.open(relation) else { return nil }
        let roles = aggregation.keys.map { key -> WindowColumn? in
            if case .role(let role) = meanings[key] { return role }
            return nil
        }
        guard roles.contains(.start), roles.contains(.end) else { return nil }
        var projection: [Expression] = []
        var columns: [RelationColumn] = []
        func place(_ column: Int) -> Int? {
            guard case .value(let expression) = meanings[column] else { return nil }
            if let known = projection.firstIndex(of: expression) { return known }
            projection.append(expression)
            columns.append(relation.columns[column].materialized)
            return projection.count - 1
        }
        var calls: [AggregateCall] = []
        for call in aggregation.calls {
            let needed = [call.argument, call.filter].compactMap { $0 }
            guard needed.allSatisfy({ place($0) != nil }) else { return nil }
            calls.append(call.moved { place($0) ?? 0 })
        }
        let keys = aggregation.keys.map { place($0) ?? 0 }
        let rowtimeColumn = base.columns[function.rowtime]
        projection.append(base.column(function.rowtime))
        columns.append(rowtimeColumn)
        rowtime = projection.count - 1
        let filtered = PushDownFilters.filtered(base, conditions)
        input = Relation(.project(filtered, projection), columns)
        self.aggregation = Aggregation(keys: keys, calls: calls)
        self.roles = roles
        self.function = function
    }

    /// Looks through projections and filters down to a window function.
    private static func open(
        _ relation: Relation
    ) -> (Relation, WindowFunction, [Meaning], [Expression])? {
        switch relation.body {
        case .windowTable(let input, let function):
            let values = input.columns.indices.map { Meaning.value(input.column($0)) }
            return (
                input, function, values + [.role(.start), .role(.end), .role(.time)], []
            )
        case .filter(let input, let condition):
            guard let (base, function, meanings, conditions) = open(input),
                let moved = through(condition, meanings)
            else { return nil }
            return (base, function, meanings, conditions + [moved])
        case .project(let input, let expressions):
            guard let (base, function, below, conditions) = open(input) else { return nil }
            var meanings: [Meaning] = []
            for expression in expressions {
                if case .column(let index, _) = expression {
                    meanings.append(below[index])
                } else if let moved = through(expression, below) {
                    meanings.append(.value(moved))
                } else {
                    return nil
                }
            }
            return (base, function, meanings, conditions)
        case .table, .values, .join, .aggregate, .union: return nil
        }
    }

    /// An expression over the input of the window function; nil if it reads a window column.
    private static func through(_ expression: Expression, _ meanings: [Meaning]) -> Expression? {
        for column in expression.columns {
            if case .role = meanings[column] { return nil }
        }
        return expression.replacingColumns { index, type in
            if case .value(let value) = meanings[index] { return value }
            return .column(index: index, type: type)
        }
    }
}
