/// Statements that write.
extension Parser {
    /// Reads `INSERT …`.
    mutating func insert() throws(SyntaxError) -> Insert {
        let first = index
        try require(.insert)
        let isOverwrite = accept(.overwrite)
        if !isOverwrite { try require(.into) }
        let table = try qualifiedName()
        let hints = try hints()
        let partition = accept(.partition) ? try partitionValues() : []
        var columns: [QualifiedName]?
        if current.kind == .leftParen, peek().isName {
            advance()
            columns = try list { (parser) throws(SyntaxError) in try parser.qualifiedName() }
            try require(.rightParen)
        }
        let query = try query()
        let onConflict = try conflictStrategy()
        return Insert(
            table: table,
            hints: hints,
            isOverwrite: isOverwrite,
            partition: partition,
            columns: columns,
            query: query,
            onConflict: onConflict,
            range: range(from: first)
        )
    }

    private mutating func partitionValues() throws(SyntaxError) -> [PartitionValue] {
        try require(.leftParen)
        let values = try list { (parser) throws(SyntaxError) in
            let column = try parser.identifier()
            try parser.require(.equal)
            return PartitionValue(column: column, value: try parser.signedLiteral())
        }
        try require(.rightParen)
        return values
    }

    /// A literal, or a number with a sign.
    private mutating func signedLiteral() throws(SyntaxError) -> Literal {
        let first = index
        let isNegative = accept(.minus)
        if !isNegative, !accept(.plus) { return try literal() }
        let number = try literal()
        let place = range(from: first)
        switch number.value {
        case .exact(let digits):
            return Literal(value: .exact(isNegative ? "-" + digits : digits), range: place)
        case .approximate(let digits):
            return Literal(value: .approximate(isNegative ? "-" + digits : digits), range: place)
        default: throw error("A sign must stand before a number", at: place)
        }
    }

    /// `ON CONFLICT DO …`, if it is next.
    private mutating func conflictStrategy() throws(SyntaxError) -> ConflictStrategy? {
        guard accept(.on) else { return nil }
        try require(.conflict)
        try require(.do)
        switch try require(oneOf: .error, .nothing, .deduplicate) {
        case .error: return .error
        case .nothing: return .nothing
        default: return .deduplicate
        }
    }

    /// Reads `EXECUTE STATEMENT SET …`, `EXECUTE INSERT …` or `EXECUTE query`.
    mutating func execute() throws(SyntaxError) -> Statement {
        let first = index
        try require(.execute)
        if isAt(.statement) { return .statementSet(try statementSet(from: first)) }
        if isAt(.insert) { return .insert(try insert()) }
        if isAt(.plan) { throw unsupported("EXECUTE PLAN", at: current) }
        return .query(try query())
    }

    /// Reads `STATEMENT SET BEGIN insert; … END`.
    mutating func statementSet(from first: Int) throws(SyntaxError) -> StatementSet {
        try require(.statement)
        try require(.set)
        try require(.begin)
        let inserts = try insertsUntilEnd()
        return StatementSet(inserts: inserts, range: range(from: first))
    }

    /// Reads `BEGIN STATEMENT SET; insert; … END`.
    mutating func oldStatementSet() throws(SyntaxError) -> StatementSet {
        let first = index
        try require(.begin)
        try require(.statement)
        try require(.set)
        try require(.semicolon)
        let inserts = try insertsUntilEnd()
        return StatementSet(inserts: inserts, range: range(from: first))
    }

    private mutating func insertsUntilEnd() throws(SyntaxError) -> [Insert] {
        var inserts: [Insert] = []
        repeat {
            inserts.append(try insert())
            try require(.semicolon)
        } while !isAt(.end)
        advance()
        return inserts
    }

    /// Reads `UPDATE …`.
    mutating func update() throws(SyntaxError) -> UpdateStatement {
        let first = index
        try require(.update)
        let table = try qualifiedName()
        let alias = try rowAlias()
        try require(.set)
        let assignments = try list { (parser) throws(SyntaxError) in
            let column = try parser.identifier()
            try parser.require(.equal)
            return Assignment(column: column, value: try parser.expression())
        }
        let condition = accept(.where) ? try expression() : nil
        return UpdateStatement(
            table: table,
            alias: alias,
            assignments: assignments,
            condition: condition,
            range: range(from: first)
        )
    }

    /// Reads `DELETE FROM …`.
    mutating func delete() throws(SyntaxError) -> DeleteStatement {
        let first = index
        try require(.delete)
        try require(.from)
        let table = try qualifiedName()
        let alias = try rowAlias()
        let condition = accept(.where) ? try expression() : nil
        return DeleteStatement(
            table: table,
            alias: alias,
            condition: condition,
            range: range(from: first)
        )
    }

    private mutating func rowAlias() throws(SyntaxError) -> Identifier? {
        accept(.as) ? try identifier() : try acceptIdentifier()
    }
}
