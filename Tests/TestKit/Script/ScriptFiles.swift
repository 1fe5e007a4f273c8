import Connectors
import Core
import Foundation
import Synchronization

/// Scripts in files, for the processes of a cluster: the enumerators of a job share one, in the job
/// manager, which gates the steps; readers only look up its rows.
package final class ScriptFiles: Sendable {
    /// The content of a file.
    private struct Content: Codable {
        struct Step: Codable {
            let table: String
            let rows: String
        }

        let isGated: Bool
        let steps: [Step]
    }

    private let scripts = Mutex<[String: Script]>([:])

    package init() {}

    /// Writes a script of rows as text; a file is for one job.
    package static func write(_ steps: [Script.Step], isGated: Bool, to path: String) throws {
        let steps = try steps.map { step in
            guard case .text(let rows) = step.rows else {
                throw ConnectorError(blame: .user, "Rows that are made do not go into a file.")
            }
            return Content.Step(table: step.table, rows: rows)
        }
        let bytes = try JSONEncoder().encode(Content(isGated: isGated, steps: steps))
        try bytes.write(to: URL(filePath: path))
    }

    /// The script of a file; the same one each time.
    func script(_ path: String) throws(ConnectorError) -> Script {
        if let script = scripts.withLock({ $0[path] }) { return script }
        let content: Content
        do {
            content = try JSONDecoder().decode(
                Content.self,
                from: try Data(contentsOf: URL(filePath: path))
            )
        } catch {
            throw ConnectorError(blame: .user, "'\(path)' is not a script: \(error)")
        }
        let steps = content.steps.map { Script.Step($0.table, .text($0.rows)) }
        let read = Script(steps, isGated: content.isGated)
        return scripts.withLock { scripts in
            let script = scripts[path] ?? read
            scripts[path] = script
            return script
        }
    }
}
