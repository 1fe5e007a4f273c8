/// Patterns of SIMILAR TO as regular expressions, after Calcite's `sqlToRegexSimilar`.
enum SimilarPattern {
    private static let classes = [
        "[:ALPHA:]": "\\p{Alpha}", "[:alpha:]": "\\p{Alpha}", "[:UPPER:]": "\\p{Upper}",
        "[:upper:]": "\\p{Upper}", "[:LOWER:]": "\\p{Lower}", "[:lower:]": "\\p{Lower}",
        "[:DIGIT:]": "\\d", "[:digit:]": "\\d", "[:SPACE:]": " ", "[:space:]": " ",
        "[:WHITESPACE:]": "\\s", "[:whitespace:]": "\\s", "[:ALNUM:]": "\\p{Alnum}",
        "[:alnum:]": "\\p{Alnum}",
    ]

    static func translate(_ pattern: String, escape: String) throws(RowFailure) -> String {
        let escapes = Array(escape.unicodeScalars)
        guard escapes.count <= 1 else { throw RowFailure("Invalid escape character '\(escape)'") }
        let scalars = Array(pattern.unicodeScalars)
        var result = ""
        var index = 0
        var isInClass = false
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            if scalar == escapes.first {
                guard index < scalars.count else {
                    throw RowFailure("Invalid escape sequence '\(pattern)', \(index - 1)")
                }
                result += JavaEscape.quoted(scalars[index])
                index += 1
            } else if isInClass {
                if let (name, length) = named(scalars, index - 1) {
                    result += name
                    index += length - 1
                    continue
                }
                result += scalar == "\\" ? "\\\\" : String(scalar)
                isInClass = scalar != "]"
            } else {
                result += outside(scalar)
                isInClass = scalar == "["
            }
        }
        return result
    }

    /// A class such as `[:ALPHA:]` inside brackets.
    private static func named(
        _ scalars: [Unicode.Scalar],
        _ start: Int
    ) -> (text: String, length: Int)? {
        guard scalars[start] == "[", start + 1 < scalars.count, scalars[start + 1] == ":",
            let end = scalars[start...].firstIndex(of: "]")
        else { return nil }
        let name = String(String.UnicodeScalarView(scalars[start...end]))
        return classes[name].map { ($0, name.count) }
    }

    private static func outside(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "_": "."
        case "%": "(?s:.*)"
        case "|", "*", "+", "?", "{", "}", "(", ")", "[", "]": String(scalar)
        case ".", "^", "$", "\\": "\\\(scalar)"
        default: String(scalar)
        }
    }
}
