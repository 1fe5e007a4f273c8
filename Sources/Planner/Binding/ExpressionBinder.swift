import Columnar
package import Expressions
package import SQLSyntax

/// Gives expressions as written their types: resolves names, converts arguments, checks.
///
/// Messages are Flink's, with the place of the piece that they are about.
package struct ExpressionBinder {
    package let scope: any ExpressionScope
    package let hooks: any ExpressionBinderHooks

    package init(
        scope: any ExpressionScope,
        hooks: any ExpressionBinderHooks = PlainExpressionHooks()
    ) {
        self.scope = scope
        self.hooks = hooks
    }

    typealias Bound = Expressions.Expression

    /// The typed expression; constants in it are not folded yet.
    package func bind(
        _ expression: SQLSyntax.Expression
    ) throws(PlannerError) -> Expressions.Expression {
        switch expression {
        case .literal(let literal): return try LiteralBinder.bind(literal)
        case .column(let name): return try column(name)
        case .star(let star):
            throw PlannerError("'*' is not allowed here.", at: star.range)
        case .operation(let operation): return try bind(operation)
        case .inPredicate(let predicate): return try bind(predicate)
        case .quantified(let comparison): return try bind(comparison)
        case .caseWhen(let node): return try bind(node)
        case .cast(let node): return try bind(node)
        case .call(let call): return try CallBinder(binder: self).bind(call)
        case .field(let access): return try bind(access)
        case .constructor(let node): return try bind(node)
        case .subquery(let node): return try hooks.subquery(node)
        case .interval(let node): return try bind(node)
        }
    }

    /// A predicate, as of WHERE; `clause` names it in the message.
    package func bindCondition(
        _ expression: SQLSyntax.Expression,
        clause: String
    ) throws(PlannerError) -> Expressions.Expression {
        let bound = try bind(expression)
        if bound.type.kind == .null { return .literal(.null, .boolean) }
        guard bound.type.kind == .boolean else {
            throw PlannerError("\(clause) clause must be a condition", at: expression.range)
        }
        return bound
    }

    /// A name is a column, or one of the functions that are written without parentheses.
    private func column(_ name: QualifiedName) throws(PlannerError) -> Bound {
        try scope.column(name)
    }

    /// Calls a function of the catalogue, and says where it fails.
    func call(
        _ name: String,
        _ arguments: [Bound],
        at range: SourceRange,
        operands: [SQLSyntax.Expression] = []
    ) throws(PlannerError) -> Bound {
        do {
            return try FunctionCatalogue.standard.call(name, arguments)
        } catch {
            throw located(error, range, operands)
        }
    }

    /// An untyped NULL is blamed itself, anything else the whole call.
    func located(
        _ error: BindError,
        _ range: SourceRange,
        _ operands: [SQLSyntax.Expression] = []
    ) -> PlannerError {
        var place = range
        if error.text == "Illegal use of 'NULL'" {
            let null = operands.first { operand in
                if case .literal(let literal) = operand { return literal.value == .null }
                return false
            }
            place = null?.range ?? range
        }
        return PlannerError(error.text, hint: error.hint, at: place)
    }

    func bindAll(_ expressions: [SQLSyntax.Expression]) throws(PlannerError) -> [Bound] {
        var bound: [Bound] = []
        for expression in expressions { bound.append(try bind(expression)) }
        return bound
    }
}

// Operators.
extension ExpressionBinder {
    private func bind(_ operation: Operation) throws(PlannerError) -> Bound {
        switch operation.operator {
        case .negate:
            // A sign in front of a number belongs to it: -2147483648 is an INT.
            if case .literal(let literal) = operation.operands[0], literal.value.isNumber {
                return try LiteralBinder.bind(literal, isNegative: true)
            }
            return try plain("NEGATE", operation)
        case .positive: return try plain("POSITIVE", operation)
        case .item: return try CollectionBinder(binder: self).item(operation)
        case .overlaps: return try overlaps(operation)
        case .isJSONValue, .isNotJSONValue, .isJSONObject, .isNotJSONObject, .isJSONArray,
            .isNotJSONArray, .isJSONScalar, .isNotJSONScalar, .like, .notLike, .similarTo,
            .notSimilarTo, .between, .notBetween, .betweenSymmetric, .notBetweenSymmetric, .or,
            .and, .not, .isNull, .isNotNull, .isTrue, .isNotTrue, .isFalse, .isNotFalse,
            .isUnknown, .isNotUnknown, .equal, .notEqual, .less, .lessOrEqual, .greater,
            .greaterOrEqual, .isDistinctFrom, .isNotDistinctFrom, .plus, .minus, .multiply,
            .divide, .remainder, .concat:
            return try plain(operation.operator.rawValue, operation)
        default:
            throw PlannerError(
                "No match found for function signature \(operation.operator.rawValue)",
                at: operation.range
            )
        }
    }

    private func plain(_ name: String, _ operation: Operation) throws(PlannerError) -> Bound {
        let operands = try bindAll(operation.operands)
        return try call(name, operands, at: operation.range, operands: operation.operands)
    }

    /// As in `(a, b) OVERLAPS (c, d)`.
    private func overlaps(_ operation: Operation) throws(PlannerError) -> Bound {
        var operands: [SQLSyntax.Expression] = []
        for operand in operation.operands {
            guard case .constructor(let row) = operand, row.elements.count == 2 else {
                throw PlannerError("OVERLAPS needs two periods", at: operand.range)
            }
            operands += row.elements
        }
        return try call(
            "OVERLAPS",
            try bindAll(operands),
            at: operation.range,
            operands: operands
        )
    }

    private func bind(_ predicate: InPredicate) throws(PlannerError) -> Bound {
        let operand = try bind(predicate.operand)
        switch predicate.set {
        case .query(let query):
            return try hooks.membership(
                of: operand,
                in: query,
                .equal,
                isAll: false,
                isNegated: predicate.isNegated
            )
        case .list(let members):
            return try call(
                predicate.isNegated ? "NOT IN" : "IN",
                [operand] + bindAll(members),
                at: predicate.range,
                operands: [predicate.operand] + members
            )
        }
    }

    private func bind(_ comparison: QuantifiedComparison) throws(PlannerError) -> Bound {
        let operand = try bind(comparison.operand)
        switch comparison.set {
        case .query(let query):
            return try hooks.membership(
                of: operand,
                in: query,
                comparison.operator,
                isAll: comparison.isAll,
                isNegated: false
            )
        case .list(let members):
            var terms: [Bound] = []
            for member in members {
                let pair = [operand, try bind(member)]
                terms.append(
                    try call(comparison.operator.rawValue, pair, at: comparison.range)
                )
            }
            if terms.count == 1 { return terms[0] }
            return try call(comparison.isAll ? "AND" : "OR", terms, at: comparison.range)
        }
    }

    private func bind(_ node: CaseExpression) throws(PlannerError) -> Bound {
        var arguments: [Bound] = []
        let operand = try node.operand.map { (expression) throws(PlannerError) in
            try bind(expression)
        }
        for branch in node.branches {
            var conditions: [Bound] = []
            for condition in branch.conditions {
                let bound = try bind(condition)
                guard let operand else {
                    conditions.append(bound)
                    continue
                }
                conditions.append(try call("=", [operand, bound], at: condition.range))
            }
            let condition =
                conditions.count == 1
                ? conditions[0] : try call("OR", conditions, at: node.range)
            arguments.append(condition)
            arguments.append(try bind(branch.result))
        }
        let otherwise = try node.otherwise.map { (expression) throws(PlannerError) in
            try bind(expression)
        }
        arguments.append(otherwise ?? .literal(.null, .null))
        return try call("CASE", arguments, at: node.range)
    }

    private func bind(_ node: CastExpression) throws(PlannerError) -> Bound {
        let operand = try bind(node.operand)
        let type = try TypeBinder.type(node.type)
        do {
            try ExplicitCasts.check(from: operand.type, to: type)
        } catch {
            throw located(error, node.range)
        }
        let isNullable = node.isTry || operand.type.isNullable
        let target = type.nullable(isNullable)
        if case .literal(.null, _) = operand { return .literal(.null, type.nullable()) }
        return .cast(operand, to: target, mode: node.isTry ? .try : .strict)
    }

    private func bind(_ access: FieldAccess) throws(PlannerError) -> Bound {
        let base = try bind(access.base)
        let fields = base.type.rowFields
        guard let index = fields.firstIndex(where: { $0.name == access.field.name }) else {
            throw PlannerError(
                "Unknown field '\(access.field.name)'",
                hint: NameHint.text(access.field.name, fields.map(\.name)),
                at: access.field.range
            )
        }
        return FunctionCatalogue.field(base, index)
    }

    private func bind(_ node: Constructor) throws(PlannerError) -> Bound {
        try CollectionBinder(binder: self).constructor(node)
    }

    private func bind(_ node: IntervalExpression) throws(PlannerError) -> Bound {
        switch node.form {
        case .difference(let later, let earlier):
            let operands = [try bind(later), try bind(earlier)]
            do {
                return try FunctionCatalogue.difference(
                    operands[0],
                    operands[1],
                    TypeBinder.fields(node.qualifier)
                )
            } catch {
                throw located(error, node.range)
            }
        case .multiple(let number, let isNegative):
            let count = try bind(number)
            let interval: Bound
            do {
                interval = try FunctionCatalogue.interval(
                    node.qualifier.start.rawValue,
                    times: count
                )
            } catch {
                throw located(error, node.range)
            }
            return isNegative ? try call("NEGATE", [interval], at: node.range) : interval
        }
    }
}

extension LiteralValue {
    /// Whether a sign may belong to the literal.
    fileprivate var isNumber: Bool {
        switch self {
        case .exact, .approximate: true
        default: false
        }
    }
}
