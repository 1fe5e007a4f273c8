/// Statements other than `CREATE TABLE`.
extension Parser {
    /// Reads the statement, all of it.
    mutating func wholeStatement() throws(SyntaxError) -> Statement {
        let parsed = try self.anyStatement()
        try finish()
        return parsed
    }

    private mutating func anyStatement() throws(SyntaxError) -> Statement {
        if startsQuery(current) || current.kind == .leftParen { return .query(try query()) }
        guard current.kind == .word else { throw notAStatement() }
        switch current.keyword {
        case .create: return try create()
        case .drop: return .drop(try drop())
        case .insert: return .insert(try insert())
        case .execute: return try execute()
        case .begin: return .statementSet(try oldStatementSet())
        case .explain: return .explain(try explain())
        case .set: return .set(try set())
        case .reset: return .reset(try reset())
        case .use: return .use(try use())
        case .show: return .show(try show())
        case .describe, .desc: return .describe(try describe())
        case .update: return .update(try update())
        case .delete: return .delete(try delete())
        case .alter, .analyze, .add, .call, .compile, .load, .merge, .remove, .stop, .truncate,
            .unload, .upsert, .replace:
            throw unsupported(statement.script.text(current.offsets).uppercased(), at: current)
        default: throw notAStatement()
        }
    }

    private static let statementWords: [Keyword] = [
        .create, .insert, .select, .with, .values, .execute, .explain, .set, .reset, .drop, .use,
        .show, .describe,
    ]

    private mutating func notAStatement() -> SyntaxError {
        for word in Parser.statementWords { expect(.keyword(word)) }
        guard !startsExpression(current) else {
            return notAQuery(among: Parser.statementWords.map(\.text))
        }
        expect(.expression)
        return unexpected()
    }

    // Definitions.

    private mutating func create() throws(SyntaxError) -> Statement {
        let first = index
        advance()
        let orReplace = accept(.or)
        if orReplace { try require(.replace) }
        let isTemporary = accept(.temporary)
        switch current.keyword {
        case .table:
            guard !orReplace else { throw unsupported("CREATE OR REPLACE TABLE", at: current) }
            return .createTable(try createTable(isTemporary: isTemporary, from: first))
        case .view:
            return .createView(
                try createView(orReplace: orReplace, isTemporary: isTemporary, from: first)
            )
        case .catalog, .database, .function, .system, .model, .materialized, .connection:
            let what = statement.script.text(current.offsets).uppercased()
            throw unsupported("CREATE \(what)", at: current)
        default:
            expect(.keyword(.table))
            expect(.keyword(.view))
            throw unexpected()
        }
    }

    private mutating func createView(
        orReplace: Bool,
        isTemporary: Bool,
        from first: Int
    ) throws(SyntaxError) -> CreateView {
        try require(.view)
        let ifNotExists = acceptIfNotExists()
        let name = try qualifiedName()
        var columns: [Identifier] = []
        if current.kind == .leftParen {
            columns = try parenthesizedNames()
        } else {
            expect(.symbol(.leftParen))
        }
        let comment = accept(.comment) ? try quotedText() : nil
        try require(.as)
        let query = try query()
        return CreateView(
            name: name,
            orReplace: orReplace,
            isTemporary: isTemporary,
            ifNotExists: ifNotExists,
            columns: columns,
            comment: comment,
            query: query,
            range: range(from: first)
        )
    }

    /// `IF NOT EXISTS`, if it is next.
    mutating func acceptIfNotExists() -> Bool {
        guard isAt(.if), peek().keyword == .not, peek(2).keyword == .exists else { return false }
        advance(by: 3)
        return true
    }

    private mutating func drop() throws(SyntaxError) -> DropStatement {
        let first = index
        advance()
        let isTemporary = accept(.temporary)
        let kind: RelationKind
        switch current.keyword {
        case .catalog, .database, .function, .system, .model, .materialized, .connection:
            let what = statement.script.text(current.offsets).uppercased()
            throw unsupported("DROP \(what)", at: current)
        default: kind = try require(oneOf: .table, .view) == .table ? .table : .view
        }
        let ifExists = accept(.if, .exists)
        let name = try qualifiedName()
        return DropStatement(
            kind: kind,
            name: name,
            isTemporary: isTemporary,
            ifExists: ifExists,
            range: range(from: first)
        )
    }

    // Options.

    private mutating func set() throws(SyntaxError) -> SetStatement {
        let first = index
        advance()
        guard index < bounds.upperBound else {
            return SetStatement(option: nil, range: range(from: first))
        }
        let option = try tableOption()
        return SetStatement(option: option, range: range(from: first))
    }

    private mutating func reset() throws(SyntaxError) -> ResetStatement {
        let first = index
        advance()
        let key = index < bounds.upperBound ? try quotedText() : nil
        return ResetStatement(key: key, range: range(from: first))
    }

    private mutating func use() throws(SyntaxError) -> UseStatement {
        let first = index
        advance()
        // CATALOG may also be the name of a database.
        let isCatalog = current.keyword == .catalog && peek().isName
        if isCatalog { advance() }
        let name = try qualifiedName()
        return UseStatement(isCatalog: isCatalog, name: name, range: range(from: first))
    }

    // Questions.

    private mutating func show() throws(SyntaxError) -> ShowStatement {
        let first = index
        let subject: ShowStatement.Subject
        switch peek().keyword {
        case .tables:
            advance(by: 2)
            subject = .tables
        case .views:
            advance(by: 2)
            subject = .views
        case .create where peek(2).keyword == .table || peek(2).keyword == .view:
            let kind: RelationKind = peek(2).keyword == .table ? .table : .view
            advance(by: 3)
            subject = .create(kind, try qualifiedName())
        default:
            let token = peek()
            guard token.kind == .word else {
                report(2)
                expect(.expression)
                throw unexpected()
            }
            let what = statement.script.text(token.offsets).uppercased()
            throw unsupported("SHOW \(what)", at: token)
        }
        return ShowStatement(subject: subject, range: range(from: first))
    }

    private mutating func describe() throws(SyntaxError) -> DescribeStatement {
        let first = index
        advance()
        let isExtended = accept(.extended)
        let table = try qualifiedName()
        return DescribeStatement(isExtended: isExtended, table: table, range: range(from: first))
    }

    private mutating func explain() throws(SyntaxError) -> Explain {
        let first = index
        advance()
        var details: [Explain.Detail] = []
        if accept(.plan) {
            try require(.for)
        } else if explainDetail() != nil {
            repeat {
                guard let detail = explainDetail() else { throw unexpected() }
                guard !details.contains(detail) else {
                    throw error("Duplicate EXPLAIN DETAIL is not allowed.", at: range(of: current))
                }
                details.append(detail)
                advance()
            } while accept(.comma)
        }
        let explained: Statement
        switch current.keyword {
        case .statement: explained = .statementSet(try statementSet(from: index))
        case .execute: explained = try execute()
        case .insert: explained = .insert(try insert())
        default: explained = .query(try query())
        }
        return Explain(details: details, statement: explained, range: range(from: first))
    }

    private mutating func explainDetail() -> Explain.Detail? {
        if isAt(.estimatedCost) { return .estimatedCost }
        if isAt(.changelogMode) { return .changelogMode }
        if isAt(.jsonExecutionPlan) { return .jsonExecutionPlan }
        if isAt(.planAdvice) { return .planAdvice }
        return nil
    }
}
