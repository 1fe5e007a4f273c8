/// Operands: names, literals, calls and what stands in brackets.
extension Parser {
    /// Reads an operand without the operators around it.
    mutating func primary() throws(SyntaxError) -> Expression {
        switch current.kind {
        case .integer, .decimal, .approximate, .binaryString: return .literal(try literal())
        case .leftParen: return try parenthesized()
        case .quotedName, .unicodeName: return try nameOrCall()
        case .word: return try word()
        case .question: throw unsupported("A dynamic parameter '?'", at: current)
        case .leftBrace: throw unsupported("The JDBC escape '{'", at: current)
        default:
            if current.isString { return .literal(try literal()) }
            expect(.expression)
            throw unexpected()
        }
    }

    /// Whether a reserved word can begin an operand with a token behind it: Calcite looks two
    /// tokens ahead here, and names both if not.
    func fits(_ token: Token, after word: Token) -> Bool {
        guard word.kind == .word, word.word.traits.contains(.reserved) else { return true }
        if token.kind == .leftParen || word.word.traits.contains(.contextVariable) { return true }
        switch word.keyword {
        case .date, .time: return token.isString
        case .timestamp: return token.isString || token.keyword == .with
        case .interval:
            return startsExpression(token) && token.kind != .binaryString
        case .case: return startsExpression(token) || token.keyword == .when
        case .array, .multiset: return token.kind == .leftBracket
        case .cast, .tryCast, .period: return false
        default:
            let isSpecial = word.keyword.map(Parser.isSpecial) == true
            return !isSpecial && !word.word.traits.contains(.function)
        }
    }

    /// What begins with an unquoted word.
    private mutating func word() throws(SyntaxError) -> Expression {
        guard fits(peek(), after: current) else {
            report(2)
            expect(.expression)
            throw unexpected()
        }
        let next = peek().kind
        switch current.keyword {
        case .null, .true, .false, .unknown: return .literal(try literal())
        case .date where peek().isString, .time where peek().isString,
            .timestamp where peek().isString || peek().keyword == .with:
            return .literal(try literal())
        case .interval: return try interval()
        case .case: return try caseExpression()
        case .cast: return try cast(isTry: false)
        case .tryCast: return try cast(isTry: true)
        case .row: return try rowConstructor()
        case .array: return try collection(.array, query: .array)
        case .multiset: return try collection(.multiset, query: .multiset)
        case .map where next == .leftBracket || next == .leftParen && startsQuery(peek(2)):
            return try collection(.map, query: .map)
        case .period: return try period()
        case .cursor, .new, .next, .current:
            if current.keyword == .current || current.keyword == .next {
                guard peek().keyword == .value else { break }
            }
            throw unsupported(statement.script.text(current.offsets), at: current)
        default: break
        }
        if let call = try specialCall() { return .call(call) }
        return try nameOrCall()
    }

    /// A name, `t.*`, a function call or a function without parentheses.
    private mutating func nameOrCall() throws(SyntaxError) -> Expression {
        let first = index
        let word = current.word
        if word.traits.contains(.contextVariable), peek().kind != .leftParen {
            let name = reservedName()
            return .call(bareCall(name))
        }
        if word.traits.contains(.reserved) {
            guard word.traits.contains(.function) else {
                expect(.expression)
                throw unexpected()
            }
            let name = reservedName()
            return .call(try functionCall(name, from: first))
        }
        let name = try qualifiedName()
        if current.kind == .leftParen { return .call(try functionCall(name, from: first)) }
        if current.kind == .dot, peek().kind == .star {
            advance(by: 2)
            return .star(Star(qualifier: name, range: range(from: first)))
        }
        expect(.symbol(.leftParen))
        return .column(name)
    }

    /// The next token, a reserved word, as the name of a function.
    mutating func reservedName() -> QualifiedName {
        let token = current
        advance()
        let text = statement.script.text(token.offsets)
        let part = Identifier(name: text, isQuoted: false, range: range(of: token))
        return QualifiedName(parts: [part], range: part.range)
    }

    /// `(expression)`, `(a, b)` or `(query)`.
    private mutating func parenthesized() throws(SyntaxError) -> Expression {
        let first = index
        advance()
        let inner = try queryOrExpression()
        if let query = inner.query, current.kind != .comma {
            try require(.rightParen)
            // As in Calcite the parentheses do not count.
            return .subquery(Subquery(kind: .scalar, query: query, range: query.range))
        }
        var elements = [inner.expression]
        while accept(.comma) { elements.append(try expression()) }
        try require(.rightParen)
        if let difference = try timeDifference(elements, from: first) { return difference }
        guard elements.count > 1 else { return elements[0] }
        return .constructor(
            Constructor(
                kind: .row,
                elements: elements,
                isImplicit: true,
                range: range(from: first)
            )
        )
    }

    /// The unit behind `(a - b)`, if it is next.
    private mutating func timeDifference(
        _ elements: [Expression],
        from first: Int
    ) throws(SyntaxError) -> Expression? {
        guard Parser.intervalUnit(current.keyword) != nil else { return nil }
        guard elements.count == 1, case .operation(let node) = elements[0],
            node.operator == .minus
        else {
            // Words that may be names are aliases.
            guard !current.isName else { return nil }
            throw error(
                "A time unit can follow a difference in parentheses only: '(a - b) DAY'",
                at: range(from: first)
            )
        }
        let qualifier = try intervalQualifier()
        return .interval(
            IntervalExpression(
                form: .difference(node.operands[0], node.operands[1]),
                qualifier: qualifier,
                range: range(from: first)
            )
        )
    }

    /// `ROW(a, b)`.
    private mutating func rowConstructor() throws(SyntaxError) -> Expression {
        let first = index
        advance()
        try require(.leftParen)
        let elements = try list { (parser) throws(SyntaxError) in try parser.queryOrExpression() }
        try require(.rightParen)
        return .constructor(
            Constructor(
                kind: .row,
                elements: elements.map(\.expression),
                isImplicit: false,
                range: range(from: first)
            )
        )
    }

    /// `ARRAY[…]` or `ARRAY(query)`, and the same for maps and multisets.
    private mutating func collection(
        _ kind: Constructor.Kind,
        query queryKind: Subquery.Kind
    ) throws(SyntaxError) -> Expression {
        let first = index
        advance()
        if current.kind == .leftParen {
            let query = try parenthesizedQuery()
            return .subquery(Subquery(kind: queryKind, query: query, range: range(from: first)))
        }
        expect(.symbol(.leftParen))
        try require(.leftBracket)
        var elements: [Expression] = []
        if kind == .multiset || current.kind != .rightBracket {
            elements.append(try expression())
            while acceptCommaBeforeExpression() { elements.append(try expression()) }
        }
        try require(.rightBracket)
        return .constructor(
            Constructor(
                kind: kind,
                elements: elements,
                isImplicit: false,
                range: range(from: first)
            )
        )
    }

    /// `PERIOD (a, b)`.
    private mutating func period() throws(SyntaxError) -> Expression {
        let first = index
        advance()
        try require(.leftParen)
        let start = try expression()
        try require(.comma)
        let end = try expression()
        try require(.rightParen)
        return .constructor(
            Constructor(
                kind: .period,
                elements: [start, end],
                isImplicit: false,
                range: range(from: first)
            )
        )
    }

    private mutating func caseExpression() throws(SyntaxError) -> Expression {
        let first = index
        advance()
        var operand: Expression?
        if !isAt(.when) { operand = try expression() }
        var branches: [CaseBranch] = []
        while accept(.when) {
            var conditions = [try expression()]
            while acceptCommaBeforeExpression() { conditions.append(try expression()) }
            try require(.then)
            branches.append(CaseBranch(conditions: conditions, result: try expression()))
        }
        guard !branches.isEmpty else { throw unexpected() }
        var otherwise: Expression?
        if accept(.else) { otherwise = try expression() }
        try require(.end)
        return .caseWhen(
            CaseExpression(
                operand: operand,
                branches: branches,
                otherwise: otherwise,
                range: range(from: first)
            )
        )
    }

    private mutating func cast(isTry: Bool) throws(SyntaxError) -> Expression {
        let first = index
        advance()
        try require(.leftParen)
        let operand = try expression()
        try require(.as)
        let type = try dataType(allowsNullability: false)
        try require(.rightParen)
        return .cast(
            CastExpression(operand: operand, type: type, isTry: isTry, range: range(from: first))
        )
    }
}
