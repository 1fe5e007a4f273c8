package import ArgumentParser
import ManagementAPI
import RESTClient

/// `jobctl status`: everything about one job on one page.
package struct StatusCommand: ClusterCommand {
    package static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how a job is doing: operators, slots, rates, checkpoints, failures.",
        discussion: """
            JOB is an id, the begin of an id, or a name.

            EXAMPLE
              jobctl status orders
              jobctl status 3f2a --output json
            """
    )

    @Argument(help: "The job.")
    var job: String

    @OptionGroup package var cluster: ClusterArguments

    @Option(help: "How many failures to show.")
    var exceptions = 3

    package init() {}

    package func validate() throws {
        if !(1...1000).contains(exceptions) {
            throw ValidationError("--exceptions is a whole number from 1 to 1000.")
        }
    }

    package func run(in session: ClusterSession) throws {
        let id = try session.job(job).id
        let status = StatusDocument(
            job: try session.client.job(id),
            checkpoints: try session.client.checkpoints(id),
            exceptions: try session.client.exceptions(id, limit: exceptions)
        )
        if session.form == .json {
            try session.write(json: status)
        } else {
            session.write(StatusText(status).text)
        }
    }
}

/// What `jobctl status --output json` writes: three answers of the job manager.
struct StatusDocument: Encodable {
    let job: JobDetails
    let checkpoints: CheckpointingStatistics
    let exceptions: JobExceptions
}
