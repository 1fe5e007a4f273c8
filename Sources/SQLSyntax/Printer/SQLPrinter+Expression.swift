/// Expressions.
extension SQLPrinter {
    /// An expression, in parentheses if it binds less tightly than `minimum`.
    mutating func expression(_ expression: Expression, binding minimum: Int = 0) {
        let needsParentheses = SQLPrinter.precedence(of: expression) < minimum
        if needsParentheses { write("(") }
        bare(expression)
        if needsParentheses { write(")") }
    }

    private static func precedence(of expression: Expression) -> Int {
        switch expression {
        case .operation(let node): node.operator.precedence
        case .inPredicate, .quantified: Precedence.predicate
        default: Precedence.atom
        }
    }

    private mutating func bare(_ expression: Expression) {
        switch expression {
        case .literal(let node): literal(node.value)
        case .column(let node): name(node)
        case .star(let node): star(node)
        case .operation(let node): operation(node)
        case .inPredicate(let node):
            self.expression(node.operand, binding: Precedence.predicate)
            write(node.isNegated ? " NOT IN " : " IN ")
            set(node.set)
        case .quantified(let node):
            self.expression(node.operand, binding: Precedence.predicate)
            write(" \(node.operator.symbol) \(node.isAll ? "ALL" : "SOME") ")
            set(node.set)
        case .caseWhen(let node): caseExpression(node)
        case .cast(let node):
            write(node.isTry ? "TRY_CAST(" : "CAST(")
            self.expression(node.operand)
            write(" AS ")
            dataType(node.type)
            write(")")
        case .call(let node): call(node)
        case .field(let node): field(node)
        case .constructor(let node): constructor(node)
        case .subquery(let node):
            write(node.kind == .scalar ? "(" : "\(node.kind.rawValue) (")
            query(node.query)
            write(")")
        case .interval(let node): interval(node)
        }
    }

    private mutating func star(_ node: Star) {
        if let qualifier = node.qualifier {
            name(qualifier)
            write(".")
        }
        write("*")
    }

    private mutating func set(_ set: InSet) {
        write("(")
        switch set {
        case .list(let elements): list(elements) { $0.expression($1) }
        case .query(let query): self.query(query)
        }
        write(")")
    }

    // Operators.

    private mutating func operation(_ node: Operation) {
        let symbol = node.operator
        let precedence = symbol.precedence
        let operands = node.operands
        switch symbol.placement {
        case .prefix: prefixed(symbol, operands[0])
        case .postfix:
            expression(operands[0], binding: precedence)
            write(" \(symbol.symbol)")
        case .infix:
            expression(operands[0], binding: precedence)
            for operand in operands.dropFirst() {
                write(" \(symbol.symbol) ")
                expression(operand, binding: precedence + 1)
            }
        case .item:
            accessBase(operands[0])
            write("[")
            expression(operands[1])
            write("]")
        case .like:
            expression(operands[0], binding: precedence)
            write(" \(symbol.symbol) ")
            expression(operands[1], binding: precedence + 1)
            if operands.count > 2 {
                write(" ESCAPE ")
                expression(operands[2], binding: precedence + 1)
            }
        case .between:
            expression(operands[0], binding: precedence)
            let isPlain = symbol == .between || symbol == .notBetween
            write(" \(symbol.symbol)\(isPlain && style == .calcite ? " ASYMMETRIC" : "") ")
            expression(operands[1], binding: precedence + 1)
            write(" AND ")
            expression(operands[2], binding: precedence + 1)
        }
    }

    private mutating func prefixed(_ symbol: SQLOperator, _ operand: Expression) {
        write(symbol.symbol)
        // Two signs in a row would begin a comment.
        var isSigned = false
        if case .operation(let inner) = operand { isSigned = inner.operator.placement == .prefix }
        if symbol == .not || isSigned || style == .calcite { write(" ") }
        expression(operand, binding: symbol.precedence)
    }

    /// What stands before a bracket or a dot.
    private mutating func accessBase(_ base: Expression, isField: Bool = false) {
        let standsAlone: Bool
        switch base {
        case .column: standsAlone = !isField
        case .call(let call): standsAlone = call.filter == nil && call.over == nil
        case .cast, .field, .subquery: standsAlone = true
        case .constructor(let node): standsAlone = node.kind != .row || !node.isImplicit
        case .operation(let node): standsAlone = node.operator == .item
        default: standsAlone = false
        }
        if !standsAlone { write("(") }
        expression(base)
        if !standsAlone { write(")") }
    }

    private mutating func field(_ node: FieldAccess) {
        accessBase(node.base, isField: true)
        write(".")
        name(node.field.name)
    }

    // Values.

    /// A literal.
    mutating func literal(_ value: LiteralValue) {
        switch value {
        case .null: write("NULL")
        case .boolean(let value): write(value ? "TRUE" : "FALSE")
        case .unknown: write("UNKNOWN")
        case .exact(let digits), .approximate(let digits): write(digits)
        case .string(let text, let charset):
            if let charset { write("_\(charset)") }
            string(text)
        case .binary(let bytes):
            write("X'")
            for byte in bytes {
                let digits = String(byte, radix: 16, uppercase: true)
                write(byte < 16 ? "0\(digits)" : digits)
            }
            write("'")
        case .date(let text): prefixed("DATE ", text)
        case .time(let text): prefixed("TIME ", text)
        case .timestamp(let text): prefixed("TIMESTAMP ", text)
        case .timestampWithLocalTimeZone(let text):
            prefixed("TIMESTAMP WITH LOCAL TIME ZONE ", text)
        case .interval(let text, let isNegative, let qualifier):
            prefixed(isNegative ? "INTERVAL -" : "INTERVAL ", text)
            write(" ")
            self.qualifier(qualifier)
        }
    }

    private mutating func prefixed(_ words: String, _ text: String) {
        write(words)
        string(text)
    }

    /// `DAY(3) TO SECOND(6)`.
    mutating func qualifier(_ qualifier: IntervalQualifier) {
        write(qualifier.start.rawValue)
        if let precision = qualifier.startPrecision {
            let fraction = qualifier.end == nil ? qualifier.fractionalPrecision : nil
            write("(\(precision)\(fraction.map { ", \($0)" } ?? ""))")
        }
        guard let end = qualifier.end else { return }
        write(" TO \(end.rawValue)")
        if let fraction = qualifier.fractionalPrecision { write("(\(fraction))") }
    }

    private mutating func interval(_ node: IntervalExpression) {
        switch node.form {
        case .multiple(let operand, let isNegative):
            write(isNegative ? "INTERVAL -" : "INTERVAL ")
            let isPlain = SQLPrinter.isNumberOrColumn(operand)
            write(isPlain ? "" : "(")
            expression(operand)
            write(isPlain ? " " : ") ")
        case .difference(let left, let right):
            let precedence = SQLOperator.minus.precedence
            write("(")
            expression(left, binding: precedence)
            write(" - ")
            expression(right, binding: precedence + 1)
            write(") ")
        }
        qualifier(node.qualifier)
    }

    private static func isNumberOrColumn(_ expression: Expression) -> Bool {
        switch expression {
        case .column: return true
        case .literal(let literal):
            switch literal.value {
            case .exact, .approximate: return true
            default: return false
            }
        default: return false
        }
    }

    private mutating func constructor(_ node: Constructor) {
        switch node.kind {
        case .row:
            write(node.isImplicit && style == .sql ? "(" : "ROW(")
            list(node.elements) { $0.expression($1) }
            write(")")
        case .period:
            write("PERIOD (")
            list(node.elements) { $0.expression($1) }
            write(")")
        case .array, .map, .multiset:
            write("\(node.kind.rawValue)[")
            list(node.elements) { $0.expression($1) }
            write("]")
        }
    }

    /// `CASE`; Calcite has no simple form and always an `ELSE`.
    private mutating func caseExpression(_ node: CaseExpression) {
        write("CASE")
        if let operand = node.operand, style == .sql {
            write(" ")
            expression(operand)
        }
        for branch in node.branches {
            write(" WHEN ")
            if let operand = node.operand, style == .calcite {
                let precedence = SQLOperator.equal.precedence
                list(branch.conditions, separator: " OR ") {
                    $0.expression(operand, binding: precedence)
                    $0.write(" = ")
                    $0.expression($1, binding: precedence + 1)
                }
            } else {
                list(branch.conditions) { $0.expression($1) }
            }
            write(" THEN ")
            expression(branch.result)
        }
        if let otherwise = node.otherwise {
            write(" ELSE ")
            expression(otherwise)
        } else if style == .calcite {
            write(" ELSE NULL")
        }
        write(" END")
    }
}
