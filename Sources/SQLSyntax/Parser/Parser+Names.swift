/// Names and strings.
extension Parser {
    /// Reads one name.
    mutating func identifier() throws(SyntaxError) -> Identifier {
        let token = current
        guard token.isName else {
            expect(.name)
            throw unexpected()
        }
        advance()
        let place = range(of: token)
        switch token.kind {
        case .word:
            let name = statement.script.text(token.offsets)
            return Identifier(name: name, isQuoted: false, range: place)
        case .quotedName:
            let inner = StringText.content(of: statement.script.bytes, in: token.offsets, quotes: 1)
            let name = StringText.unquoted(inner, quote: .backQuote)
            return Identifier(name: name, isQuoted: true, range: place)
        default: return try unicodeIdentifier(token)
        }
    }

    /// `U&"…" [UESCAPE 'c']`, after its token.
    private mutating func unicodeIdentifier(_ token: Token) throws(SyntaxError) -> Identifier {
        let first = index - 1
        let escape = try unicodeEscape()
        let inner = StringText.content(of: statement.script.bytes, in: token.offsets, quotes: 3)
        let text = StringText.unquoted(inner, quote: .doubleQuote)
        guard let name = StringText.unescapedUnicode(text, escape: escape ?? "\\") else {
            throw error("Unicode escape sequence is malformed", at: range(of: token))
        }
        return Identifier(name: name, isQuoted: true, range: range(from: first))
    }

    /// A name, if one is next.
    mutating func acceptIdentifier() throws(SyntaxError) -> Identifier? {
        guard current.isName else {
            expect(.name)
            return nil
        }
        return try identifier()
    }

    /// Reads `a.b.c`.
    ///
    /// A dot that no name follows is left, as Calcite does.
    mutating func qualifiedName() throws(SyntaxError) -> QualifiedName {
        let first = index
        var parts = [try identifier()]
        while current.kind == .dot {
            guard peek().isName else {
                if peek().kind != .star { report(2) }
                break
            }
            advance()
            parts.append(try identifier())
        }
        expect(.symbol(.dot))
        return QualifiedName(parts: parts, range: range(from: first))
    }

    /// Reads `(a, b, c)`.
    mutating func parenthesizedNames() throws(SyntaxError) -> [Identifier] {
        try require(.leftParen)
        let names = try list { (parser) throws(SyntaxError) in try parser.identifier() }
        try require(.rightParen)
        return names
    }

    /// Reads a string where nothing but a string may stand.
    mutating func quotedText() throws(SyntaxError) -> QuotedText {
        guard current.isString else {
            expect(.symbol(.string))
            throw unexpected()
        }
        let first = index
        let text = try stringLiteral().text
        return QuotedText(text: text, range: range(from: first))
    }

    /// Reads an integer that fits the precisions and counts of the grammar.
    mutating func unsignedInteger() throws(SyntaxError) -> Int {
        let token = current
        guard token.kind == .integer else {
            expect(.symbol(.integer))
            throw unexpected()
        }
        let text = statement.script.text(token.offsets)
        guard let value = Int32(text) else {
            throw error("'\(text)' is not a valid literal for an integer", at: range(of: token))
        }
        advance()
        return Int(value)
    }
}
