import Expressions
import SQLSyntax

/// Binds the JSON functions of standard SQL, whose clauses become arguments.
struct JSONCallBinder {
    let binder: ExpressionBinder

    /// Nil for any other function.
    func bind(_ call: FunctionCall) throws(PlannerError) -> Expressions.Expression? {
        nil
    }
}
