/// A script with all its statements read.
package struct SQLScript: Sendable {
    package let text: ScriptText
    package let statements: [ParsedStatement]

    /// Reads every statement of a script; throws the first mistake.
    package init(parsing text: ScriptText) throws(SyntaxError) {
        try text.checkLength()
        let tokens = Lexer.tokens(of: text)
        var statements: [ParsedStatement] = []
        for range in StatementSplitter.statements(of: tokens) {
            var parser = Parser(script: text, tokens: tokens, range: range)
            let statement = try parser.wholeStatement()
            statements.append(ParsedStatement(statement: statement, text: parser.statement))
        }
        self.text = text
        self.statements = statements
    }

    /// Cuts a script into statements without reading them.
    package static func split(_ text: ScriptText) throws(SyntaxError) -> [StatementText] {
        try text.checkLength()
        let tokens = Lexer.tokens(of: text)
        return StatementSplitter.statements(of: tokens).map { range in
            Parser.text(of: range, tokens: tokens, script: text)
        }
    }
}

/// Reads single pieces of SQL.
package enum SQLParser {
    /// Reads one statement; a semicolon may end it.
    package static func statement(_ sql: String) throws(SyntaxError) -> Statement {
        var parser = try Parser(sql)
        return try parser.wholeStatement()
    }

    /// Reads one statement of a script that was cut by ``SQLScript/split(_:)``.
    package static func statement(_ text: StatementText) throws(SyntaxError) -> ParsedStatement {
        let tokens = Lexer.tokens(of: text.script, in: text.offsets)
        let range = 0..<(tokens.count - 1)
        var parser = Parser(script: text.script, tokens: tokens, range: range)
        return ParsedStatement(statement: try parser.wholeStatement(), text: parser.statement)
    }

    /// Reads a query.
    package static func query(_ sql: String) throws(SyntaxError) -> Query {
        var parser = try Parser(sql)
        let query = try parser.query()
        try parser.finish()
        return query
    }

    /// Reads an expression, such as might stand in a select list.
    package static func expression(_ sql: String) throws(SyntaxError) -> Expression {
        var parser = try Parser(sql)
        let expression = try parser.expression()
        try parser.finish()
        return expression
    }

    /// Reads a data type, `NOT NULL` included.
    package static func dataType(_ sql: String) throws(SyntaxError) -> DataTypeSyntax {
        var parser = try Parser(sql)
        let type = try parser.dataType()
        try parser.finish()
        return type
    }
}
