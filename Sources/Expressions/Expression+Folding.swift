package import Columnar

extension Expression {
    /// The expression with everything computed that does not depend on rows or on time.
    ///
    /// The type stays the same. What fails is left as it is, and fails when rows arrive.
    package func folded(_ context: EvaluationContext = EvaluationContext()) -> Expression {
        let result = Folder(context: context).fold(self)
        if result.type == type { return result }
        if case .literal(let value, _) = result, result.type.kind == type.kind {
            return .literal(value, type)
        }
        return .cast(result, to: type, mode: .strict)
    }

    /// The value, if the expression is a constant that can be computed; nil otherwise.
    package func constantValue(
        _ context: EvaluationContext = EvaluationContext()
    ) -> ScalarValue? {
        guard case .literal(let value, _) = folded(context) else { return nil }
        return value
    }
}

/// Simplifies expressions as Calcite does before Flink sees them.
///
/// A folded expression may be NOT NULL where the original may be NULL, never the reverse.
private struct Folder {
    static let comparisons: Set = ["=", "<=", ">=", "<>", "<", ">"]
    /// The comparisons that hold between a value and itself.
    static let reflexive: Set = ["=", "<=", ">="]

    let context: EvaluationContext

    func fold(_ expression: Expression) -> Expression {
        switch expression {
        case .column, .literal: return expression
        case .cast(let value, let type, let mode): return cast(value, type, mode)
        case .call(let function, let operands, let type):
            let arguments = operands.map { fold($0) }
            if Self.comparisons.contains(function), operands[0] == operands[1],
                operands[0].isDeterministic, case .literal(let value, _) = arguments[0],
                value != .null
            {
                // Decided before the operands are computed: NaN is equal to itself.
                return .literal(.bool(Self.reflexive.contains(function)), type)
            }
            return call(function, arguments, type)
        }
    }

    private func cast(_ value: Expression, _ type: DataType, _ mode: CastMode) -> Expression {
        // A literal keeps its digits through FLOAT, as in Calcite.
        if type.kind == .double, case .cast(let inner, let middle, .strict) = value,
            middle.kind == .float, case let exact = fold(inner), exact.isLiteral,
            exact.type.kind.isExactNumeric
        {
            return evaluated(.cast(exact, to: type, mode: mode))
        }
        let value = fold(value)
        let result = Expression.cast(value, to: type, mode: mode)
        if value.type == type { return value }
        return value.isLiteral ? evaluated(result) : result
    }

    private func call(
        _ function: String,
        _ arguments: [Expression],
        _ type: DataType
    ) -> Expression {
        let result = Expression.call(function: function, arguments: arguments, type: type)
        switch function {
        case "TYPEOF":
            return .literal(.text(TypeOfText.text(arguments[0].type)), type)
        case "AND": return conjunction(arguments, type)
        case "OR": return disjunction(arguments, type)
        case "CASE": return choice(arguments, type)
        case "IS NULL", "IS NOT NULL":
            if !arguments[0].type.isNullable, !arguments[0].isLiteral {
                return .literal(.bool(function == "IS NOT NULL"), type)
            }
        case _ where Self.comparisons.contains(function):
            if arguments[0] == arguments[1], arguments[0].isDeterministic,
                !arguments[0].isLiteral
            {
                return reflexive(arguments[0], function, type)
            }
        default: break
        }
        return arguments.allSatisfy(\.isLiteral) ? evaluated(result) : result
    }

    /// `x = x` is TRUE, also for NaN, unless `x` is NULL.
    private func reflexive(
        _ value: Expression,
        _ operation: String,
        _ type: DataType
    ) -> Expression {
        let holds = Self.reflexive.contains(operation)
        let truth = DataType(.boolean, isNullable: false)
        if !value.type.isNullable { return .literal(.bool(holds), truth) }
        let test = Expression.call(
            function: holds ? "IS NOT NULL" : "IS NULL",
            arguments: [value],
            type: truth
        )
        let unknown = Expression.literal(.null, DataType(.boolean))
        return .call(function: holds ? "OR" : "AND", arguments: [unknown, test], type: type)
    }

    private func conjunction(_ terms: [Expression], _ type: DataType) -> Expression {
        let truth = DataType(.boolean, isNullable: false)
        var kept: [Expression] = []
        for term in terms.flatMap(\.conjuncts) {
            if case .literal(.bool(let value), _) = term {
                if !value { return .literal(.bool(false), truth) }
            } else if !kept.contains(term) || !term.isDeterministic {
                kept.append(term)
            }
        }
        if kept.isEmpty { return .literal(.bool(true), truth) }
        if kept.count == 1 { return kept[0] }
        return .call(function: "AND", arguments: kept, type: type)
    }

    private func disjunction(_ terms: [Expression], _ type: DataType) -> Expression {
        let truth = DataType(.boolean, isNullable: false)
        var kept: [Expression] = []
        for term in terms {
            var parts = [term]
            if case .call("OR", let inner, _) = term { parts = inner }
            for part in parts {
                if case .literal(.bool(let value), _) = part {
                    if value { return .literal(.bool(true), truth) }
                } else if !kept.contains(part) || !part.isDeterministic {
                    kept.append(part)
                }
            }
        }
        if kept.isEmpty { return .literal(.bool(false), truth) }
        if kept.count == 1 { return kept[0] }
        return .call(function: "OR", arguments: kept, type: type)
    }

    /// CASE without the branches that are never taken.
    private func choice(_ arguments: [Expression], _ type: DataType) -> Expression {
        var kept: [Expression] = []
        var otherwise = arguments[arguments.count - 1]
        for index in stride(from: 0, to: arguments.count - 1, by: 2) {
            if case .literal(let value, _) = arguments[index] {
                guard value == .bool(true) else { continue }
                otherwise = arguments[index + 1]
                break
            }
            kept += [arguments[index], arguments[index + 1]]
        }
        if kept.isEmpty { return otherwise }
        return .call(function: "CASE", arguments: kept + [otherwise], type: type)
    }

    /// A literal in place of a call of literals; the call itself when it fails.
    private func evaluated(_ expression: Expression) -> Expression {
        if expression.isDynamic || !expression.isDeterministic { return expression }
        do {
            let program = try ExpressionProgram([expression], context: context)
            let columns = try program.evaluate(RecordBatch([], count: 1))
            return .literal(columns[0].scalar(0), expression.type)
        } catch {
            return expression
        }
    }
}
