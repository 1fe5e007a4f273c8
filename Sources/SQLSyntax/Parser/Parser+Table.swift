/// `FROM` clauses.
extension Parser {
    /// Reads the tables and joins behind `FROM`.
    mutating func fromClause() throws(SyntaxError) -> TableReference {
        try joinedTables(allowsComma: true)
    }

    private mutating func joinedTables(
        allowsComma: Bool
    ) throws(SyntaxError) -> TableReference {
        let outer = tallest
        tallest = 0
        var left = try tableFactor()
        var height = tallest + 1
        while let operation = joinOperator(allowsComma: allowsComma) {
            let start = left.range
            let place = range(of: current).extended(to: range(of: peek(operation.tokens - 1)))
            advance(by: operation.tokens)
            tallest = 0
            let right = try tableFactor()
            let condition = operation.kind == .comma ? .none : try joinCondition()
            height = max(height, tallest) + 1
            try check(height: height)
            left = .join(
                JoinClause(
                    left: left,
                    right: right,
                    kind: operation.kind,
                    isNatural: operation.isNatural,
                    condition: condition,
                    operatorRange: place,
                    range: range(from: start)
                )
            )
        }
        tallest = max(outer, height)
        return left
    }

    private struct JoinOperator {
        let kind: JoinClause.Kind
        var isNatural = false
        var tokens = 1
    }

    /// The join that the next tokens are.
    ///
    /// If they are none, or if no table can follow, it is the first of them that is reported, as
    /// Calcite looks ahead.
    private mutating func joinOperator(allowsComma: Bool) -> JoinOperator? {
        if allowsComma, current.kind == .comma {
            guard startsTable(peek()) else {
                report(2)
                return nil
            }
            return JoinOperator(kind: .comma)
        }
        if allowsComma { expect(.symbol(.comma)) }
        let isNatural = isAt(.natural)
        var count = isNatural ? 1 : 0
        let kind: JoinClause.Kind
        switch peek(count).keyword {
        case .join: kind = .inner
        case .inner: kind = .inner
        case .cross: kind = .cross
        case .left: kind = .left
        case .right: kind = .right
        case .full: kind = .full
        default:
            if isNatural { report(2) }
            for word in [Keyword.join, .inner, .left, .right, .full, .cross] {
                expect(.keyword(word))
            }
            return nil
        }
        if peek(count).keyword != .join {
            count += 1
            let isOneSided = kind == .left || kind == .right || kind == .full
            if isOneSided, peek(count).keyword == .outer { count += 1 }
        }
        guard peek(count).keyword == .join, count >= 2 || startsTable(peek(count + 1)) else {
            report(peek(count).keyword == .join ? count + 2 : count + 1)
            return nil
        }
        return JoinOperator(kind: kind, isNatural: isNatural, tokens: count + 1)
    }

    private func startsTable(_ token: Token) -> Bool {
        if token.isName || token.kind == .leftParen { return true }
        switch token.keyword {
        case .lateral, .unnest, .table: return true
        default: return false
        }
    }

    private mutating func joinCondition() throws(SyntaxError) -> JoinClause.Condition {
        // ON CONFLICT belongs to the INSERT around the query.
        let isConflict = peek().keyword == .conflict && peek(2).keyword == .do
        if !isConflict, accept(.on) { return .on(try expression()) }
        if accept(.using) { return .using(try parenthesizedNames()) }
        return .none
    }

    // One table.

    private mutating func tableFactor() throws(SyntaxError) -> TableReference {
        let first = index
        let isLateral = accept(.lateral)
        var table: TableReference
        switch current.keyword {
        case .unnest: table = try unnest(from: first)
        case .table:
            advance()
            try require(.leftParen)
            table = try functionTable(isLateral: isLateral, from: first)
            try require(.rightParen)
        default:
            if current.kind == .leftParen {
                table = try parenthesizedTable(isLateral: isLateral, from: first)
            } else if isLateral {
                table = try functionTable(isLateral: true, from: first)
            } else {
                table = try namedTable(from: first)
            }
        }
        try refuseTableSuffixes()
        if let alias = try tableAlias() {
            table = try aliased(table, alias, range: range(from: first))
        }
        if isAt(.tablesample) { throw unsupported("TABLESAMPLE", at: current) }
        return table
    }

    private func refuseTableSuffixes() throws(SyntaxError) {
        switch current.keyword {
        case .matchRecognize: throw unsupported("MATCH_RECOGNIZE", at: current)
        case .pivot: throw unsupported("PIVOT", at: current)
        case .unpivot: throw unsupported("UNPIVOT", at: current)
        case .cross where peek().keyword == .apply, .outer where peek().keyword == .apply:
            throw unsupported("APPLY", at: current)
        default: break
        }
    }

    private mutating func tableAlias() throws(SyntaxError) -> TableAlias? {
        let name: Identifier
        if accept(.as) {
            name = try identifier()
        } else if let alias = try acceptIdentifier() {
            name = alias
        } else {
            return nil
        }
        guard current.kind == .leftParen else {
            expect(.symbol(.leftParen))
            return TableAlias(name: name, columns: [])
        }
        return TableAlias(name: name, columns: try parenthesizedNames())
    }

    private mutating func namedTable(from first: Int) throws(SyntaxError) -> TableReference {
        let name = try qualifiedName()
        if current.kind == .leftParen {
            return try functionTable(named: name, isLateral: false, from: first)
        }
        expect(.symbol(.leftParen))
        let hints = try hints()
        var systemTime: Expression?
        if accept(.for) {
            try require(.systemTime)
            try require(.as)
            try require(.of)
            systemTime = try expression()
        }
        return .table(
            NamedTable(
                name: name,
                hints: hints,
                systemTime: systemTime,
                alias: nil,
                range: range(from: first)
            )
        )
    }

    private mutating func functionTable(
        named known: QualifiedName? = nil,
        isLateral: Bool,
        from first: Int
    ) throws(SyntaxError) -> TableReference {
        let start = known == nil ? index : first
        let name = if let known { known } else { try qualifiedName() }
        let call = try functionCall(name, from: start)
        return .function(
            FunctionTable(
                call: call.takingTables(),
                isLateral: isLateral,
                alias: nil,
                range: range(from: first)
            )
        )
    }

    private mutating func unnest(from first: Int) throws(SyntaxError) -> TableReference {
        advance()
        try require(.leftParen)
        var arguments = [try queryOrExpression().expression]
        while accept(.comma) { arguments.append(try expression()) }
        try require(.rightParen)
        let withOrdinality = accept(.with)
        if withOrdinality { try require(.ordinality) }
        return .unnest(
            UnnestTable(
                arguments: arguments,
                withOrdinality: withOrdinality,
                alias: nil,
                range: range(from: first)
            )
        )
    }

    /// `(query)` or `(a JOIN b ON …)`.
    private mutating func parenthesizedTable(
        isLateral: Bool,
        from first: Int
    ) throws(SyntaxError) -> TableReference {
        try enter()
        try require(.leftParen)
        let inner: TableReference
        if startsQuery(current), current.keyword != .table || peek().kind != .leftParen {
            inner = try derived(try query(), isLateral, from: first)
        } else {
            expect(.keyword(.select))
            let start = index
            let tables = try joinedTables(allowsComma: false)
            if case .query(let table) = tables, table.alias == nil, !table.isLateral,
                let query = try continuedQuery(table.query, from: start)
            {
                inner = try derived(query, isLateral, from: first)
            } else {
                inner = tables
            }
        }
        try require(.rightParen)
        leave()
        return inner
    }

    private func derived(
        _ query: Query,
        _ isLateral: Bool,
        from first: Int
    ) throws(SyntaxError) -> TableReference {
        .query(
            DerivedTable(query: query, isLateral: isLateral, alias: nil, range: range(from: first))
        )
    }

    private func aliased(
        _ table: TableReference,
        _ alias: TableAlias,
        range: SourceRange
    ) throws(SyntaxError) -> TableReference {
        switch table {
        case .table(let node) where node.alias == nil:
            return .table(
                NamedTable(
                    name: node.name,
                    hints: node.hints,
                    systemTime: node.systemTime,
                    alias: alias,
                    range: range
                )
            )
        case .query(let node) where node.alias == nil:
            return .query(
                DerivedTable(
                    query: node.query,
                    isLateral: node.isLateral,
                    alias: alias,
                    range: range
                )
            )
        case .function(let node) where node.alias == nil:
            return .function(
                FunctionTable(
                    call: node.call,
                    isLateral: node.isLateral,
                    alias: alias,
                    range: range
                )
            )
        case .unnest(let node) where node.alias == nil:
            return .unnest(
                UnnestTable(
                    arguments: node.arguments,
                    withOrdinality: node.withOrdinality,
                    alias: alias,
                    range: range
                )
            )
        default:
            throw error("Join expression encountered in illegal context", at: table.range)
        }
    }
}

extension FunctionCall {
    /// The same call as a table function: a query among its arguments is a table.
    fileprivate func takingTables() -> FunctionCall {
        let arguments = arguments.map { argument in
            guard case .expression(.subquery(let subquery)) = argument.value,
                subquery.kind == .scalar
            else { return argument }
            let table = TableArgument(
                source: .query(subquery.query),
                partitionBy: [],
                orderBy: [],
                range: argument.range
            )
            return FunctionArgument(
                name: argument.name,
                value: .table(table),
                range: argument.range
            )
        }
        return FunctionCall(
            name: name,
            form: form,
            quantifier: quantifier,
            arguments: arguments,
            json: json,
            nullTreatment: nullTreatment,
            order: order,
            filter: filter,
            over: over,
            range: range
        )
    }
}
