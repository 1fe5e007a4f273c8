/// The settings of the programs as their help and the documentation show them.
package enum SettingKeyTable {
    static func text(_ keys: [SettingKey]) -> String {
        keys.sorted { $0.name < $1.name }.map { key in
            let value = key.defaultValue.map { " (\($0))" } ?? ""
            return "  \(key.name)\(value)\n      \(key.summary)"
        }.joined(separator: "\n")
    }

    /// Markdown tables with a row for each key, sorted: of those that both programs know, and of
    /// those of each.
    package static var markdown: [(programs: String, table: String)] {
        let shared = Set(SettingKeys.shared)
        return [
            ("both", markdown(SettingKeys.shared)),
            ("jobmanager", markdown(SettingKeys.jobManager.filter { !shared.contains($0) })),
            ("taskmanager", markdown(SettingKeys.taskManager.filter { !shared.contains($0) })),
        ]
    }

    private static func markdown(_ keys: [SettingKey]) -> String {
        let rows = keys.sorted { $0.name < $1.name }.map { key in
            "| `\(key.name)` | \(key.defaultValue.map { "`\($0)` " } ?? "")| \(key.summary) |"
        }
        let head = ["| Key | Default | Meaning |", "|---|---|---|"]
        return (head + rows).joined(separator: "\n") + "\n"
    }
}
