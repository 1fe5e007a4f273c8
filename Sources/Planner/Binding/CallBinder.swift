import Columnar
import Expressions
import SQLSyntax

/// Binds calls of functions, those with a syntax of their own included.
struct CallBinder {
    let binder: ExpressionBinder

    func bind(_ call: FunctionCall) throws(PlannerError) -> Expressions.Expression {
        if let planned = try binder.hooks.call(call) { return planned }
        if let json = try JSONCallBinder(binder: binder).bind(call) { return json }
        var arguments: [Expressions.Expression] = []
        var operands: [SQLSyntax.Expression] = []
        for argument in call.arguments {
            if let name = argument.name {
                throw PlannerError(
                    "The function \(call.name.dotted) has no argument '\(name.name)'",
                    at: argument.range
                )
            }
            switch argument.value {
            case .expression(let expression):
                arguments.append(try binder.bind(expression))
                operands.append(expression)
            case .unit(let unit): arguments.append(FunctionCatalogue.symbol(unit.rawValue))
            case .trim(let side): arguments.append(FunctionCatalogue.symbol(side.rawValue))
            case .table, .defaultValue:
                throw PlannerError("An expression was expected.", at: argument.range)
            }
        }
        let name = call.name.dotted
        if name == "TRIM", arguments.count == 2 {
            arguments.insert(FunctionCatalogue.symbol(" "), at: 1)
        }
        return try binder.call(name, arguments, at: call.range, operands: operands)
    }
}
