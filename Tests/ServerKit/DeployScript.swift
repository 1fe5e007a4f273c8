import Foundation

/// A script of `deploy/`, run with the programs that were built with the tests.
package struct DeployScript: Sendable {
    /// Its path below the repository's top.
    private let path: String
    /// `NAME=value` for its environment.
    private let environment: [String]

    package init(_ path: String, _ environment: [String] = []) {
        self.path = path
        self.environment = environment
    }

    /// Its exit code and everything that it printed; the wait of minutes has a thread of its own.
    package func run() async throws -> (exit: Int32, text: String) {
        let top = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let programs = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let process = try ChildProcess.start(
            ["APUS_BIN=\(programs.path)"] + environment + ["bash", "\(top.path)/\(path)"],
            capturing: true
        )
        let text = await withCheckedContinuation { continuation in
            Thread { continuation.resume(returning: process.readAll()) }.start()
        }
        return (process.wait(), text)
    }
}
