/// Something that would have been allowed at a token.
enum Expectation: Hashable {
    case keyword(Keyword)
    case symbol(TokenKind)
    case name
    case expression
    case query
    case dataType
    case text(String)

    /// Whether a name is among what would have been allowed: it decides how Flink words the
    /// message.
    var allowsName: Bool {
        switch self {
        case .name, .expression, .dataType: true
        default: false
        }
    }

    /// How a message names it.
    var description: String {
        switch self {
        case .keyword(let keyword): keyword.text
        case .symbol(let kind): kind.symbol
        case .name: "a name"
        case .expression: "an expression"
        case .query: "a query"
        case .dataType: "a data type"
        case .text(let text): text
        }
    }
}
