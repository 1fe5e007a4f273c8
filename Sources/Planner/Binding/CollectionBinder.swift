import Columnar
import Expressions
import SQLSyntax

/// Binds `ROW(…)`, `ARRAY[…]`, `MAP[…]` and `a[i]`.
struct CollectionBinder {
    let binder: ExpressionBinder

    func constructor(_ node: Constructor) throws(PlannerError) -> Expressions.Expression {
        let elements = try binder.bindAll(node.elements)
        switch node.kind {
        case .row: return FunctionCatalogue.row(elements)
        case .array:
            if elements.isEmpty {
                throw PlannerError("Require at least 1 argument", at: node.range)
            }
            return try binder.call("ARRAY", elements, at: node.range)
        case .map:
            if elements.isEmpty {
                throw PlannerError("Map requires at least 2 arguments", at: node.range)
            }
            return try binder.call("MAP", elements, at: node.range)
        case .multiset:
            throw PlannerError(
                "There are not enough rules to produce a node with desired properties",
                at: node.range
            )
        case .period:
            throw PlannerError("PERIOD is not supported", at: node.range)
        }
    }

    /// An element of an array by its position from 1, or a value of a map by its key.
    func item(_ operation: Operation) throws(PlannerError) -> Expressions.Expression {
        let operands = try binder.bindAll(operation.operands)
        if operands[0].type.kind.isArray, case .literal(let index, _) = operands[1],
            operands[1].type.kind.isInteger, index != .null, index.integer < 1
        {
            throw PlannerError(
                "Array element access needs an index starting at 1 but was \(index.integer).",
                at: nil
            )
        }
        return try binder.call(
            "ITEM",
            operands,
            at: operation.range,
            operands: operation.operands
        )
    }
}
