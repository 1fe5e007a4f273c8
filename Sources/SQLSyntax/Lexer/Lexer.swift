/// Cuts a script into tokens, as Calcite does with back-quoted identifiers.
///
/// It never fails: a character that begins no token becomes an `invalid` token, at which it stops,
/// and the parser complains when it gets there. A lone quote is a token, as in Calcite.
struct Lexer {
    let bytes: [UInt8]
    /// Where to stop.
    let end: Int
    var offset: Int
    /// The line of `offset`, from 1.
    var line: Int32 = 1
    /// What to take from an offset to get a column of the present line, counted from 1 in UTF-16
    /// units with comments left out.
    var columnOrigin: Int
    private(set) var tokens: [Token] = []

    private init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        offset = range.lowerBound
        end = range.upperBound
        columnOrigin = range.lowerBound - 1
    }

    /// The tokens of a script, or of a part of it; the last one is `endOfInput`.
    ///
    /// Lines are counted from the beginning of the part.
    static func tokens(of script: ScriptText, in part: Range<Int>? = nil) -> [Token] {
        let whole = 0..<script.bytes.count
        var lexer = Lexer(script.bytes, part?.clamped(to: whole) ?? whole)
        lexer.tokens.reserveCapacity((lexer.end - lexer.offset) / 5 + 2)
        lexer.run()
        return lexer.tokens
    }

    private mutating func run() {
        if offset == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { hide(until: 3) }
        while skipTrivia() {
            let kind = nextToken()
            if kind == .invalid || kind == .unclosedComment { break }
        }
        append(.endOfInput, from: mark)
    }

    /// The place of `offset`, to begin a token at.
    var mark: Mark {
        Mark(offset: offset, line: line, columnOrigin: columnOrigin)
    }

    /// The byte `distance` after the present one, or 0 after the end.
    func peek(_ distance: Int = 0) -> UInt8 {
        offset + distance < end ? bytes[offset + distance] : 0
    }

    /// Appends the token from a mark to the present offset.
    mutating func append(_ kind: TokenKind, from start: Mark, word: Word = .plain) {
        tokens.append(
            Token(
                kind: kind,
                word: word,
                start: Int32(start.offset),
                end: Int32(offset),
                line: start.line,
                column: Int32(start.offset - start.columnOrigin),
                lastLine: line,
                // An empty token, at the end, has its place nonetheless.
                lastColumn: Int32(max(offset - columnOrigin - 1, start.offset - start.columnOrigin))
            )
        )
    }

    /// Moves over the present byte, keeping count of lines and of characters.
    mutating func step() {
        let byte = bytes[offset]
        offset += 1
        if byte < 0x80 {
            guard byte.isLineEnd else { return }
            if byte == .carriageReturn, offset < end, bytes[offset] == .lineFeed {
                offset += 1
            }
            line += 1
            columnOrigin = offset - 1
        } else if byte & 0xC0 == 0x80 {
            columnOrigin += 1
        } else if byte >= 0xF0 {
            // Four bytes, two UTF-16 units: this byte counts twice, the next three not at all.
            columnOrigin -= 1
        }
    }

    /// Moves to a later offset as if the bytes between were not there, but for their line ends.
    mutating func hide(until target: Int) {
        while offset < target {
            let before = offset
            let column = before - columnOrigin
            let oldLine = line
            step()
            if line == oldLine { columnOrigin = offset - column }
        }
    }

    /// A place to which the lexer can return.
    struct Mark {
        let offset: Int
        let line: Int32
        let columnOrigin: Int
    }

    /// Returns to a mark.
    mutating func rewind(to mark: Mark) {
        offset = mark.offset
        line = mark.line
        columnOrigin = mark.columnOrigin
    }
}
