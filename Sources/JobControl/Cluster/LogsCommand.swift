package import ArgumentParser
import ManagementAPI
import RESTClient

/// `jobctl logs`: the last lines of a program's log.
package struct LogsCommand: ClusterCommand {
    package static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Show the last lines that a job manager or task manager logged.",
        discussion: """
            Without --taskmanager it is the log of the job manager. The programs keep their last \
            lines in memory; all lines are where their standard error goes.

            EXAMPLE
              jobctl logs --lines 50
              jobctl logs --taskmanager tm-1 --follow
            """
    )

    @Option(help: ArgumentHelp("The task manager.", valueName: "id"))
    var taskmanager: String?

    @Option(help: "How many lines to show.")
    var lines = 100

    @Flag(help: "Go on showing lines as they are written, until Ctrl-C.")
    var follow = false

    @OptionGroup package var cluster: ClusterArguments

    package init() {}

    package func validate() throws {
        if !(1...ManagementLimits.logLinesMax).contains(lines) {
            throw ValidationError(
                "--lines is a whole number from 1 to \(ManagementLimits.logLinesMax)."
            )
        }
    }

    package func run(in session: ClusterSession) throws {
        let source = taskmanager.map { LogSource.taskManager($0) } ?? .jobManager
        var last = try show(session, source, after: 0)
        guard follow else { return }
        session.interruption.begin()
        do {
            try session.wait(interrupted: "") { _ in
                last = try show(session, source, after: last)
                return nil as Void?
            }
        } catch let failure as CommandFailure where failure.message.isEmpty {
            // Ctrl-C is how following ends.
            return
        }
    }

    /// Shows what was written after a line and returns the number of the last one.
    private func show(
        _ session: ClusterSession,
        _ source: LogSource,
        after sequence: UInt64
    ) throws -> UInt64 {
        let count = sequence == 0 ? lines : ManagementLimits.logLinesMax
        let new: [LogLine]
        do throws(ClientError) {
            new = try session.client.log(of: source, after: sequence, lines: count)
        } catch {
            guard error.kind == .refused(404) else { throw error }
            throw CommandFailure(
                .cluster,
                "\(error.message). 'jobctl taskmanagers' lists those that are registered."
            )
        }
        if sequence > 0, let first = new.first, first.sequence > sequence + 1 {
            session.log.write(
                "warning",
                "log-gap",
                "\(first.sequence - sequence - 1) lines were dropped before they could be shown."
            )
        }
        for line in new {
            if session.form == .json {
                try session.write(json: line)
            } else {
                session.write(LogText.line(line) + "\n")
            }
        }
        return new.last?.sequence ?? sequence
    }
}
