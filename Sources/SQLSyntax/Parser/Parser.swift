/// Reads one statement from its tokens by recursive descent.
///
/// It follows the decisions of Flink's LL(k) grammar closely enough to find mistakes at the same
/// token, and to name as many tokens: where Calcite looks two tokens ahead, so does this.
struct Parser {
    let statement: StatementText
    let tokens: [Token]
    /// The statement's tokens; the upper bound is the token that ends it.
    let bounds: Range<Int>
    /// The next token.
    private(set) var index: Int
    /// What would have been allowed instead of the next token.
    private var expected: [Expectation] = []
    /// How many tokens a message about the next token names.
    private var reported = 1
    /// How many recursive constructs are open.
    private var nesting = 0
    /// The height of the tallest tree that was completed inside the present construct.
    var tallest = 0

    init(script: ScriptText, tokens: [Token], range: Range<Int>) {
        self.tokens = tokens
        bounds = range
        index = range.lowerBound
        statement = Parser.text(of: range, tokens: tokens, script: script)
    }

    /// Reads a piece of SQL that is not part of a script; a semicolon at its end is left out.
    init(_ sql: String) throws(SyntaxError) {
        let script = ScriptText(sql)
        try script.checkLength()
        let tokens = Lexer.tokens(of: script)
        var end = tokens.count - 1
        if end > 0, tokens[end - 1].kind == .semicolon { end -= 1 }
        self.init(script: script, tokens: tokens, range: 0..<end)
    }

    /// The text of a range of tokens.
    static func text(of range: Range<Int>, tokens: [Token], script: ScriptText) -> StatementText {
        let start = tokens[range.lowerBound].offsets.lowerBound
        let end = range.isEmpty ? start : tokens[range.upperBound - 1].offsets.upperBound
        return StatementText(script: script, offsets: start..<end)
    }

    // The tokens.

    /// The next token.
    var current: Token { tokens[index] }

    /// The token `distance` after the next one; the end stays the end.
    func peek(_ distance: Int = 1) -> Token {
        tokens[min(index + distance, bounds.upperBound)]
    }

    /// Moves past the next token.
    mutating func advance() {
        if index < bounds.upperBound { index += 1 }
        expected.removeAll(keepingCapacity: true)
        reported = 1
    }

    /// Moves past several tokens.
    mutating func advance(by count: Int) {
        for _ in 0..<count { advance() }
    }

    /// Notes something that would be allowed here.
    mutating func expect(_ expectation: Expectation) {
        expected.append(expectation)
    }

    /// Notes that Calcite looks `count` tokens ahead here and would name them all.
    mutating func report(_ count: Int) {
        reported = max(reported, count)
    }

    /// Whether the next token is a word of the grammar; notes it if not.
    mutating func isAt(_ keyword: Keyword) -> Bool {
        if current.keyword == keyword { return true }
        expected.append(.keyword(keyword))
        return false
    }

    /// Moves past a word of the grammar, if it is next.
    mutating func accept(_ keyword: Keyword) -> Bool {
        guard isAt(keyword) else { return false }
        advance()
        return true
    }

    /// Moves past a symbol, if it is next.
    mutating func accept(_ kind: TokenKind) -> Bool {
        guard current.kind == kind else {
            expected.append(.symbol(kind))
            return false
        }
        advance()
        return true
    }

    /// Moves past two words, if both are next.
    mutating func accept(_ first: Keyword, _ second: Keyword) -> Bool {
        guard isAt(first) else { return false }
        guard peek().keyword == second else {
            report(2)
            return false
        }
        advance(by: 2)
        return true
    }

    /// Moves past a word of the grammar, or throws.
    mutating func require(_ keyword: Keyword) throws(SyntaxError) {
        guard accept(keyword) else { throw unexpected() }
    }

    /// Moves past a symbol, or throws.
    mutating func require(_ kind: TokenKind) throws(SyntaxError) {
        guard accept(kind) else { throw unexpected() }
    }

    /// Moves past one of several words, or throws.
    mutating func require(oneOf keywords: Keyword...) throws(SyntaxError) -> Keyword {
        for keyword in keywords where accept(keyword) { return keyword }
        throw unexpected()
    }

    /// Throws unless everything was read.
    mutating func finish() throws(SyntaxError) {
        guard index == bounds.upperBound else {
            expect(.symbol(.endOfInput))
            throw unexpected()
        }
    }

    /// Reads elements separated by commas; a comma must be followed by an element.
    mutating func list<Element>(
        _ element: (inout Parser) throws(SyntaxError) -> Element
    ) throws(SyntaxError) -> [Element] {
        var elements = [try element(&self)]
        while accept(.comma) { elements.append(try element(&self)) }
        return elements
    }

    /// Moves past a comma that an expression follows.
    mutating func acceptCommaBeforeExpression() -> Bool {
        acceptComma(before: startsExpression(peek()))
    }

    /// Moves past a comma if what follows it fits.
    ///
    /// Where Calcite looks two tokens ahead, it is the comma that is reported when nothing sensible
    /// follows it.
    mutating func acceptComma(before fits: Bool) -> Bool {
        guard current.kind == .comma else {
            expect(.symbol(.comma))
            return false
        }
        guard fits else {
            report(2)
            return false
        }
        advance()
        return true
    }

    // Places.

    /// The place of a token, counted in the statement.
    func range(of token: Token) -> SourceRange {
        SourceRange(
            offsets: token.offsets,
            start: position(token.line, token.column),
            end: position(token.lastLine, token.lastColumn)
        )
    }

    /// From a token to the last one that was read.
    func range(from first: Int) -> SourceRange {
        let last = max(first, index - 1)
        return range(of: tokens[first]).extended(to: range(of: tokens[last]))
    }

    /// From a place to the last token that was read.
    func range(from start: SourceRange) -> SourceRange {
        start.extended(to: range(of: tokens[max(index - 1, bounds.lowerBound)]))
    }

    private func position(_ line: Int32, _ column: Int32) -> LinePosition {
        let origin = tokens[bounds.lowerBound]
        let onFirstLine = line == origin.line
        return LinePosition(
            line: Int(line - origin.line) + 1,
            column: Int(onFirstLine ? column - origin.column + 1 : column)
        )
    }

    // Limits.

    /// Opens a recursive construct; every call needs a call of `leave`.
    mutating func enter() throws(SyntaxError) {
        nesting += 1
        guard nesting <= SyntaxLimits.nestingDepth else {
            throw error(
                "The statement is nested more than \(SyntaxLimits.nestingDepth) levels deep",
                at: range(of: current)
            )
        }
    }

    /// Closes a recursive construct.
    mutating func leave() {
        nesting -= 1
    }

    /// Throws when a tree has grown too tall for the functions that walk over it.
    func check(height: Int) throws(SyntaxError) {
        guard height > SyntaxLimits.treeHeight else { return }
        throw error(
            "The statement has a chain of more than \(SyntaxLimits.treeHeight) operators;"
                + " break it up with parentheses",
            at: range(of: current)
        )
    }

    // Mistakes.

    /// A mistake that is not about an unexpected token.
    func error(
        _ headline: String,
        advice: String? = nil,
        at range: SourceRange
    ) -> SyntaxError {
        SyntaxError(headline, advice: advice, range: range, statement: statement)
    }

    /// Something that the grammar has and this engine does not.
    func unsupported(_ what: String, at token: Token) -> SyntaxError {
        error("\(what) is not supported", at: range(of: token))
    }

    /// The mistake that the next token is.
    func unexpected() -> SyntaxError {
        let message = UnexpectedToken(
            tokens: tokens,
            index: index,
            bounds: bounds,
            script: statement.script,
            expected: expected,
            reported: reported
        )
        let range = range(of: current)
        return error(message.headline(at: range.start), advice: message.advice, at: range)
    }
}
