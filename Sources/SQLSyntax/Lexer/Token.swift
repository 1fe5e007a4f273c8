/// A piece of the script that the grammar treats as one.
struct Token: Sendable {
    let kind: TokenKind
    /// ``Word/plain`` unless the kind is `word`.
    let word: Word
    /// Byte offsets in the script.
    let start: Int32
    let end: Int32
    /// The place of the first character and of the last, comments left out, counted in the script.
    let line: Int32
    let column: Int32
    let lastLine: Int32
    let lastColumn: Int32

    /// The grammar's word, or nil.
    var keyword: Keyword? { word.keyword }

    var offsets: Range<Int> { Int(start)..<Int(end) }

    /// Whether the token can be a name.
    var isName: Bool {
        switch kind {
        case .word: !word.traits.contains(.reserved)
        case .quotedName, .unicodeName: true
        default: false
        }
    }

    /// Whether the token is a string of any sort but a binary one.
    var isString: Bool {
        switch kind {
        case .string, .charsetString, .unicodeString, .escapedString: true
        default: false
        }
    }
}
