/// The settings of a program as its help shows them.
enum SettingTable {
    static func text(_ keys: [SettingKey]) -> String {
        keys.sorted { $0.name < $1.name }.map { key in
            let value = key.defaultValue.map { " (\($0))" } ?? ""
            return "  \(key.name)\(value)\n      \(key.summary)"
        }.joined(separator: "\n")
    }
}
