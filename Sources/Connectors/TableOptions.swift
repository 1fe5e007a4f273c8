package import Columnar
import Core

/// The options of one table, read once; what nobody asked for is an error at the end.
///
/// Every getter records its key, so that `finish` can name unknown keys and the nearest known one.
package struct TableOptions {
    private let table: TableDefinition
    private let connector: String
    private var asked: Set<String> = ["connector"]

    package init(_ table: TableDefinition) {
        self.table = table
        connector = table.options["connector"] ?? ""
    }

    /// The value as it was written, or nil.
    package mutating func text(_ key: String) -> String? {
        asked.insert(key)
        return table.options[key]
    }

    /// The value of an option that must be there.
    package mutating func required(_ key: String) throws(ConnectorError) -> String {
        guard let value = text(key) else {
            throw ConnectorError(
                blame: .user,
                """
                One or more required options are missing. Table '\(table.path)' with connector \
                '\(connector)' needs the option '\(key)'.
                """
            )
        }
        return value
    }

    /// One of several words; the default when it is not given.
    package mutating func choice(
        _ key: String,
        of words: [String],
        default defaultWord: String
    ) throws(ConnectorError) -> String {
        guard let value = text(key) else { return defaultWord }
        guard let word = words.first(where: { $0 == value.lowercased() }) else {
            throw invalid(
                key,
                value,
                "Expected one of: [\(words.joined(separator: ", "))]."
                    + NearestName.hint(value, in: words)
            )
        }
        return word
    }

    package mutating func bool(
        _ key: String,
        default defaultValue: Bool
    ) throws(ConnectorError) -> Bool {
        guard let value = text(key) else { return defaultValue }
        switch value.lowercased() {
        case "true": return true
        case "false": return false
        default:
            throw invalid(
                key,
                value,
                """
                Unrecognized option for boolean: \(value). \
                Expected either true or false(case insensitive).
                """
            )
        }
    }

    /// A whole number in a range.
    package mutating func integer(
        _ key: String,
        in range: ClosedRange<Int> = 0...Int.max
    ) throws(ConnectorError) -> Int? {
        guard let value = text(key) else { return nil }
        guard let number = Int(value), range.contains(number) else {
            throw invalid(
                key,
                value,
                "Expected a whole number from \(range.lowerBound) "
                    + (range.upperBound == .max ? "on." : "to \(range.upperBound).")
            )
        }
        return number
    }

    /// A duration such as `10 s`, in microseconds.
    package mutating func microseconds(_ key: String) throws(ConnectorError) -> Int64? {
        guard let value = text(key) else { return nil }
        guard let duration = DurationText.microseconds(value) else {
            throw invalid(key, value, "Expected a duration such as '10 s', '500 ms' or '1 min'.")
        }
        return duration
    }

    /// A memory size such as `64 mb`, in bytes.
    package mutating func bytes(_ key: String) throws(ConnectorError) -> Int64? {
        guard let value = text(key) else { return nil }
        guard let size = MemorySizeText.bytes(value) else {
            throw invalid(key, value, "Expected a memory size such as '128 mb' or '64kb'.")
        }
        return size
    }

    /// All options whose key starts with a prefix, without it.
    package mutating func prefixed(_ prefix: String) -> [String: String] {
        var found: [String: String] = [:]
        for (key, value) in table.options where key.hasPrefix(prefix) {
            asked.insert(key)
            found[String(key.dropFirst(prefix.count))] = value
        }
        return found
    }

    /// The error for a value that cannot be used.
    package func invalid(_ key: String, _ value: String, _ reason: String) -> ConnectorError {
        ConnectorError(
            blame: .user,
            """
            Invalid value '\(Secrets.hidden(value, of: key))' for option '\(key)' of table \
            '\(table.path)'. \(reason)
            """
        )
    }

    /// Refuses options that nobody asked for, with the nearest known name.
    ///
    /// - Parameter known: the connector's and formats' options, for the hint and the list.
    /// - Throws: the error that names them.
    package func finish(known: [OptionDescription]) throws(ConnectorError) {
        let unknown = table.options.keys.filter { !asked.contains($0) }.sorted()
        guard !unknown.isEmpty else { return }
        let names = known.map(\.key).sorted()
        let list = unknown.map { key in
            let hint = NearestName.hint(key, in: names)
            return hint.isEmpty ? key : "\(key):\(hint)"
        }
        .joined(separator: "\n")
        throw ConnectorError(
            blame: .user,
            """
            Unsupported options found for '\(connector)'.

            Unsupported options of table '\(table.path)':
            \(list)

            Supported options:
            \((["connector"] + names).joined(separator: "\n"))
            """
        )
    }
}
