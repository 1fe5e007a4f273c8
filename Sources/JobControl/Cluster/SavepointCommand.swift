package import ArgumentParser
import ManagementAPI
import RESTClient

/// `jobctl savepoint`: takes one, or looks into one.
package struct SavepointCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "savepoint",
        abstract: "Take a savepoint of a running job, or look into one.",
        discussion: """
            EXAMPLE
              jobctl savepoint orders
              jobctl savepoint orders s3://backup/orders
              jobctl savepoint inspect /backup/orders/savepoint-3f2a
            """,
        subcommands: [SavepointTakeCommand.self, SavepointInspectCommand.self],
        defaultSubcommand: SavepointTakeCommand.self
    )

    package init() {}
}

/// `jobctl savepoint take JOB [PATH]`, where `take` may be left out.
package struct SavepointTakeCommand: ClusterCommand {
    package static let configuration = CommandConfiguration(
        commandName: "take",
        abstract: "Take a savepoint of a running job; the job goes on.",
        discussion: """
            JOB is an id, the begin of an id, or a name. The command returns when the savepoint \
            is complete; its place is what --from-savepoint takes.

            EXAMPLE
              jobctl savepoint orders s3://backup/orders
            """
    )

    @Argument(help: "The job.")
    var job: String

    @Argument(
        help: "The folder to write into; 'execution.checkpointing.savepoint-dir' if not given."
    )
    var path: String?

    @OptionGroup package var cluster: ClusterArguments

    package init() {}

    package func run(in session: ClusterSession) throws {
        let job = try session.job(job)
        let trigger = try session.client.triggerSavepoint(
            job.id,
            SavepointTrigger(targetDirectory: path)
        )
        let outcome = try session.outcome(
            "Savepoint of '\(job.name)'",
            next: "'jobctl checkpoints \(job.id)' shows how it ended, 'jobctl logs' may say why."
        ) {
            try session.client.savepointStatus(job.id, trigger.requestID)
        }
        try SavepointResult(job: job.id, location: outcome.location).write(
            in: session,
            "Savepoint of '\(job.name)' complete"
        )
    }
}

/// Where a savepoint lies.
struct SavepointResult: Encodable {
    let job: String
    let location: String?

    /// Writes the place and what can be done with it.
    func write(
        in session: ClusterSession,
        _ title: String,
        isForGoingOn: Bool = true
    ) throws {
        if session.form == .json {
            try session.write(json: self)
            return
        }
        guard let location else {
            session.write("\(title).\n")
            return
        }
        session.write("\(title): \(location)\n")
        session.write(
            isForGoingOn
                ? "Start from it with: jobctl submit FILE.sql --from-savepoint \(location)\n"
                : "Windows have fired early: a job that starts from it gives other results.\n"
        )
    }
}
