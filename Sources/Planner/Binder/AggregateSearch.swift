import SQLSyntax

/// Finds aggregate functions in expressions as they are written.
enum AggregateSearch {
    /// The aggregate functions that can be computed.
    static let supported: Set<String> = ["COUNT", "SUM", "AVG", "MIN", "MAX"]

    /// Aggregate functions of Flink that cannot.
    static let unsupported: Set<String> = [
        "LISTAGG", "COLLECT", "ARRAY_AGG", "FIRST_VALUE", "LAST_VALUE", "STDDEV_POP",
        "STDDEV_SAMP", "STDDEV", "VAR_POP", "VAR_SAMP", "VARIANCE", "APPROX_COUNT_DISTINCT",
        "GROUPING", "GROUPING_ID", "JSON_OBJECTAGG", "JSON_ARRAYAGG", "PERCENTILE",
    ]

    static func isAggregate(_ call: FunctionCall) -> Bool {
        let name = call.name.dotted.uppercased()
        return call.over == nil && (supported.contains(name) || unsupported.contains(name))
    }

    /// Whether an aggregate stands anywhere in the expression.
    static func contains(_ expression: SQLSyntax.Expression) -> Bool {
        var found = false
        visit(expression) { call in found = found || isAggregate(call) }
        return found
    }

    /// Calls the closure for every function call, subqueries left out.
    static func visit(
        _ expression: SQLSyntax.Expression,
        _ body: (FunctionCall) -> Void
    ) {
        if case .call(let call) = expression { body(call) }
        for child in children(expression) { visit(child, body) }
    }

    private static func children(_ expression: SQLSyntax.Expression) -> [SQLSyntax.Expression] {
        switch expression {
        case .literal, .column, .star, .subquery: []
        case .operation(let node): node.operands
        case .inPredicate(let node): [node.operand] + members(node.set)
        case .quantified(let node): [node.operand] + members(node.set)
        case .caseWhen(let node):
            [node.operand, node.otherwise].compactMap { $0 }
                + node.branches.flatMap { $0.conditions + [$0.result] }
        case .cast(let node): [node.operand]
        case .call(let node):
            node.arguments.compactMap { argument in
                if case .expression(let value) = argument.value { return value }
                return nil
            } + [node.filter].compactMap { $0 }
        case .field(let node): [node.base]
        case .constructor(let node): node.elements
        case .interval(let node):
            switch node.form {
            case .multiple(let number, _): [number]
            case .difference(let later, let earlier): [later, earlier]
            }
        }
    }

    private static func members(_ set: InSet) -> [SQLSyntax.Expression] {
        if case .list(let members) = set { return members }
        return []
    }
}
