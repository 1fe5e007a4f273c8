package import ArgumentParser
import Core

/// The command line of Apus.
package struct Jobctl: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "jobctl",
        abstract: "Run and manage streaming SQL jobs.",
        subcommands: [RunCommand.self, ExplainCommand.self, GenerateCommand.self]
    )

    package init() {}

    /// Parses the arguments, runs the command and returns the exit code.
    package static func execute(_ arguments: [String]) -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
            return ExitStatus.success.rawValue
        } catch let failure as CommandFailure {
            if !failure.message.isEmpty {
                StandardStream.error.write("error: \(failure.message)\n")
            }
            return failure.status.rawValue
        } catch {
            let text = fullMessage(for: error)
            let isRequested = exitCode(for: error) == .success
            let stream = isRequested ? StandardStream.output : .error
            stream.write(text + "\n")
            return isRequested ? ExitStatus.success.rawValue : ExitStatus.usage.rawValue
        }
    }
}
