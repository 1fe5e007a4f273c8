/// Expressions: operators by precedence.
extension Parser {
    /// Reads an expression whose operators all bind tighter than `minimum`.
    mutating func expression(above minimum: Int = 0) throws(SyntaxError) -> Expression {
        try enter()
        let outer = tallest
        tallest = 0
        var left = try operand()
        var height = tallest + 1
        while let match = infixOperator(above: minimum) {
            let start = left.range
            let place = operatorPlace(match)
            tallest = 0
            left = try apply(match, to: left, from: start, at: place)
            height = max(height, tallest) + 1
            try check(height: height)
        }
        tallest = max(outer, height)
        leave()
        return left
    }

    /// Whether a token can begin an expression: what Calcite's second token of look-ahead asks.
    func startsExpression(_ token: Token) -> Bool {
        switch token.kind {
        case .word: !token.word.traits.contains(.reserved) || startsExpression(word: token.word)
        case .quotedName, .unicodeName, .integer, .decimal, .approximate, .leftParen, .plus, .minus,
            .binaryString, .question, .leftBrace:
            true
        default: token.isString
        }
    }

    private func startsExpression(word: Word) -> Bool {
        if !word.traits.isDisjoint(with: [.function, .contextVariable]) { return true }
        switch word.keyword {
        case .not, .exists, .unique, .case, .cast, .tryCast, .extract, .position, .convert,
            .overlay, .floor, .ceil, .ceiling, .substring, .trim, .row, .array, .multiset, .period,
            .interval, .date, .time, .timestamp, .datetime, .null, .true, .false, .unknown,
            .jsonArray, .jsonArrayagg, .jsonExists, .jsonObject, .jsonObjectagg, .jsonQuery,
            .jsonValue, .cursor, .new, .next, .current:
            return true
        default: return false
        }
    }

    /// Reads an operand with the operators before it.
    private mutating func operand() throws(SyntaxError) -> Expression {
        switch current.kind {
        case .minus: return try prefixed(.negate)
        case .plus: return try prefixed(.positive)
        case .word:
            switch current.keyword {
            case .not: return try prefixed(.not)
            case .exists: return try existential(.exists)
            case .unique: return try existential(.unique)
            default: return try accessed(try primary())
            }
        default: return try accessed(try primary())
        }
    }

    private mutating func prefixed(_ symbol: SQLOperator) throws(SyntaxError) -> Expression {
        let first = index
        advance()
        let place = range(of: tokens[first])
        let operand = try expression(above: symbol.precedence)
        return .operation(
            Operation(
                operator: symbol,
                operands: [operand],
                operatorRange: place,
                range: place.extended(to: operand.range)
            )
        )
    }

    /// `EXISTS (query)`.
    private mutating func existential(_ kind: Subquery.Kind) throws(SyntaxError) -> Expression {
        let first = index
        advance()
        guard current.kind == .leftParen else {
            expect(.symbol(.leftParen))
            throw unexpected()
        }
        let query = try parenthesizedQuery()
        return .subquery(Subquery(kind: kind, query: query, range: range(from: first)))
    }

    /// The fields behind something that is not a name: `(a).b.c`, `f(x).b`.
    private mutating func accessed(_ base: Expression) throws(SyntaxError) -> Expression {
        guard current.kind == .dot else { return base }
        var base = base
        var height = tallest
        let start = base.range
        while current.kind == .dot {
            guard peek().isName else {
                report(2)
                break
            }
            advance()
            let field = try identifier()
            guard current.kind != .leftParen else {
                throw unsupported("A method call", at: tokens[index - 1])
            }
            height += 1
            try check(height: height)
            base = .field(FieldAccess(base: base, field: field, range: range(from: start)))
        }
        tallest = height
        return base
    }

    /// Puts an operator that was found behind its left operand together with the rest.
    private mutating func apply(
        _ match: OperatorMatch,
        to left: Expression,
        from start: SourceRange,
        at place: SourceRange
    ) throws(SyntaxError) -> Expression {
        switch match.shape {
        case .chain(let symbol):
            return try chain(symbol, left, tokens: match.tokens, from: start, at: place)
        case .binary(let symbol):
            advance(by: match.tokens)
            if symbol == .notEqual, tokens[index - 1].kind == .bangEqual { throw bangEqual() }
            let right = try expression(above: symbol.precedence)
            return operation(symbol, [left, right], from: start, at: place)
        case .postfix(let symbol):
            advance(by: match.tokens)
            try acceptEncoding(after: symbol)
            return operation(symbol, [left], from: start, at: place)
        case .incomplete(let words):
            advance(by: match.tokens)
            for word in words { expect(.keyword(word)) }
            throw unexpected()
        case .item: return try item(of: left, from: start, at: place)
        case .between(let isNegated):
            return try between(left, isNegated, tokens: match.tokens, from: start, at: place)
        case .like(let symbol):
            advance(by: match.tokens)
            return try like(symbol, left, from: start, at: place)
        case .in(let isNegated):
            advance(by: match.tokens)
            let set = try inSet()
            return .inPredicate(
                InPredicate(
                    operand: left,
                    isNegated: isNegated,
                    set: set,
                    range: range(from: start)
                )
            )
        case .quantified(let symbol, let isAll):
            if current.kind == .bangEqual { throw bangEqual() }
            advance(by: match.tokens)
            let set = try inSet()
            return .quantified(
                QuantifiedComparison(
                    operand: left,
                    operator: symbol,
                    isAll: isAll,
                    set: set,
                    range: range(from: start)
                )
            )
        }
    }

    /// `a AND b AND c`, as one node.
    private mutating func chain(
        _ symbol: SQLOperator,
        _ left: Expression,
        tokens count: Int,
        from start: SourceRange,
        at place: SourceRange
    ) throws(SyntaxError) -> Expression {
        var operands = [left]
        var place = place
        if case .operation(let node) = left, node.operator == symbol {
            operands = node.operands
            place = node.operatorRange
        }
        repeat {
            advance(by: count)
            operands.append(try expression(above: symbol.precedence))
        } while infixOperator(above: symbol.precedence - 1)?.shape == .chain(symbol)
        return operation(symbol, operands, from: start, at: place)
    }

    private mutating func item(
        of left: Expression,
        from start: SourceRange,
        at place: SourceRange
    ) throws(SyntaxError) -> Expression {
        advance()
        let subscripted = try expression()
        try require(.rightBracket)
        return try accessed(operation(.item, [left, subscripted], from: start, at: place))
    }

    private mutating func between(
        _ left: Expression,
        _ isNegated: Bool,
        tokens count: Int,
        from start: SourceRange,
        at place: SourceRange
    ) throws(SyntaxError) -> Expression {
        advance(by: count)
        let isSymmetric = accept(.symmetric)
        if !isSymmetric { _ = accept(.asymmetric) }
        let lower = try expression(above: SQLOperator.and.precedence)
        try require(.and)
        let upper = try expression(above: Precedence.predicate)
        let symbol: SQLOperator =
            switch (isNegated, isSymmetric) {
            case (false, false): .between
            case (true, false): .notBetween
            case (false, true): .betweenSymmetric
            case (true, true): .notBetweenSymmetric
            }
        return operation(symbol, [left, lower, upper], from: start, at: place)
    }

    private mutating func like(
        _ symbol: SQLOperator,
        _ left: Expression,
        from start: SourceRange,
        at place: SourceRange
    ) throws(SyntaxError) -> Expression {
        var operands = [left, try expression(above: Precedence.predicate)]
        if accept(.escape) { operands.append(try expression(above: Precedence.predicate)) }
        return operation(symbol, operands, from: start, at: place)
    }

    private mutating func inSet() throws(SyntaxError) -> InSet {
        try require(.leftParen)
        let first = try queryOrExpression()
        if let query = first.query, current.kind != .comma {
            try require(.rightParen)
            return .query(query)
        }
        var elements = [first.expression]
        while accept(.comma) { elements.append(try expression()) }
        try require(.rightParen)
        return .list(elements)
    }

    private func operation(
        _ symbol: SQLOperator,
        _ operands: [Expression],
        from start: SourceRange,
        at place: SourceRange
    ) -> Expression {
        .operation(
            Operation(
                operator: symbol,
                operands: operands,
                operatorRange: place,
                range: operands.dropFirst().isEmpty || symbol == .item
                    ? range(from: start)
                    : start.extended(to: operands[operands.count - 1].range)
            )
        )
    }

    private func bangEqual() -> SyntaxError {
        let token = current.kind == .bangEqual ? current : tokens[index - 1]
        return error(
            "Bang equal '!=' is not allowed under the current SQL conformance level",
            advice: "Write <> instead of !=.",
            at: range(of: token)
        )
    }

    /// `FORMAT JSON [ENCODING UTF8]`.
    private mutating func acceptEncoding(after symbol: SQLOperator) throws(SyntaxError) {
        guard symbol == .formatJSON, accept(.encoding) else { return }
        let name = try identifier()
        guard ["UTF8", "UTF16", "UTF32"].contains(name.name.uppercased()) else {
            throw error("Unknown encoding '\(name.name)'", at: name.range)
        }
    }

    private func operatorPlace(_ match: OperatorMatch) -> SourceRange {
        range(of: current).extended(to: range(of: peek(match.tokens - 1)))
    }
}
