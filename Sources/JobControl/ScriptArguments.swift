import ArgumentParser
import Columnar
import ConnectorCatalogue
import Connectors
import Core
import ObjectStore
import Planner
import SQLSyntax

/// The script of a command, and the settings given beside it.
package struct ScriptArguments: ParsableArguments {
    @Argument(help: "The SQL script; '-' reads standard input.")
    var file: String

    @Option(
        name: .customShort("D"),
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A setting, as SET does; the script's own SET statements come after it.",
            valueName: "key=value"
        )
    )
    var setting: [String] = []

    package init() {}

    /// Plans the script that `read` gave.
    func plan(_ bytes: [UInt8]) throws -> ScriptPlan {
        let settings = try settingList()
        do throws(ScriptProblem) {
            return try ScriptPlan(
                planning: bytes,
                name: file,
                settings: settings,
                registry: AllConnectors.registry
            )
        } catch {
            throw CommandFailure(error.isSetting ? .usage : .script, error.message)
        }
    }

    /// The settings given beside the script, in order.
    func settingList() throws -> [(key: String, value: String)] {
        try setting.map { entry in
            guard let equals = entry.firstIndex(of: "=") else {
                throw CommandFailure(.usage, "-D takes key=value, not '\(entry)'.")
            }
            return (String(entry[..<equals]), String(entry[entry.index(after: equals)...]))
        }
    }

    /// The settings given beside the script; of a repeated key the last one counts.
    func settingPairs() throws -> [String: String] {
        Dictionary(try settingList().map { ($0.key, $0.value) }) { _, last in last }
    }

    /// A hash of the script's text.
    static func hash(_ bytes: [UInt8]) -> String {
        String(Hashing.hash(bytes.span), radix: 16)
    }

    /// The script's text; to be called once, since standard input can be read only once.
    func read() throws -> [UInt8] {
        do throws(SystemFault) {
            let descriptor = try FileDescriptor(file == "-" ? "/dev/stdin" : file, .read)
            var text: [UInt8] = []
            var block = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = try descriptor.read(into: &block)
                if count == 0 { return text }
                text += block[..<count]
            }
        } catch {
            throw CommandFailure(.script, "The script '\(file)' cannot be read: \(error)")
        }
    }
}
