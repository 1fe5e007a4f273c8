/// Calls of functions in the ordinary syntax.
extension Parser {
    /// Reads the parentheses behind a function's name, and what follows them.
    mutating func functionCall(
        _ name: QualifiedName,
        from first: Int
    ) throws(SyntaxError) -> FunctionCall {
        try require(.leftParen)
        var parts = CallParts()
        if current.kind == .star, peek().kind == .rightParen {
            let place = range(of: current)
            advance()
            let star = Expression.star(Star(qualifier: nil, range: place))
            parts.arguments = [
                FunctionArgument(name: nil, value: .expression(star), range: place)
            ]
        } else if current.kind != .rightParen {
            try readArguments(into: &parts)
        } else {
            expect(.expression)
        }
        try require(.rightParen)
        return try finishedCall(name, .plain, parts, from: first)
    }

    /// What is read of a call before it is put together.
    struct CallParts {
        var quantifier: FunctionCall.Quantifier?
        var arguments: [FunctionArgument] = []
        var json: JSONClauses?
        var nullTreatment: FunctionCall.NullTreatment?
        var order: [OrderItem] = []
    }

    private mutating func readArguments(into parts: inout CallParts) throws(SyntaxError) {
        if accept(.distinct) {
            parts.quantifier = .distinct
        } else if accept(.all) {
            parts.quantifier = .all
        }
        parts.arguments.append(try argument(isFirst: true))
        while accept(.comma) { parts.arguments.append(try argument(isFirst: false)) }
        if let treatment = nullTreatment() { parts.nullTreatment = treatment }
        if isAt(.order) { parts.order = try orderBy() }
    }

    /// `IGNORE NULLS` or `RESPECT NULLS`.
    private mutating func nullTreatment() -> FunctionCall.NullTreatment? {
        if accept(.ignore, .nulls) { return .ignore }
        if accept(.respect, .nulls) { return .respect }
        return nil
    }

    /// Reads what may follow the parentheses of any call.
    mutating func finishedCall(
        _ name: QualifiedName,
        _ form: FunctionCall.Form,
        _ parts: CallParts,
        from first: Int
    ) throws(SyntaxError) -> FunctionCall {
        let place = range(from: first)
        var parts = parts
        if let treatment = nullTreatment() { parts.nullTreatment = treatment }
        if accept(.within) {
            guard !isAt(.distinct) else { throw unsupported("WITHIN DISTINCT", at: current) }
            try require(.group)
            try require(.leftParen)
            guard isAt(.order) else { throw unexpected() }
            parts.order = try orderBy()
            try require(.rightParen)
        }
        var filter: Expression?
        if accept(.filter) {
            try require(.leftParen)
            try require(.where)
            filter = try expression()
            try require(.rightParen)
        }
        let over = try overClause()
        return FunctionCall(
            name: name,
            form: form,
            quantifier: parts.quantifier,
            arguments: parts.arguments,
            json: parts.json,
            nullTreatment: parts.nullTreatment,
            order: parts.order,
            filter: filter,
            over: over,
            range: place
        )
    }

    /// A call without parentheses, after its name.
    func bareCall(_ name: QualifiedName) -> FunctionCall {
        FunctionCall(
            name: name,
            form: .bare,
            quantifier: nil,
            arguments: [],
            json: nil,
            nullTreatment: nil,
            order: [],
            filter: nil,
            over: nil,
            range: name.range
        )
    }

    /// Reads `x`, `name => x`, `TABLE t`, a query, or `DEFAULT`.
    private mutating func argument(isFirst: Bool) throws(SyntaxError) -> FunctionArgument {
        let first = index
        var name: Identifier?
        if current.isName, peek().kind == .namedArgument {
            name = try identifier()
            advance()
        }
        let value = try argumentValue(isFirst: isFirst)
        return FunctionArgument(name: name, value: value, range: range(from: first))
    }

    private mutating func argumentValue(isFirst: Bool) throws(SyntaxError) -> ArgumentValue {
        if accept(.default) { return .defaultValue }
        let first = index
        if current.keyword == .table {
            advance()
            let table = try qualifiedName()
            return .table(try tableArgument(.table(table), from: first))
        }
        let value = isFirst ? try queryOrExpression() : .row(try expression())
        guard current.keyword == .partition || current.keyword == .order && value.query != nil
        else {
            return .expression(value.expression)
        }
        guard let query = value.query else { throw unexpected() }
        return .table(try tableArgument(.query(query), from: first))
    }

    /// `PARTITION BY … ORDER BY …` behind a table argument.
    private mutating func tableArgument(
        _ source: TableArgument.Source,
        from first: Int
    ) throws(SyntaxError) -> TableArgument {
        var keys: [Expression] = []
        if accept(.partition) {
            try require(.by)
            keys = try partitionKeys()
        }
        var order: [OrderItem] = []
        if accept(.order) {
            try require(.by)
            order = try tableOrder()
        }
        return TableArgument(
            source: source,
            partitionBy: keys,
            orderBy: order,
            range: range(from: first)
        )
    }

    /// `a` or `(a, b)`.
    private mutating func partitionKeys() throws(SyntaxError) -> [Expression] {
        let names: [Identifier]
        if current.kind == .leftParen {
            names = try parenthesizedNames()
        } else {
            expect(.symbol(.leftParen))
            names = [try identifier()]
        }
        return names.map { .column(QualifiedName(parts: [$0], range: $0.range)) }
    }

    /// `a DESC` or `(a DESC, b)`.
    private mutating func tableOrder() throws(SyntaxError) -> [OrderItem] {
        guard accept(.leftParen) else { return [try orderItem()] }
        var items = [try orderItem()]
        while acceptCommaBeforeExpression() { items.append(try orderItem()) }
        try require(.rightParen)
        return items
    }
}
