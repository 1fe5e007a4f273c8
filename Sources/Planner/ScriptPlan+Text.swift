package import Connectors
import Core
import SQLSyntax

/// Why a script cannot be run, for the person who wrote it.
package struct ScriptProblem: Error {
    /// Whether a setting beside the script is wrong, and not the script.
    package let isSetting: Bool
    package let message: String

    package init(isSetting: Bool, _ message: String) {
        self.isSetting = isSetting
        self.message = message
    }
}

extension ScriptPlan {
    /// Plans a script with settings that come before its own.
    ///
    /// - Parameters:
    ///   - bytes: the script.
    ///   - name: what messages call it.
    ///   - settings: as SET statements.
    ///   - registry: the connectors that there are.
    /// - Throws: with the place in the script, without the secrets in it.
    package init(
        planning bytes: [UInt8],
        name: String,
        settings: [(key: String, value: String)],
        registry: ConnectorRegistry
    ) throws(ScriptProblem) {
        var session = SessionSettings()
        for (key, value) in settings {
            do throws(PlannerError) {
                try session.set(key, value)
            } catch {
                throw ScriptProblem(isSetting: true, "-D \(key)=\(value): \(error.message)")
            }
        }
        do {
            let text = try ScriptText(bytes: bytes, name: name)
            do {
                let script = try SQLScript(parsing: text)
                self = try ScriptPlanner(registry: registry, settings: session).plan(script)
            } catch let error as PlannerError {
                throw Self.problem(error, text)
            } catch let error as SyntaxError {
                throw Self.problem(error, text)
            }
        } catch let problem as ScriptProblem {
            throw problem
        } catch {
            throw ScriptProblem(isSetting: false, "\(name): \(error)")
        }
    }

    private static func problem(_ error: SyntaxError, _ text: ScriptText) -> ScriptProblem {
        let diagnostic = error.diagnostic
        let shown = Diagnostic(
            message: withoutPlace(diagnostic.message),
            script: text,
            offsets: diagnostic.offsets
        )
        return ScriptProblem(isSetting: false, Secrets.hidden(inScript: shown.description))
    }

    private static func problem(_ error: PlannerError, _ text: ScriptText) -> ScriptProblem {
        guard let range = error.range else {
            return ScriptProblem(isSetting: false, "\(text.name): \(error.message)")
        }
        let diagnostic = Diagnostic(
            message: error.message,
            script: text,
            offsets: range.offsets
        )
        return ScriptProblem(isSetting: false, Secrets.hidden(inScript: diagnostic.description))
    }

    /// Flink's texts count lines from the start of the statement; the diagnostic names the place.
    private static func withoutPlace(_ message: String) -> String {
        message.replacing(#/ at line \d+, column \d+/#, with: "", maxReplacements: 1)
    }
}
