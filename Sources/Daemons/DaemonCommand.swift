package import ArgumentParser
import ConnectorCatalogue
package import Connectors
import Core
import ObjectStore

/// How a long-running program starts and how it says that it cannot.
package protocol DaemonCommand: ParsableCommand {
    /// Runs until a signal ends it; throws when it cannot start.
    func serve(_ connectors: ConnectorRegistry) throws
}

extension DaemonCommand {
    /// Parses the arguments, runs the program and returns its exit code.
    package static func execute(
        _ arguments: [String],
        connectors: ConnectorRegistry = AllConnectors.registry
    ) -> Int32 {
        do {
            let command = try parseAsRoot(arguments)
            guard let command = command as? any DaemonCommand else {
                // --help and --version.
                var other = command
                try other.run()
                return 0
            }
            try command.serve(connectors)
            return 0
        } catch let error as SettingsError {
            StandardStream.error.write("error: \(error.message)\n")
            return 2
        } catch let fault as SystemFault {
            StandardStream.error.write("error: \(fault)\n")
            return 1
        } catch let failure as any Failure {
            StandardStream.error.write("error: \(failure.description)\n")
            return 1
        } catch {
            let text = fullMessage(for: error)
            if exitCode(for: error) == .success {
                StandardStream.output.write(text + "\n")
                return 0
            }
            StandardStream.error.write(text + "\n")
            return 2
        }
    }
}
