package import ArgumentParser
import Core
import ManagementAPI
import RESTClient

/// `jobctl cancel`: ends a job at once.
package struct CancelCommand: ClusterCommand {
    package static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End a job at once, without a savepoint.",
        discussion: """
            JOB is an id, the begin of an id, or a name. Its last checkpoint stays, so that it \
            can be submitted again with --from-savepoint; 'jobctl stop' is for jobs that shall \
            go on.

            EXAMPLE
              jobctl cancel orders
            """
    )

    @Argument(help: "The job.")
    var job: String

    @Flag(name: .customLong("no-wait"), help: "Return before the job has ended.")
    var noWait = false

    @OptionGroup package var cluster: ClusterArguments

    package init() {}

    package func run(in session: ClusterSession) throws {
        let job = try session.job(job)
        try session.client.cancel(job.id)
        var status = try session.client.jobStatus(job.id)
        if !noWait, !status.isTerminal {
            let interrupted = """
                Interrupted: the job '\(job.name)' is being cancelled all the same. \
                'jobctl status \(job.id)' shows how it ends.
                """
            var line = PacedLine(session, "waiting")
            status = try session.wait(interrupted: interrupted) { elapsed in
                let status = try session.client.jobStatus(job.id)
                if status.isTerminal { return status }
                let soFar = DurationText.short(microseconds: elapsed)
                line.show(
                    "Cancelling '\(job.name)' goes on, \(soFar) so far: it is \(status.rawValue)",
                    elapsedMicroseconds: elapsed
                )
                return nil
            }
        }
        if session.form == .json {
            try session.write(json: JobIDList.Entry(id: job.id, status: status))
            return
        }
        switch status {
        case .canceled: session.write("Cancelled '\(job.name)' (\(job.id)).\n")
        case .finished, .failed:
            session.write(
                "'\(job.name)' (\(job.id)) ended before it was cancelled: \(status.rawValue).\n"
            )
        default: session.write("Cancelling '\(job.name)' (\(job.id)): \(status.rawValue).\n")
        }
    }
}
