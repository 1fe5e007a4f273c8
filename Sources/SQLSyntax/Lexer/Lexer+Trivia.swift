/// Blanks and comments.
extension Lexer {
    /// Moves to the next token; false at the end.
    mutating func skipTrivia() -> Bool {
        while offset < self.end {
            switch bytes[offset] {
            case UInt8(ascii: " "), .tab, .lineFeed, .carriageReturn, 0x0C: step()
            case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"): skipLineComment()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): skipLineComment()
            case UInt8(ascii: "/")
            where peek(1) == UInt8(ascii: "*") && peek(2) != UInt8(ascii: "+"):
                guard skipBlockComment() else { return true }
            default: return true
            }
        }
        return false
    }

    private mutating func skipLineComment() {
        var end = offset
        while end < self.end, !bytes[end].isLineEnd { end += 1 }
        hide(until: end)
    }

    /// False when the comment has no end.
    private mutating func skipBlockComment() -> Bool {
        var end = offset + 2
        while end + 1 < self.end {
            if bytes[end] == UInt8(ascii: "*"), bytes[end + 1] == UInt8(ascii: "/") {
                hide(until: end + 2)
                return true
            }
            end += 1
        }
        return false
    }
}
