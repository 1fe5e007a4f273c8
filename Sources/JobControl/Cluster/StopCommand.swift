package import ArgumentParser
import ManagementAPI
import RESTClient

/// `jobctl stop`: ends a job with a savepoint.
package struct StopCommand: ClusterCommand {
    package static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop a job with a savepoint that it can go on from.",
        discussion: """
            JOB is an id, the begin of an id, or a name. If the savepoint cannot be completed, \
            the job goes on. With --drain windows and timers fire as at the end of input: do that \
            only to a job that will not go on.

            EXAMPLE
              jobctl stop orders --savepoint-path s3://backup/orders
              jobctl stop orders --drain
            """
    )

    @Argument(help: "The job.")
    var job: String

    @Option(
        name: .customLong("savepoint-path"),
        help: ArgumentHelp(
            "The folder to write into; 'execution.checkpointing.savepoint-dir' if not given.",
            valueName: "path"
        )
    )
    var savepointPath: String?

    @Flag(help: "Let windows and timers fire as at the end of input.")
    var drain = false

    @OptionGroup package var cluster: ClusterArguments

    package init() {}

    package func run(in session: ClusterSession) throws {
        let job = try session.job(job)
        let trigger = try session.client.stop(
            job.id,
            StopTrigger(targetDirectory: savepointPath, drain: drain)
        )
        let outcome = try session.outcome(
            "Stopping '\(job.name)' with a savepoint",
            next: """
                'jobctl status \(job.id)' shows whether the job goes on, 'jobctl logs' may say why.
                """
        ) {
            try session.client.savepointStatus(job.id, trigger.requestID)
        }
        try SavepointResult(job: job.id, location: outcome.location).write(
            in: session,
            "\(drain ? "Drained and stopped" : "Stopped") '\(job.name)' with a savepoint",
            isForGoingOn: !drain
        )
    }
}
