/// Names and values as PostgreSQL's SQL writes them.
package enum SQLText {
    /// A name in double quotes.
    package static func identifier(_ name: String) -> String {
        "\"\(doubled(name, "\""))\""
    }

    /// A name with its schema, each in double quotes.
    package static func identifier(_ schema: String, _ name: String) -> String {
        "\(identifier(schema)).\(identifier(name))"
    }

    /// A text in single quotes.
    package static func literal(_ text: String) -> String {
        let escaped = doubled(text, "'")
        guard escaped.contains("\\") else { return "'\(escaped)'" }
        return " E'\(doubled(escaped, "\\"))'"
    }

    private static func doubled(_ text: String, _ quote: Character) -> String {
        var result = ""
        for character in text {
            result.append(character)
            if character == quote { result.append(character) }
        }
        return result
    }

    /// An array literal such as `{"a",NULL}`.
    package static func array(_ elements: [String?]) -> String {
        let texts = elements.map { element -> String in
            guard let element else { return "NULL" }
            var quoted = "\""
            for character in element {
                if character == "\"" || character == "\\" { quoted.append("\\") }
                quoted.append(character)
            }
            return quoted + "\""
        }
        return "{\(texts.joined(separator: ","))}"
    }
}
