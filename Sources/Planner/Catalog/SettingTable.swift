/// The settings that `SET` and `-D` know, as a table of the documentation.
package enum SettingTable {
    /// A Markdown table with a row for each key, sorted.
    package static var markdown: String {
        let rows = SettingCatalogue.all.sorted { $0.key < $1.key }.map { key, setting in
            "| `\(key)` | \(setting.summary) | \(setting.expected) |"
        }
        let head = ["| Key | What it says | Values |", "|---|---|---|"]
        return (head + rows).joined(separator: "\n") + "\n"
    }
}
