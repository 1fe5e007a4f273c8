/// Finds where statements begin and end.
///
/// A semicolon ends a statement, except in a statement set, `STATEMENT SET BEGIN …; …; END` or
/// `BEGIN STATEMENT SET; …; END`, which ends with its `END`: the one that follows a semicolon.
/// A quote without its partner makes all the rest one statement.
enum StatementSplitter {
    /// The token ranges of the statements; the upper bound is the semicolon or the end of the
    /// script.
    static func statements(of tokens: [Token]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        var isInSet = false
        var isQuoted = false
        for index in tokens.indices {
            switch tokens[index].kind {
            case .quote: isQuoted = true
            case .semicolon where !isQuoted && (!isInSet || isSetEnd(tokens, before: index)):
                if index > start { ranges.append(start..<index) }
                start = index + 1
                isInSet = false
            case .endOfInput:
                if index > start { ranges.append(start..<index) }
            case .word where tokens[index].keyword == .set:
                isInSet = isInSet || isSetStart(tokens, at: index, start: start)
            default: break
            }
        }
        return ranges
    }

    /// Whether the word `SET` at an index begins a statement set.
    private static func isSetStart(_ tokens: [Token], at index: Int, start: Int) -> Bool {
        guard index > start, tokens[index - 1].keyword == .statement else { return false }
        if tokens[index + 1].keyword == .begin { return true }
        return index == start + 2 && tokens[start].keyword == .begin
    }

    /// Whether the `END` of a statement set stands before an index.
    private static func isSetEnd(_ tokens: [Token], before index: Int) -> Bool {
        guard index >= 2, tokens[index - 1].keyword == .end else { return false }
        return tokens[index - 2].kind == .semicolon || tokens[index - 2].keyword == .begin
    }
}
