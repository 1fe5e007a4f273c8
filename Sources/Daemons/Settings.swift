import Core

/// One key of a program's configuration.
package struct SettingKey: Hashable, Sendable {
    package let name: String
    /// Nil when it has to be given, or has no value unless given.
    package let defaultValue: String?
    package let summary: String

    init(_ name: String, _ defaultValue: String?, _ summary: String) {
        self.name = name
        self.defaultValue = defaultValue
        self.summary = summary
    }

    /// The variable of the environment that sets it: `rest.port` is `APUS_REST_PORT`.
    package var variable: String {
        "APUS_"
            + name.uppercased().map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
    }
}

/// A program's configuration: a file, then the environment, then flags; the last one counts.
package struct Settings: Sendable {
    private let known: [String: SettingKey]
    private var values: [String: (text: String, origin: String)] = [:]

    package init(_ keys: [SettingKey]) {
        known = Dictionary(uniqueKeysWithValues: keys.map { ($0.name, $0) })
    }

    /// Takes a value over those that came before.
    ///
    /// - Throws: when there is no such key, with the nearest one.
    package mutating func set(
        _ key: String,
        _ text: String,
        from origin: String
    ) throws(SettingsError) {
        guard known[key] != nil || key.hasPrefix("s3.") else {
            let hint = NearestName.hint(key, in: known.keys.sorted())
            throw SettingsError("\(origin): there is no setting '\(key)'.\(hint)")
        }
        values[key] = (text, origin)
    }

    /// Takes the variables of the environment that stand for keys.
    package mutating func read(environment: [String: String]) throws(SettingsError) {
        for key in known.values.sorted(by: { $0.name < $1.name }) {
            guard let text = environment[key.variable] else { continue }
            try set(key.name, text, from: "environment variable \(key.variable)")
        }
    }

    /// The keys that begin with `s3.`.
    var s3: [String: String] {
        values.filter { $0.key.hasPrefix("s3.") }.mapValues(\.text)
    }

    /// The text of a key, or its default.
    func text(_ key: String) -> String? {
        precondition(known[key] != nil, "the setting '\(key)' is not declared")
        return values[key]?.text ?? known[key]?.defaultValue
    }

    func required(_ key: String) throws(SettingsError) -> String {
        guard let text = text(key), !text.isEmpty else {
            let variable = known[key]?.variable ?? ""
            throw SettingsError(
                "The setting '\(key)' is missing: \(known[key]?.summary ?? "") Give it in the "
                    + "configuration file, as \(variable), or with -D \(key)=…"
            )
        }
        return text
    }

    func integer(_ key: String, _ range: ClosedRange<Int>) throws(SettingsError) -> Int {
        let text = try required(key)
        guard let number = Int(text), range.contains(number) else {
            throw wrong(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func flag(_ key: String) throws(SettingsError) -> Bool {
        switch try required(key).lowercased() {
        case "true": return true
        case "false": return false
        default: throw wrong(key, "true or false")
        }
    }

    func bytes(_ key: String) throws(SettingsError) -> Int {
        guard let bytes = MemorySizeText.bytes(try required(key)) else {
            throw wrong(key, "a size such as 512m or 2g")
        }
        return Int(bytes)
    }

    func microseconds(_ key: String, most: Int64 = .max) throws(SettingsError) -> Int64 {
        guard let microseconds = DurationText.microseconds(try required(key)), microseconds > 0
        else { throw wrong(key, "a duration such as 500 ms, 10 s or 1 min") }
        guard microseconds <= most else {
            throw wrong(key, "a duration of at most \(most / 86_400_000_000) days")
        }
        return microseconds
    }

    /// A secret: the text of a key, or the first line of the file that another key names.
    func secret(_ key: String, file fileKey: String) throws(SettingsError) -> String? {
        if let text = text(key), !text.isEmpty { return text }
        guard let path = text(fileKey), !path.isEmpty else { return nil }
        let text = try SettingsFile.content(path)
        let line = text.split(separator: "\n").first.map(String.init) ?? ""
        guard !line.isEmpty else {
            throw SettingsError("The file '\(path)' of '\(fileKey)' is empty.")
        }
        return line.trimmed
    }

    private func wrong(_ key: String, _ expected: String) -> SettingsError {
        let given = values[key]
        return SettingsError(
            "\(given?.origin ?? "default"): '\(key)' is \(expected), not "
                + "'\(given?.text ?? "")'."
        )
    }
}

/// What is wrong with a configuration, for the person who wrote it.
package struct SettingsError: Error {
    package let message: String

    package init(_ message: String) {
        self.message = message
    }
}

extension String {
    /// Without white space at its ends.
    fileprivate var trimmed: String {
        var text = Substring(self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text.drop(while: \.isWhitespace))
    }
}
