/// Literals.
extension Parser {
    /// Reads a literal other than an interval.
    mutating func literal() throws(SyntaxError) -> Literal {
        let first = index
        let value = try literalValue()
        return Literal(value: value, range: range(from: first))
    }

    private mutating func literalValue() throws(SyntaxError) -> LiteralValue {
        let token = current
        switch token.kind {
        case .integer, .decimal:
            advance()
            return .exact(statement.script.text(token.offsets))
        case .approximate:
            advance()
            return .approximate(statement.script.text(token.offsets))
        case .binaryString: return .binary(try binaryString())
        case .word: return try wordLiteral()
        default:
            guard token.isString else {
                expect(.text("a literal"))
                throw unexpected()
            }
            let (text, charset) = try stringLiteral()
            return .string(text, charset: charset)
        }
    }

    private mutating func wordLiteral() throws(SyntaxError) -> LiteralValue {
        switch current.keyword {
        case .null:
            advance()
            return .null
        case .true:
            advance()
            return .boolean(true)
        case .false:
            advance()
            return .boolean(false)
        case .unknown:
            advance()
            return .unknown
        case .date:
            advance()
            return .date(try simpleString())
        case .time:
            advance()
            return .time(try simpleString())
        case .timestamp:
            advance()
            guard accept(.with) else { return .timestamp(try simpleString()) }
            try require(.local)
            try require(.time)
            try require(.zone)
            return .timestampWithLocalTimeZone(try simpleString())
        case .interval:
            if case .literal(let literal) = try interval() { return literal.value }
            fallthrough
        default:
            expect(.text("a literal"))
            throw unexpected()
        }
    }

    /// `'…'` and nothing else.
    private mutating func simpleString() throws(SyntaxError) -> String {
        let token = current
        guard token.kind == .string else {
            expect(.symbol(.string))
            throw unexpected()
        }
        advance()
        return text(ofString: token)
    }

    /// Reads a string and the strings on the next lines that continue it.
    mutating func stringLiteral() throws(SyntaxError) -> (text: String, charset: String?) {
        let token = current
        advance()
        guard token.kind != .escapedString else { return (try escapedString(token), nil) }
        var text = text(ofString: token)
        var last = token
        while current.kind == .string {
            guard current.line > last.lastLine else {
                throw error("String literal continued on same line", at: range(of: current))
            }
            text += self.text(ofString: current)
            last = current
            advance()
        }
        if token.kind == .unicodeString {
            let escape = try unicodeEscape() ?? "\\"
            guard let resolved = StringText.unescapedUnicode(text, escape: escape) else {
                throw error("Unicode escape sequence is malformed", at: range(of: token))
            }
            return (resolved, nil)
        }
        if current.keyword == .uescape {
            throw error(
                "UESCAPE cannot be specified without Unicode literal introducer",
                at: range(of: current)
            )
        }
        return (text, charset(of: token))
    }

    /// `UESCAPE 'c'`, if it is next.
    mutating func unicodeEscape() throws(SyntaxError) -> Character? {
        guard accept(.uescape) else { return nil }
        let token = current
        let text = try simpleString()
        let isPlain = text.utf8.count == 1 && text.utf8.first.map { $0.hexValue == nil } == true
        guard isPlain, let escape = text.first, escape != "+", escape != "\"", escape != " " else {
            throw error(
                "UESCAPE must be followed by a string literal of one character that is neither"
                    + " a hexadecimal digit nor a plus, a double quote or a blank",
                at: range(of: token)
            )
        }
        return escape
    }

    private func text(ofString token: Token) -> String {
        let bytes = statement.script.bytes
        // The prefix, if there is one, has no quote in it.
        var opening = token.offsets.lowerBound
        while bytes[opening] != .singleQuote { opening += 1 }
        let quotes = opening + 1 - token.offsets.lowerBound
        let content = StringText.content(of: bytes, in: token.offsets, quotes: quotes)
        return StringText.unquoted(content, quote: .singleQuote)
    }

    private func escapedString(_ token: Token) throws(SyntaxError) -> String {
        let bytes = statement.script.bytes
        let content = StringText.content(of: bytes, in: token.offsets, quotes: 2)
        guard let text = StringText.unescapedC(content) else {
            throw error("Unicode escape sequence is malformed", at: range(of: token))
        }
        return text
    }

    /// `UTF16` of `_UTF16'…'`; a leading `N` names Calcite's national character set.
    private func charset(of token: Token) -> String? {
        guard token.kind == .charsetString else { return nil }
        let text = statement.script.text(token.offsets)
        let name = text.prefix { $0 != "'" }
        return name.first == "_" ? String(name.dropFirst()) : "ISO-8859-1"
    }

    private mutating func binaryString() throws(SyntaxError) -> [UInt8] {
        var bytes: [UInt8] = []
        var isFirst = true
        while isFirst || current.kind == .string {
            let token = current
            let content = StringText.content(
                of: statement.script.bytes,
                in: token.offsets,
                quotes: isFirst ? 2 : 1
            )
            guard let more = StringText.binary(content) else {
                throw error(
                    "Binary literal '\(String(decoding: content, as: UTF8.self))' must be made of"
                        + " pairs of hexadecimal digits",
                    at: range(of: token)
                )
            }
            bytes += more
            isFirst = false
            advance()
        }
        return bytes
    }

    /// `INTERVAL '…' unit [TO unit]` or `INTERVAL x unit`.
    mutating func interval() throws(SyntaxError) -> Expression {
        let first = index
        advance()
        let isNegative = accept(.minus)
        if !isNegative { _ = accept(.plus) }
        if current.kind == .string {
            let text = try simpleString()
            let qualifier = try intervalQualifier()
            let value = LiteralValue.interval(text, isNegative: isNegative, qualifier)
            return .literal(Literal(value: value, range: range(from: first)))
        }
        let operand: Expression
        switch current.kind {
        case .leftParen:
            advance()
            operand = try expression()
            try require(.rightParen)
        case .integer, .decimal, .approximate: operand = .literal(try literal())
        default:
            expect(.symbol(.string))
            operand = .column(try qualifiedName())
        }
        let qualifier = try intervalQualifier(allowsTo: false)
        return .interval(
            IntervalExpression(
                form: .multiple(operand, isNegative: isNegative),
                qualifier: qualifier,
                range: range(from: first)
            )
        )
    }
}
