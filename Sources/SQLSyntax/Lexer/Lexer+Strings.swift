/// Strings: `'…'`, `_UTF16'…'`, `N'…'`, `U&'…'`, `E'…'`, `X'…'` and names `U&"…"`.
extension Lexer {
    /// Reads a string whose quote stands `opening` bytes after the present offset; nil, with
    /// nothing read, if it does not end.
    mutating func string(
        _ kind: TokenKind,
        openedAt opening: Int,
        quote: UInt8 = .singleQuote,
        escape: UInt8? = nil
    ) -> TokenKind? {
        let start = mark
        offset += opening + 1
        while offset < end {
            let byte = bytes[offset]
            if byte == escape, offset + 1 < end {
                step()
            } else if byte == quote {
                offset += 1
                guard peek() == quote else {
                    append(kind, from: start)
                    return kind
                }
            }
            step()
        }
        rewind(to: start)
        return nil
    }

    /// Reads a string that begins with a letter, if one stands here.
    mutating func prefixedString() -> TokenKind? {
        let next = peek(1)
        switch bytes[offset].uppercased {
        case UInt8(ascii: "_"):
            let length = charsetLength()
            guard length > 0 else { return nil }
            return string(.charsetString, openedAt: length + 1)
        case UInt8(ascii: "N") where next == .singleQuote:
            return string(.charsetString, openedAt: 1)
        case UInt8(ascii: "X") where next == .singleQuote:
            return string(.binaryString, openedAt: 1)
        case UInt8(ascii: "E") where next == .singleQuote:
            return string(.escapedString, openedAt: 1, escape: .backslash)
        case UInt8(ascii: "U") where next == UInt8(ascii: "&"):
            if peek(2) == .singleQuote { return string(.unicodeString, openedAt: 2) }
            guard peek(2) == .doubleQuote else { return nil }
            return string(.unicodeName, openedAt: 2, quote: .doubleQuote)
        default: return nil
        }
    }

    /// The length of the character set name after an underscore, if a quote follows it, or 0.
    private func charsetLength() -> Int {
        var length = 0
        while length < SyntaxLimits.charsetNameBytes {
            let byte = peek(1 + length)
            if byte == .singleQuote { return length }
            let isLetter = byte.uppercased &- UInt8(ascii: "A") < 26
            let isInner = byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
            let isJoiner = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            guard isLetter || byte.isDigit || length > 0 && (isInner || isJoiner) else { return 0 }
            length += 1
        }
        return 0
    }
}
