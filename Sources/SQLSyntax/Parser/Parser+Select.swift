/// `SELECT` and its clauses.
extension Parser {
    /// Reads `SELECT …` without `ORDER BY`.
    mutating func select() throws(SyntaxError) -> Select {
        let first = index
        try require(.select)
        let hints = try hints()
        if isAt(.stream) { throw unsupported("SELECT STREAM", at: current) }
        let isDistinct = accept(.distinct)
        if !isDistinct { _ = accept(.all) }
        let firstItem = index
        let items = try list { (parser) throws(SyntaxError) in try parser.selectItem() }
        let itemsRange = range(from: firstItem)
        var clauses = SelectClauses()
        if accept(.from) { try readClauses(into: &clauses) }
        return Select(
            hints: hints,
            isDistinct: isDistinct,
            items: items,
            from: clauses.from,
            where: clauses.where,
            groupBy: clauses.groupBy,
            having: clauses.having,
            windows: clauses.windows,
            qualify: clauses.qualify,
            itemsRange: itemsRange,
            range: range(from: first)
        )
    }

    /// The clauses from `FROM` on, while they are read.
    private struct SelectClauses {
        var from: TableReference?
        var `where`: Expression?
        var groupBy: GroupBy?
        var having: Expression?
        var windows: [NamedWindow] = []
        var qualify: Expression?
    }

    private mutating func readClauses(into clauses: inout SelectClauses) throws(SyntaxError) {
        clauses.from = try fromClause()
        if accept(.where) { clauses.where = try expression() }
        if isAt(.group) { clauses.groupBy = try groupBy() }
        if accept(.having) { clauses.having = try expression() }
        if accept(.window) { clauses.windows = try windowClause() }
        if accept(.qualify) { clauses.qualify = try expression() }
    }

    private mutating func selectItem() throws(SyntaxError) -> SelectItem {
        let first = index
        if current.kind == .star {
            advance()
            let star = Star(qualifier: nil, range: range(from: first))
            return SelectItem(expression: .star(star), alias: nil, range: star.range)
        }
        expect(.symbol(.star))
        let expression = try expression()
        let isNamed = accept(.as)
        if current.kind == .string {
            throw error(
                "Expecting alias, found character literal",
                advice: "Names stand between back quotes, strings between single quotes.",
                at: range(of: current)
            )
        }
        let alias = isNamed ? try identifier() : try acceptIdentifier()
        return SelectItem(expression: expression, alias: alias, range: range(from: first))
    }

    // GROUP BY.

    private mutating func groupBy() throws(SyntaxError) -> GroupBy {
        let first = index
        try require(.group)
        try require(.by)
        let isDistinct = accept(.distinct)
        if !isDistinct { _ = accept(.all) }
        let elements = try groupingElements()
        return GroupBy(isDistinct: isDistinct, elements: elements, range: range(from: first))
    }

    private mutating func groupingElements() throws(SyntaxError) -> [GroupingElement] {
        var elements = [try groupingElement()]
        while acceptComma(before: startsGroupingElement(peek())) {
            elements.append(try groupingElement())
        }
        return elements
    }

    private func startsGroupingElement(_ token: Token) -> Bool {
        token.keyword == .rollup || token.keyword == .cube || startsExpression(token)
    }

    private mutating func groupingElement() throws(SyntaxError) -> GroupingElement {
        if accept(.grouping, .sets) {
            try enter()
            try require(.leftParen)
            let elements = try groupingElements()
            try require(.rightParen)
            leave()
            return .groupingSets(elements)
        }
        if accept(.rollup) { return .rollup(try parenthesizedExpressions()) }
        if accept(.cube) { return .cube(try parenthesizedExpressions()) }
        if current.kind == .leftParen, peek().kind == .rightParen {
            advance(by: 2)
            return .empty
        }
        return .expression(try expression())
    }

    private mutating func parenthesizedExpressions() throws(SyntaxError) -> [Expression] {
        try require(.leftParen)
        var expressions = [try expression()]
        while acceptCommaBeforeExpression() { expressions.append(try expression()) }
        try require(.rightParen)
        return expressions
    }

    // Windows.

    private mutating func windowClause() throws(SyntaxError) -> [NamedWindow] {
        var windows: [NamedWindow] = []
        repeat {
            let name = try identifier()
            try require(.as)
            windows.append(NamedWindow(name: name, window: try windowSpecification()))
        } while acceptComma(before: peek().isName)
        return windows
    }

    /// Reads `OVER name` or `OVER (…)`, if it is next.
    mutating func overClause() throws(SyntaxError) -> OverClause? {
        guard accept(.over) else { return nil }
        if let name = try acceptIdentifier() { return .named(name) }
        return .inline(try windowSpecification())
    }

    private mutating func windowSpecification() throws(SyntaxError) -> WindowSpecification {
        let first = index
        try require(.leftParen)
        let base = try acceptIdentifier()
        var partitionBy: [Expression] = []
        if accept(.partition) {
            try require(.by)
            partitionBy.append(try expression())
            while acceptCommaBeforeExpression() { partitionBy.append(try expression()) }
        }
        let order = isAt(.order) ? try orderBy() : []
        let frame = try windowFrame()
        try require(.rightParen)
        return WindowSpecification(
            base: base,
            partitionBy: partitionBy,
            orderBy: order,
            frame: frame,
            range: range(from: first)
        )
    }

    private mutating func windowFrame() throws(SyntaxError) -> WindowFrame? {
        let first = index
        let unit: WindowFrame.Unit
        if accept(.rows) {
            unit = .rows
        } else if accept(.range) {
            unit = .range
        } else {
            return nil
        }
        guard accept(.between) else {
            let start = try frameBound()
            return WindowFrame(unit: unit, start: start, end: nil, range: range(from: first))
        }
        let start = try frameBound()
        try require(.and)
        let end = try frameBound()
        return WindowFrame(unit: unit, start: start, end: end, range: range(from: first))
    }

    private mutating func frameBound() throws(SyntaxError) -> WindowFrame.Bound {
        if accept(.current, .row) { return .currentRow }
        if accept(.unbounded, .preceding) { return .unboundedPreceding }
        if accept(.unbounded, .following) { return .unboundedFollowing }
        // The bound ends before the AND of BETWEEN.
        let amount = try expression(above: SQLOperator.and.precedence)
        return try require(oneOf: .preceding, .following) == .preceding
            ? .preceding(amount) : .following(amount)
    }

    // Hints.

    /// Reads `/*+ NAME(…), … */`, if it is next.
    mutating func hints() throws(SyntaxError) -> [Hint] {
        guard current.kind == .hintStart else { return [] }
        advance()
        let hints = try list { (parser) throws(SyntaxError) in try parser.hint() }
        try require(.commentEnd)
        return hints
    }

    private mutating func hint() throws(SyntaxError) -> Hint {
        let first = index
        let name = try identifier()
        var options = Hint.Options.none
        if accept(.leftParen) {
            if current.kind != .rightParen { options = try hintOptions() }
            try require(.rightParen)
        }
        return Hint(name: name, options: options, range: range(from: first))
    }

    private mutating func hintOptions() throws(SyntaxError) -> Hint.Options {
        if peek().kind == .equal {
            return .pairs(
                try list { (parser) throws(SyntaxError) in
                    let key = try parser.hintKey()
                    try parser.require(.equal)
                    return HintPair(key: key, value: try parser.quotedText())
                }
            )
        }
        if current.isName {
            return .names(try list { (parser) throws(SyntaxError) in try parser.identifier() })
        }
        return .literals(
            try list { (parser) throws(SyntaxError) in
                guard
                    parser.current.isString || parser.current.kind == .integer
                        || parser.current.kind == .decimal || parser.current.kind == .approximate
                else {
                    parser.expect(.text("a hint option"))
                    throw parser.unexpected()
                }
                return try parser.literal()
            }
        )
    }

    private mutating func hintKey() throws(SyntaxError) -> QuotedText {
        guard current.isName else { return try quotedText() }
        let name = try identifier()
        return QuotedText(text: name.name, range: name.range)
    }
}
