import Core
import FoundationEssentials
import ObjectStore
import Yams

/// Reads configuration files: YAML, nested or with dotted keys, as Flink's `config.yaml`.
enum SettingsFile {
    /// The keys and texts of a file, in the order of their names.
    static func read(_ path: String) throws(SettingsError) -> [(key: String, text: String)] {
        let text = try content(path)
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw SettingsError("The configuration file '\(path)' is no YAML: \(error)")
        }
        guard let node else { return [] }
        guard case .mapping = node else {
            throw SettingsError("The configuration file '\(path)' must hold keys and values.")
        }
        var all: [(key: String, text: String)] = []
        try flatten(node, "", path, &all)
        return all.sorted { $0.key < $1.key }
    }

    private static func flatten(
        _ node: Node,
        _ prefix: String,
        _ path: String,
        _ all: inout [(key: String, text: String)]
    ) throws(SettingsError) {
        switch node {
        case .scalar(let scalar): all.append((prefix, scalar.string))
        case .sequence(let items):
            let texts = items.compactMap(\.scalar?.string)
            guard texts.count == items.count else {
                throw SettingsError("'\(prefix)' in '\(path)' is a list of more than texts.")
            }
            all.append((prefix, texts.joined(separator: ",")))
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard let name = key.scalar?.string else {
                    throw SettingsError("A key below '\(prefix)' in '\(path)' is no text.")
                }
                try flatten(value, prefix.isEmpty ? name : "\(prefix).\(name)", path, &all)
            }
        case .alias:
            throw SettingsError("'\(prefix)' in '\(path)' is an alias, which is not supported.")
        }
    }

    static func content(_ path: String) throws(SettingsError) -> String {
        do throws(SystemFault) {
            return String(decoding: try LocalFiles.read(path), as: UTF8.self)
        } catch {
            throw SettingsError("The file '\(path)' cannot be read: \(error)")
        }
    }
}
