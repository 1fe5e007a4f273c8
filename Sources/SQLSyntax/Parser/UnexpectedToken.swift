import Core

/// Words the message about a token that does not belong where it stands.
struct UnexpectedToken {
    let tokens: [Token]
    let index: Int
    let bounds: Range<Int>
    let script: ScriptText
    let expected: [Expectation]
    /// How many tokens Calcite looked at before it gave up.
    let reported: Int

    /// Flink's first line.
    ///
    /// Flink speaks of a keyword when the token, as it is written, is a keyword in upper case and a
    /// name would have been allowed in its place; else it names the token, or the two or three that
    /// its parser looked at.
    func headline(at position: LinePosition) -> String {
        let token = tokens[index]
        switch token.kind {
        case .invalid:
            let text = script.text(token.offsets)
            let code = text.unicodeScalars.first.map { " (\($0.value))" } ?? ""
            return "Lexical error at \(position).  "
                + "Encountered: \"\(UnexpectedToken.escaped(text))\"\(code)"
        case .unclosedComment: return "Lexical error at \(position).  The comment has no end: */"
        case .word
        where token.word.traits.contains(.known) && expected.contains(where: \.allowsName)
            && isUppercase(token):
            return
                "Incorrect syntax near the keyword '\(script.text(token.offsets))' at \(position)."
        default: return "Encountered \"\(images)\" at \(position)."
        }
    }

    /// What was expected, and the word that was probably meant; nil if nothing is known.
    var advice: String? {
        switch tokens[index].kind {
        case .unclosedComment: return nil
        case .invalid:
            let isQuote = script.text(tokens[index].offsets) == "`"
            return isQuote ? "The name that begins here has no closing back quote." : nil
        default: break
        }
        let sentences = [reason ?? expectedText, suggestion, reservedWord].compactMap { $0 }
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }

    /// What is wrong, where the list of what was expected would hide it.
    private var reason: String? {
        let named = (0..<reported).map { tokens[min(index + $0, bounds.upperBound)] }
        if named.contains(where: { $0.kind == .doubleQuote }) {
            return "Strings stand between single quotes, names between back quotes."
        }
        if named.contains(where: { $0.kind == .quote }) {
            return "The string that begins here has no closing quote."
        }
        guard reported > 1, let last = named.last else { return nil }
        let before = named.dropLast().map { script.text($0.offsets) }.joined(separator: " ")
        guard last.kind != .endOfInput else { return "Something is missing after '\(before)'." }
        return "'\(script.text(last.offsets))' cannot follow '\(before)' here."
    }

    /// Symbols and sorts of things come before words: there are fewer of them.
    private var expectedText: String? {
        var things: [String] = []
        var words: [String] = []
        for expectation in expected {
            let text = expectation.description
            if case .keyword = expectation {
                if !words.contains(text) { words.append(text) }
            } else if !things.contains(text) {
                things.append(text)
            }
        }
        let listed = things + words
        guard !listed.isEmpty else { return nil }
        let shown = listed.prefix(SyntaxLimits.expectedWords).joined(separator: ", ")
        let quotes = needsQuotes ? " Strings stand between single quotes." : ""
        return
            "Expected \(shown)\(listed.count > SyntaxLimits.expectedWords ? ", …" : "").\(quotes)"
    }

    /// Whether a name stands where only a string may.
    private var needsQuotes: Bool {
        tokens[index].isName && expected.contains(.symbol(.string))
    }

    /// The keyword of which the token, or the name before it, is a misspelling.
    private var suggestion: String? {
        let keywords = expected.compactMap { expectation in
            if case .keyword(let keyword) = expectation { keyword.text } else { nil }
        }
        for candidate in [index, index - 1] where bounds.contains(candidate) {
            let token = tokens[candidate]
            // Shorter words are near to too many others.
            guard token.kind == .word, token.isName, token.offsets.count > 2 else { continue }
            let written = script.text(token.offsets)
            guard let meant = NearestName.find(written, in: keywords) else { continue }
            return "'\(written)' is probably meant to be \(meant)."
        }
        return nil
    }

    /// Says so if a reserved word stands where a name was probably meant.
    private var reservedWord: String? {
        let isAfterDot = tokens[index].kind == .dot && reported == 2
        let token = isAfterDot ? tokens[min(index + 1, bounds.upperBound)] : tokens[index]
        guard token.kind == .word, token.word.traits.contains(.reserved),
            isAfterDot || expected.contains(where: \.allowsName),
            isAfterDot || token.keyword.map(UnexpectedToken.buildsStatements) != true
        else { return nil }
        let written = script.text(token.offsets)
        return "'\(written)' is a reserved word: as a name it needs back quotes, `\(written)`."
    }

    /// The words that hold statements together: hardly anybody means them as names.
    private static func buildsStatements(_ keyword: Keyword) -> Bool {
        switch keyword {
        case .and, .any, .as, .between, .by, .case, .create, .cross, .distinct, .else, .end,
            .except,
            .exists, .explain, .fetch, .for, .from, .full, .group, .having, .in, .inner, .insert,
            .intersect, .into, .is, .join, .lateral, .left, .like, .limit, .natural, .not, .on,
            .or, .order, .outer, .qualify, .right, .select, .set, .show, .table, .then, .union,
            .using, .values, .when, .where, .window, .with:
            true
        default: false
        }
    }

    /// The tokens that Calcite would show.
    private var images: String {
        var images: [String] = []
        for offset in 0..<reported {
            let token = tokens[min(index + offset, bounds.upperBound)]
            if token.kind == .endOfInput {
                images.append("<EOF>")
                break
            }
            images.append(UnexpectedToken.escaped(script.text(token.offsets)))
        }
        return images.joined(separator: " ")
    }

    private func isUppercase(_ token: Token) -> Bool {
        !script.bytes[token.offsets].contains { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
    }

    /// A token as JavaCC shows it: quotes, controls and what is not ASCII escaped.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for unit in text.utf16 {
            switch unit {
            case 0x08: escaped += "\\b"
            case 0x09: escaped += "\\t"
            case 0x0A: escaped += "\\n"
            case 0x0C: escaped += "\\f"
            case 0x0D: escaped += "\\r"
            case 0x22: escaped += "\\\""
            case 0x27: escaped += "\\'"
            case 0x5C: escaped += "\\\\"
            case 0x20..<0x7F: escaped.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            }
        }
        return escaped
    }
}
