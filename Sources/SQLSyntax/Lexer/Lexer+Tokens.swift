/// Words, numbers and symbols.
extension Lexer {
    /// Reads the token that begins at the present offset, which is not blank.
    mutating func nextToken() -> TokenKind {
        let start = mark
        let byte = bytes[offset]
        switch byte {
        case .singleQuote:
            if let kind = string(.string, openedAt: 0) { return kind }
            return symbol(.quote, length: 1, from: start)
        case .backQuote: return quotedName(from: start)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return number(from: start)
        case UInt8(ascii: ".") where peek(1).isDigit: return number(from: start)
        default:
            if let kind = prefixedString() { return kind }
            if letterLength() > 0 { return word(from: start) }
            return symbol(from: start)
        }
    }

    /// Appends a token of `length` ASCII bytes.
    mutating func symbol(_ kind: TokenKind, length: Int, from start: Mark) -> TokenKind {
        offset += length
        append(kind, from: start)
        return kind
    }

    private mutating func word(from start: Mark) -> TokenKind {
        while true {
            let length = max(letterLength(), digitLength())
            if length == 0 { break }
            for _ in 0..<length { step() }
        }
        let word = WordTable.shared.word(in: bytes, start.offset..<offset)
        append(.word, from: start, word: word)
        return .word
    }

    private mutating func number(from start: Mark) -> TokenKind {
        var kind = TokenKind.integer
        skipDigits()
        if peek() == UInt8(ascii: ".") {
            kind = .decimal
            offset += 1
            skipDigits()
        }
        if peek().uppercased == UInt8(ascii: "E") {
            let signed = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
            if peek(signed ? 2 : 1).isDigit {
                kind = .approximate
                offset += signed ? 2 : 1
                skipDigits()
            }
        }
        append(kind, from: start)
        return kind
    }

    private mutating func skipDigits() {
        while peek().isDigit { offset += 1 }
    }

    private mutating func quotedName(from start: Mark) -> TokenKind {
        step()
        while offset < end, !bytes[offset].isLineEnd {
            if bytes[offset] == .backQuote {
                guard peek(1) == .backQuote else {
                    guard offset > start.offset + 1 else { break }
                    return symbol(.quotedName, length: 1, from: start)
                }
                offset += 1
            }
            step()
        }
        rewind(to: start)
        return symbol(.invalid, length: 1, from: start)
    }

    private mutating func symbol(from start: Mark) -> TokenKind {
        let next = peek(1)
        switch (bytes[offset], next) {
        case (UInt8(ascii: "<"), UInt8(ascii: "=")):
            return symbol(.lessOrEqual, length: 2, from: start)
        case (UInt8(ascii: "<"), UInt8(ascii: ">")):
            return symbol(.notEqual, length: 2, from: start)
        case (UInt8(ascii: ">"), UInt8(ascii: "=")):
            return symbol(.greaterOrEqual, length: 2, from: start)
        case (UInt8(ascii: "="), UInt8(ascii: ">")):
            return symbol(.namedArgument, length: 2, from: start)
        case (UInt8(ascii: "!"), UInt8(ascii: "=")):
            return symbol(.bangEqual, length: 2, from: start)
        case (UInt8(ascii: "|"), UInt8(ascii: "|")): return symbol(.concat, length: 2, from: start)
        case (UInt8(ascii: "."), UInt8(ascii: ".")):
            return symbol(.doublePeriod, length: 2, from: start)
        case (UInt8(ascii: "*"), UInt8(ascii: "/")):
            return symbol(.commentEnd, length: 2, from: start)
        case (UInt8(ascii: "/"), UInt8(ascii: "*")):
            if peek(2) == UInt8(ascii: "+") { return symbol(.hintStart, length: 3, from: start) }
            return symbol(.unclosedComment, length: 2, from: start)
        default: return singleSymbol(from: start)
        }
    }

    private mutating func singleSymbol(from start: Mark) -> TokenKind {
        if let kind = Lexer.singleSymbols[bytes[offset]] {
            return symbol(kind, length: 1, from: start)
        }
        repeat { step() } while offset < end && bytes[offset] & 0xC0 == 0x80
        append(.invalid, from: start)
        return .invalid
    }

    private static let singleSymbols: [UInt8: TokenKind] = [
        UInt8(ascii: "("): .leftParen, UInt8(ascii: ")"): .rightParen,
        UInt8(ascii: "["): .leftBracket, UInt8(ascii: "]"): .rightBracket,
        UInt8(ascii: "{"): .leftBrace, UInt8(ascii: "}"): .rightBrace,
        UInt8(ascii: ";"): .semicolon, UInt8(ascii: "."): .dot, UInt8(ascii: ","): .comma,
        UInt8(ascii: "="): .equal, UInt8(ascii: ">"): .greater, UInt8(ascii: "<"): .less,
        UInt8(ascii: "+"): .plus, UInt8(ascii: "-"): .minus, UInt8(ascii: "*"): .star,
        UInt8(ascii: "/"): .slash, UInt8(ascii: "%"): .percent, UInt8(ascii: "?"): .question,
        UInt8(ascii: ":"): .colon, UInt8(ascii: "|"): .verticalBar, UInt8(ascii: "^"): .caret,
        .doubleQuote: .doubleQuote,
    ]
}
