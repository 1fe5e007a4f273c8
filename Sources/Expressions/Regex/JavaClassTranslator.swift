/// Rewrites a character class, `[…]`, with its nested classes and intersections.
///
/// A plain class stays one; anything else becomes a group of alternatives and lookaheads that
/// takes exactly one character.
struct JavaClassTranslator {
    typealias Invalid = JavaPatternTranslator.Invalid

    let source: [Unicode.Scalar]
    /// Behind the opening bracket at first, behind the closing one at the end.
    var position: Int

    /// A set of characters as a pattern.
    private enum Members {
        /// What may stand between brackets.
        case plain(String)
        /// A pattern that takes one character.
        case pattern(String)

        var pattern: String {
            switch self {
            case .plain(let members): "[\(members)]"
            case .pattern(let pattern): pattern
            }
        }
    }

    /// The class whose opening bracket has just been read.
    mutating func translate() throws(Invalid) -> String {
        try members().pattern
    }

    private mutating func members() throws(Invalid) -> Members {
        let isNegated = peek() == "^"
        if isNegated { position += 1 }
        var intersected: [Members] = []
        var plain = ""
        var nested: [String] = []
        while let scalar = peek(), scalar != "]" {
            position += 1
            if scalar == "[" {
                switch try members() {
                case .plain(let inner) where !inner.hasPrefix("^"): plain += inner
                case let other: nested.append(other.pattern)
                }
            } else if scalar == "&", peek() == "&" {
                position += 1
                intersected.append(union(plain, nested))
                plain = ""
                nested = []
            } else if scalar == "\\" {
                try escape(&plain, &nested)
            } else {
                plain += literal(scalar)
            }
        }
        guard peek() == "]" else { throw Invalid(reason: "Unclosed character class") }
        position += 1
        let last = union(plain, nested)
        if intersected.isEmpty { return negated(last, isNegated) }
        var pattern = ""
        if !(plain.isEmpty && nested.isEmpty) { intersected.append(last) }
        for part in intersected.dropLast() { pattern += "(?=\(part.pattern))" }
        pattern = "(?:\(pattern)\(intersected[intersected.count - 1].pattern))"
        return negated(.pattern(pattern), isNegated)
    }

    private func peek() -> Unicode.Scalar? {
        position < source.count ? source[position] : nil
    }

    private func literal(_ scalar: Unicode.Scalar) -> String {
        // A hyphen stays as it is: it may stand for a range.
        if scalar == "-" { return "-" }
        return JavaEscape.quoted(scalar)
    }

    private mutating func escape(
        _ plain: inout String,
        _ nested: inout [String]
    ) throws(Invalid) {
        guard let letter = peek() else { throw Invalid(reason: "Unclosed character class") }
        if letter == "Q" {
            position += 1
            while let scalar = peek() {
                position += 1
                if scalar == "\\", peek() == "E" {
                    position += 1
                    return
                }
                plain += scalar == "-" ? "\\-" : JavaEscape.quoted(scalar)
            }
            return
        }
        var escapes = JavaEscape(source: source, position: position)
        let text = try escapes.translate(inClass: true)
        position = escapes.position
        if text.hasPrefix("[^") {
            nested.append(text)
        } else if text.hasPrefix("[") {
            plain += text.dropFirst().dropLast()
        } else {
            plain += text
        }
    }

    private func union(_ plain: String, _ nested: [String]) -> Members {
        if nested.isEmpty { return .plain(plain) }
        let parts = plain.isEmpty ? nested : ["[\(plain)]"] + nested
        return .pattern("(?:\(parts.joined(separator: "|")))")
    }

    private func negated(_ members: Members, _ isNegated: Bool) -> Members {
        guard isNegated else { return members }
        switch members {
        case .plain(let text): return .plain("^\(text)")
        case .pattern(let pattern): return .pattern("(?:(?!\(pattern))(?s:.))")
        }
    }
}
