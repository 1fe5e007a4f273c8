/// Compiled expressions by their text; a literal's is compiled once.
final class RegexCache {
    private var last: (text: [UInt8], expression: RegularExpression?)?
    private var others: [[UInt8]: RegularExpression] = [:]

    /// Expressions that a column brings are kept up to this number.
    private static let countMax = 64

    /// The compiled expression; nil when it is invalid.
    func get(_ text: [UInt8]) -> RegularExpression? {
        if let last, last.text == text { return last.expression }
        if let known = others[text] {
            last = (text, known)
            return known
        }
        let expression = try? RegularExpression(String(decoding: text, as: UTF8.self))
        if let expression, others.count < Self.countMax { others[text] = expression }
        last = (text, expression)
        return expression
    }
}

extension RegularExpression {
    /// Calls the body for each match from left to right, as Java's `Matcher.find` goes on.
    ///
    /// Behind an empty match the search goes on one character later.
    func forEachMatch(in text: [UInt8], _ body: (Range<Int>) -> Void) {
        var start = 0
        while start <= text.count, find(in: text.span, from: start), let match = group(0) {
            body(match)
            if match.isEmpty {
                guard match.upperBound < text.count else { return }
                start = match.upperBound + UTF8Text.width(text[match.upperBound])
            } else {
                start = match.upperBound
            }
        }
    }
}

/// Splits texts as Java's `String.split` does, by a regular expression.
final class PatternSplitter {
    private let cache = RegexCache()

    /// - `limit`: the number of pieces at most; 0 for all without empty ones at the end.
    func split(_ text: [UInt8], _ pattern: [UInt8], limit: Int) -> [[UInt8]] {
        guard let expression = cache.get(pattern) else { return [text] }
        var pieces: [[UInt8]] = []
        var start = 0
        expression.forEachMatch(in: text) { match in
            if limit > 0, pieces.count == limit - 1 { return }
            if match.upperBound == 0 { return }
            pieces.append(Array(text[start..<match.lowerBound]))
            start = match.upperBound
        }
        pieces.append(Array(text[start...]))
        if limit == 0 {
            while let last = pieces.last, last.isEmpty { pieces.removeLast() }
        }
        return pieces
    }
}
