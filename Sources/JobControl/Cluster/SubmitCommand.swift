package import ArgumentParser
import Core
import ManagementAPI
import RESTClient

/// `jobctl submit`: hands a script to the job manager.
package struct SubmitCommand: ClusterCommand {
    package static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Start a SQL script as a job of the cluster.",
        discussion: """
            The job manager plans the script; what is wrong with it is shown with its place. \
            With --wait the command follows the job to its end and ends with its outcome; Ctrl-C \
            leaves the job running. A savepoint that is not there, or that does not fit the script, \
            is refused before there is a job.

            EXAMPLE
              jobctl submit orders.sql --name orders --parallelism 4
              jobctl submit orders.sql --from-savepoint file:///backup/savepoint-3f2a
              jobctl submit backfill.sql --wait -D execution.checkpointing.interval=30s
            """
    )

    @OptionGroup var script: ScriptArguments
    @OptionGroup package var cluster: ClusterArguments

    @Option(help: "The number of slots; 'parallelism.default' of the script if not given.")
    var parallelism: Int?

    @Option(
        help: "The name of the job; 'pipeline.name' of the script, or its file's, if not given."
    )
    var name: String?

    @Option(
        name: .customLong("from-savepoint"),
        help: ArgumentHelp("The savepoint or checkpoint to start from.", valueName: "path")
    )
    var fromSavepoint: String?

    @Flag(
        name: .customLong("allow-non-restored-state"),
        help: "Drop state of the savepoint that no operator of the script takes."
    )
    var allowNonRestoredState = false

    @Flag(help: "Follow the job to its end; the exit code is its outcome.")
    var wait = false

    package init() {}

    package func validate() throws {
        if let parallelism, parallelism < 1 {
            throw ValidationError("--parallelism is a whole number from 1 on.")
        }
        if allowNonRestoredState, fromSavepoint == nil {
            throw ValidationError(
                "--allow-non-restored-state needs a --from-savepoint to start from."
            )
        }
    }

    package func run(in session: ClusterSession) throws {
        guard let sql = String(validating: try script.read(), as: UTF8.self) else {
            throw CommandFailure(.script, "The script '\(script.file)' is not valid UTF-8.")
        }
        var settings = try script.settingPairs()
        // A name of the script or of -D comes before that of the file.
        if name == nil, settings["pipeline.name"] == nil { settings["pipeline.name"] = fileName }
        let submission = JobSubmission(
            sql: sql,
            name: name,
            parallelism: parallelism,
            settings: settings,
            fromSavepoint: fromSavepoint,
            allowNonRestoredState: allowNonRestoredState
        )
        let job: SubmittedJob
        do throws(ClientError) {
            job = try session.client.submit(submission)
        } catch {
            switch error.kind {
            case .refused(400):
                throw CommandFailure(
                    .script,
                    """
                    \(error.message)
                    Nothing was started: mend that and submit it again. 'jobctl explain \
                    \(script.file)' plans it without a cluster.
                    """
                )
            case .refused(409): throw CommandFailure(.checkpoint, error.message)
            default: throw error
            }
        }
        for note in job.notes { session.log.write("warning", "setting", note) }
        for guarantee in job.guarantees {
            session.log.write("info", "guarantee", "Guarantee of \(guarantee).")
        }
        if session.form == .json {
            try session.write(json: job)
        } else {
            let slots = RunObserver.counted(Int64(job.parallelism), "slot")
            session.write("Submitted '\(job.name)' with \(slots) as job \(job.id).\n")
            if !wait { session.write("Follow it with: jobctl status \(job.id)\n") }
        }
        if wait { try JobFollower(session, job.id, job.name).follow() }
    }

    /// The name of the script's file without `.sql`; nil for standard input.
    private var fileName: String? {
        guard script.file != "-", let last = script.file.split(separator: "/").last else {
            return nil
        }
        return last.hasSuffix(".sql") ? String(last.dropLast(4)) : String(last)
    }
}
