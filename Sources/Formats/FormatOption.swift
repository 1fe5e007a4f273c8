/// One option of a format, without the format's prefix.
package struct FormatOption: Hashable, Sendable {
    package let key: String
    /// Nil when the option has no value unless given.
    package let defaultValue: String?
    package let summary: String

    package init(_ key: String, default defaultValue: String? = nil, _ summary: String) {
        self.key = key
        self.defaultValue = defaultValue
        self.summary = summary
    }
}

/// The option values that a table gives to one of its formats.
///
/// Keys come without the prefix under which the table has them (`json.`, `value.json.`), which is
/// kept for messages.
package struct FormatOptions: Sendable {
    private let prefix: String
    private let table: String
    private let values: [String: String]

    package init(prefix: String, table: String, _ values: [String: String]) {
        self.prefix = prefix
        self.table = table
        self.values = values
    }

    /// The value as it was written, or nil.
    package func text(_ key: String) -> String? { values[key] }

    package func bool(_ key: String, default defaultValue: Bool) throws(FormatError) -> Bool {
        guard let value = values[key] else { return defaultValue }
        switch value.lowercased() {
        case "true": return true
        case "false": return false
        default:
            throw invalid(
                key,
                """
                Unrecognized option for boolean: \(value). \
                Expected either true or false(case insensitive).
                """
            )
        }
    }

    /// One of several words, compared without regard to case.
    package func choice<Word: RawRepresentable<String> & CaseIterable>(
        _ key: String,
        default defaultWord: Word
    ) throws(FormatError) -> Word {
        guard let value = values[key] else { return defaultWord }
        let words = Word.allCases.map(\.rawValue)
        guard
            let word = Word.allCases.first(where: {
                $0.rawValue.lowercased() == value.lowercased()
            })
        else {
            throw invalid(
                key,
                """
                Unsupported value '\(value)' for \(key). \
                Supported values are [\(words.joined(separator: ", "))].
                """
            )
        }
        return word
    }

    /// The error for a value that cannot be used.
    package func invalid(_ key: String, _ reason: String) -> FormatError {
        FormatError(
            """
            Invalid value '\(values[key] ?? "")' for option '\(prefix)\(key)' \
            of table '\(table)'. \(reason)
            """
        )
    }
}
