package import ArgumentParser
import Core

/// The command line of Apus.
package struct Jobctl: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "jobctl",
        abstract: "Run and manage streaming SQL jobs.",
        version: "jobctl \(ProductVersion.text)",
        subcommands: [
            RunCommand.self, ExplainCommand.self, GenerateCommand.self, SubmitCommand.self,
            ListCommand.self, StatusCommand.self, SavepointCommand.self, StopCommand.self,
            CancelCommand.self, RescaleCommand.self, CheckpointsCommand.self,
            TaskManagersCommand.self, LogsCommand.self,
        ]
    )

    package init() {}

    /// Parses the arguments, runs the command and returns the exit code.
    package static func execute(_ arguments: [String]) -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
            return ExitStatus.success.rawValue
        } catch let failure as CommandFailure {
            if !failure.message.isEmpty { report(failure.message, failure.status, arguments) }
            return failure.status.rawValue
        } catch {
            let text = fullMessage(for: error)
            if exitCode(for: error) == .success {
                StandardStream.output.write(text + "\n")
                return ExitStatus.success.rawValue
            }
            if wantsJSON(arguments) {
                report(text, .usage, arguments)
            } else {
                StandardStream.error.write(text + "\n")
            }
            return ExitStatus.usage.rawValue
        }
    }

    /// Says why the command fails, in the form that the rest of its output has.
    private static func report(_ message: String, _ status: ExitStatus, _ arguments: [String]) {
        guard wantsJSON(arguments) else {
            StandardStream.error.write("error: \(message)\n")
            return
        }
        EventLog(.json, Console(), time: SystemTime()).write(
            "error",
            "error",
            message,
            [("exit-code", .integer(Int64(status.rawValue)))]
        )
    }

    /// Whether JSON was asked for; also where the arguments as a whole cannot be understood.
    private static func wantsJSON(_ arguments: [String]) -> Bool {
        zip(arguments, arguments.dropFirst()).contains { $0 == "--output" && $1 == "json" }
            || arguments.contains("--output=json")
    }
}
