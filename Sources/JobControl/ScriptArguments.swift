import ArgumentParser
import Columnar
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
        let text = try ScriptText(bytes: bytes, name: file)
        var settings = SessionSettings()
        for (key, value) in try settingList() {
            do throws(PlannerError) {
                try settings.set(key, value)
            } catch {
                throw CommandFailure(.usage, "-D \(key)=\(value): \(error.message)")
            }
        }
        do {
            let script = try SQLScript(parsing: text)
            return try ScriptPlanner(registry: AllConnectors.registry, settings: settings)
                .plan(script)
        } catch let error as SyntaxError {
            let diagnostic = error.diagnostic
            let shown = Diagnostic(
                message: Self.withoutPlace(diagnostic.message),
                script: text,
                offsets: diagnostic.offsets
            )
            throw CommandFailure(.script, Secrets.hidden(inScript: shown.description))
        } catch let error as PlannerError {
            guard let range = error.range else {
                throw CommandFailure(.script, "\(file): \(error.message)")
            }
            let diagnostic = Diagnostic(
                message: error.message,
                script: text,
                offsets: range.offsets
            )
            throw CommandFailure(.script, Secrets.hidden(inScript: diagnostic.description))
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

    /// Flink's texts count lines from the start of the statement; the diagnostic names the place.
    private static func withoutPlace(_ message: String) -> String {
        message.replacing(#/ at line \d+, column \d+/#, with: "", maxReplacements: 1)
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
