import Core

/// What stands in parentheses where both a query and an expression may stand.
indirect enum QueryOrExpression {
    case query(Query)
    case row(Expression)

    /// The query as a value.
    var expression: Expression {
        switch self {
        case .query(let query):
            .subquery(Subquery(kind: .scalar, query: query, range: query.range))
        case .row(let expression): expression
        }
    }

    /// The query, in parentheses or not.
    var query: Query? {
        switch self {
        case .query(let query): return query
        case .row(.subquery(let subquery)) where subquery.kind == .scalar: return subquery.query
        case .row: return nil
        }
    }
}

/// Queries: `WITH`, set operations, `VALUES`, `ORDER BY` and `LIMIT`.
extension Parser {
    /// Whether a token begins a query that is not in parentheses.
    func startsQuery(_ token: Token) -> Bool {
        switch token.keyword {
        case .select, .with, .values, .table: true
        default: false
        }
    }

    /// Reads a query or an expression; `(SELECT …) UNION …` is known to be a query by its second
    /// part.
    mutating func queryOrExpression() throws(SyntaxError) -> QueryOrExpression {
        if startsQuery(current) { return .query(try query()) }
        expect(.keyword(.select))
        let first = index
        let value = QueryOrExpression.row(try expression())
        guard tokens[first].kind == .leftParen, let inner = value.query else { return value }
        return try continuedQuery(inner, from: first).map { .query($0) } ?? value
    }

    /// Reads what follows a query in parentheses, if that makes a greater query of it.
    mutating func continuedQuery(
        _ first: Query,
        from start: Int
    ) throws(SyntaxError) -> Query? {
        guard continuesQuery() else { return nil }
        let body = try setOperations(after: Parser.body(of: first))
        return try finishedQuery([], body, from: range(of: tokens[start]))
    }

    /// Reads `(query)`.
    mutating func parenthesizedQuery() throws(SyntaxError) -> Query {
        try require(.leftParen)
        let query = try query()
        try require(.rightParen)
        return query
    }

    /// Reads a query.
    mutating func query() throws(SyntaxError) -> Query {
        try enter()
        let start = range(of: current)
        let with = try withList()
        let body = try setOperations(after: try leafQuery())
        let query = try finishedQuery(with, body, from: start)
        leave()
        return query
    }

    private func continuesQuery() -> Bool {
        switch current.keyword {
        case .union, .except, .intersect, .order, .limit, .offset, .fetch: true
        default: false
        }
    }

    /// A query in parentheses as a part of another.
    private static func body(of query: Query) -> QueryBody {
        let isBare =
            query.with.isEmpty && query.orderBy.isEmpty && query.offset == nil && query.limit == nil
        return isBare ? query.body : .nested(query)
    }

    private mutating func withList() throws(SyntaxError) -> [CommonTableExpression] {
        guard accept(.with) else { return [] }
        if current.keyword == .recursive { throw unsupported("WITH RECURSIVE", at: current) }
        return try list { (parser) throws(SyntaxError) in
            let first = parser.index
            let name = try parser.identifier()
            var columns: [Identifier] = []
            if parser.current.kind == .leftParen {
                columns = try parser.parenthesizedNames()
            } else {
                parser.expect(.symbol(.leftParen))
            }
            try parser.require(.as)
            let query = try parser.parenthesizedQuery()
            return CommonTableExpression(
                name: name,
                columns: columns,
                query: query,
                range: parser.range(from: first)
            )
        }
    }

    /// `SELECT …`, `VALUES …`, `TABLE t` or `(query)`.
    private mutating func leafQuery() throws(SyntaxError) -> QueryBody {
        switch current.keyword {
        case .select: return .select(try select())
        case .values: return .values(try valuesClause())
        case .table:
            advance()
            return .table(try qualifiedName())
        default: break
        }
        if current.kind == .leftParen { return Parser.body(of: try parenthesizedQuery()) }
        for keyword in [Keyword.select, .values, .table, .with] { expect(.keyword(keyword)) }
        guard !startsExpression(current) else { throw notAQuery(among: ["SELECT", "VALUES"]) }
        expect(.expression)
        throw unexpected()
    }

    /// What Flink says of an expression where a query or statement should be.
    func notAQuery(among words: [String]) -> SyntaxError {
        let hint = NearestName.find(statement.script.text(current.offsets), in: words)
        return error(
            "Non-query expression encountered in illegal context",
            advice: hint.map {
                "'\(statement.script.text(current.offsets))' is probably meant to be \($0)."
            },
            at: range(of: current)
        )
    }

    private mutating func valuesClause() throws(SyntaxError) -> ValuesClause {
        let first = index
        advance()
        var rows = [try valuesRow()]
        while acceptCommaBeforeExpression() { rows.append(try valuesRow()) }
        return ValuesClause(rows: rows, range: range(from: first))
    }

    /// `(1, 'a')`, `ROW(1, 'a')`, or a value without parentheses.
    private mutating func valuesRow() throws(SyntaxError) -> ValuesRow {
        let first = index
        let hasRow = current.keyword == .row
        guard hasRow || current.kind == .leftParen else {
            let value = try expression()
            return ValuesRow(values: [value], range: value.range)
        }
        if hasRow { advance() }
        if !hasRow, peek().keyword == .row, peek(2).kind == .leftParen {
            advance()
            let row = try valuesRow()
            try require(.rightParen)
            return ValuesRow(values: row.values, range: range(from: first))
        }
        try require(.leftParen)
        if isAt(.default) { throw unsupported("DEFAULT in VALUES", at: current) }
        var values = [try queryOrExpression().expression]
        while accept(.comma) {
            if isAt(.default) { throw unsupported("DEFAULT in VALUES", at: current) }
            values.append(try expression())
        }
        try require(.rightParen)
        return ValuesRow(values: values, range: range(from: first))
    }

    // Set operations.

    /// A set operation while its inputs are collected.
    private struct PendingSet {
        let kind: SetOperation.Kind
        let isAll: Bool
        var inputs: [QueryBody]
        var places: [SourceRange]

        var body: QueryBody {
            let start = inputs[0].range
            return .setOperation(
                SetOperation(
                    kind: kind,
                    isAll: isAll,
                    inputs: inputs,
                    operatorRanges: places,
                    range: start.extended(to: inputs[inputs.count - 1].range)
                )
            )
        }
    }

    /// Reads the set operations behind a query; `INTERSECT` binds tighter than the others.
    private mutating func setOperations(
        after first: QueryBody,
        tighter: Bool = false
    ) throws(SyntaxError) -> QueryBody {
        let outer = tallest
        var height = tallest + 1
        var left = tighter ? first : try setOperations(after: first, tighter: true)
        var pending: PendingSet?
        while let (kind, isAll, place) = acceptSetOperator(tighter: tighter) {
            tallest = 0
            var right = try leafQuery()
            if !tighter { right = try setOperations(after: right, tighter: true) }
            height = max(height, tallest + 1)
            if let open = pending, open.kind == kind, open.isAll == isAll {
                pending?.inputs.append(right)
                pending?.places.append(place)
                continue
            }
            if let open = pending { left = open.body }
            pending = PendingSet(kind: kind, isAll: isAll, inputs: [left, right], places: [place])
            height += 1
            try check(height: height)
        }
        tallest = max(outer, height)
        return pending?.body ?? left
    }

    private mutating func acceptSetOperator(
        tighter: Bool
    ) -> (kind: SetOperation.Kind, isAll: Bool, place: SourceRange)? {
        let first = index
        let kind: SetOperation.Kind
        if tighter {
            guard accept(.intersect) else { return nil }
            kind = .intersect
        } else if accept(.union) {
            kind = .union
        } else if accept(.except) {
            kind = .except
        } else {
            return nil
        }
        let isAll = accept(.all)
        if !isAll { _ = accept(.distinct) }
        return (kind, isAll, range(from: first))
    }

    // ORDER BY and LIMIT.

    /// Reads what may follow a query's body.
    private mutating func finishedQuery(
        _ with: [CommonTableExpression],
        _ body: QueryBody,
        from start: SourceRange
    ) throws(SyntaxError) -> Query {
        let order = isAt(.order) ? try orderBy() : []
        var offset: Literal?
        var limit: Literal?
        if accept(.limit) {
            limit = try limitCount()
            if accept(.offset) { offset = try offsetCount() }
        } else if accept(.offset) {
            offset = try offsetCount()
            if isAt(.limit) {
                throw error(
                    "'OFFSET start LIMIT count' is not allowed under the current SQL conformance"
                        + " level",
                    at: range(of: current)
                )
            }
            if isAt(.fetch) { limit = try fetchCount() }
        } else if isAt(.fetch) {
            limit = try fetchCount()
        }
        let end = range(from: start)
        return Query(
            with: with,
            body: body,
            orderBy: order,
            offset: offset,
            limit: limit,
            range: with.isEmpty && order.isEmpty && offset == nil && limit == nil
                ? body.range : end
        )
    }

    private mutating func limitCount() throws(SyntaxError) -> Literal? {
        if accept(.all) { return nil }
        let count = try unsignedNumber()
        guard current.kind != .comma else {
            throw error(
                "'LIMIT start, count' is not allowed under the current SQL conformance level",
                advice: "Write LIMIT count OFFSET start.",
                at: range(of: current)
            )
        }
        return count
    }

    private mutating func offsetCount() throws(SyntaxError) -> Literal {
        let count = try unsignedNumber()
        if !accept(.row) { _ = accept(.rows) }
        return count
    }

    private mutating func fetchCount() throws(SyntaxError) -> Literal {
        try require(.fetch)
        _ = try require(oneOf: .first, .next)
        let count = try unsignedNumber()
        _ = try require(oneOf: .row, .rows)
        try require(.only)
        return count
    }

    private mutating func unsignedNumber() throws(SyntaxError) -> Literal {
        switch current.kind {
        case .integer, .decimal, .approximate: return try literal()
        default:
            expect(.text("a number"))
            throw unexpected()
        }
    }

    /// Reads `ORDER BY …`.
    mutating func orderBy() throws(SyntaxError) -> [OrderItem] {
        try require(.order)
        try require(.by)
        var items = [try orderItem()]
        while acceptCommaBeforeExpression() { items.append(try orderItem()) }
        return items
    }

    /// Reads `x [ASC|DESC] [NULLS FIRST|LAST]`.
    mutating func orderItem() throws(SyntaxError) -> OrderItem {
        let first = index
        let expression = try expression()
        let isDescending = accept(.desc)
        if !isDescending { _ = accept(.asc) }
        var nullsFirst: Bool?
        if accept(.nulls, .first) {
            nullsFirst = true
        } else if accept(.nulls, .last) {
            nullsFirst = false
        }
        return OrderItem(
            expression: expression,
            isDescending: isDescending,
            nullsFirst: nullsFirst,
            range: range(from: first)
        )
    }
}
