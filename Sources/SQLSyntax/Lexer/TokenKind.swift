/// The kinds of tokens; the words are told apart by ``Word``.
enum TokenKind: UInt8, Sendable, Hashable {
    case word, quotedName, unicodeName
    case integer, decimal, approximate
    case string, charsetString, unicodeString, escapedString, binaryString
    case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
    case semicolon, dot, comma, doublePeriod
    case equal, greater, less, greaterOrEqual, lessOrEqual, notEqual, bangEqual
    case plus, minus, star, slash, percent, concat, namedArgument
    case question, colon, verticalBar, caret
    /// A quote without its partner.
    case quote, doubleQuote
    case hintStart, commentEnd
    /// A character or a comment that no token begins with; nothing follows it.
    case invalid, unclosedComment
    case endOfInput

    /// The token as an error message names it, if it always looks the same.
    var symbol: String {
        switch self {
        case .leftParen: "'('"
        case .rightParen: "')'"
        case .leftBracket: "'['"
        case .rightBracket: "']'"
        case .semicolon: "';'"
        case .dot: "'.'"
        case .comma: "','"
        case .equal: "'='"
        case .greater: "'>'"
        case .less: "'<'"
        case .star: "'*'"
        case .colon: "':'"
        case .namedArgument: "'=>'"
        case .commentEnd: "'*/'"
        case .hintStart: "'/*+'"
        case .string: "a string"
        case .integer: "an integer"
        case .endOfInput: "the end"
        default: "\(self)"
        }
    }
}
