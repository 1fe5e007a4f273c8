package import Columnar

/// Passwords are not for screens, logs and files: what is shown instead of them.
package enum Secrets {
    private static let mask = "******"

    /// Whether the value of an option is a secret as a whole.
    package static func isSecret(_ key: String) -> Bool {
        let key = key.lowercased()
        return ["password", "secret", "token", "credential"].contains { key.contains($0) }
    }

    /// The value of an option without what is secret in it.
    package static func hidden(_ value: String, of key: String) -> String {
        isSecret(key) ? mask : hidden(in: value)
    }

    /// A text without the passwords of addresses: `://user:password@host` and `password=…`.
    package static func hidden(in text: String) -> String {
        text.replacing(#/(:\/\/[^:\/@\s']*:)[^\s']*@/#) { "\($0.output.1)\(mask)@" }
            .replacing(#/((?i:password)=)[^&;\s']+/#) { "\($0.output.1)\(mask)" }
    }

    /// Lines of a script without the secrets in its options; everything stays in its place.
    package static func hidden(inScript lines: String) -> String {
        func stars(_ text: Substring) -> String { String(repeating: "*", count: text.count) }
        return
            lines
            .replacing(
                #/('[^']*(?i:password|secret|token|credential)[^']*'\s*=\s*')((?:[^']|'')*)/#
            ) { "\($0.output.1)\(stars($0.output.2))" }
            .replacing(#/(:\/\/[^:\/@\s']*:)([^\s']*)@/#) { "\($0.output.1)\(stars($0.output.2))@" }
            .replacing(#/((?i:password)=)([^&;\s']+)/#) { "\($0.output.1)\(stars($0.output.2))" }
    }
}

extension TableDefinition {
    /// The table with its secrets hidden, for what is written down.
    package var withoutSecrets: TableDefinition {
        var shown: [String: String] = [:]
        for (key, value) in options { shown[key] = Secrets.hidden(value, of: key) }
        return TableDefinition(
            path: path,
            columns: columns,
            primaryKey: primaryKey,
            options: shown
        )
    }
}
