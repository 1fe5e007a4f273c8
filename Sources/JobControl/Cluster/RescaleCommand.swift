package import ArgumentParser
import ManagementAPI
import RESTClient

/// `jobctl rescale`: gives a job another number of slots.
package struct RescaleCommand: ClusterCommand {
    package static let configuration = CommandConfiguration(
        commandName: "rescale",
        abstract: "Run a job with another number of slots.",
        discussion: """
            JOB is an id, the begin of an id, or a name. A checkpoint is taken, and the job goes \
            on from it with its key groups and splits given to N slots. If there are not enough \
            slots, nothing changes.

            EXAMPLE
              jobctl rescale orders --parallelism 8
            """
    )

    @Argument(help: "The job.")
    var job: String

    @Option(help: "The new number of slots.")
    var parallelism: Int

    @Flag(name: .customLong("no-wait"), help: "Return before the job runs with them.")
    var noWait = false

    @OptionGroup package var cluster: ClusterArguments

    package init() {}

    package func validate() throws {
        if parallelism < 1 {
            throw ValidationError("--parallelism is a whole number from 1 on.")
        }
    }

    package func run(in session: ClusterSession) throws {
        let job = try session.job(job)
        let trigger = try session.client.rescale(job.id, parallelism: parallelism)
        if noWait {
            if session.form == .json {
                try session.write(json: trigger)
            } else {
                session.write("Rescaling '\(job.name)': 'jobctl status \(job.id)' shows it.\n")
            }
            return
        }
        _ = try session.outcome(
            "Rescaling '\(job.name)' to \(RunObserver.counted(Int64(parallelism), "slot"))",
            next: """
                'jobctl status \(job.id)' shows with how many slots the job runs, \
                'jobctl taskmanagers' how many are free.
                """
        ) {
            do throws(ClientError) {
                return try session.client.rescaleStatus(job.id, trigger.requestID)
            } catch {
                guard error.kind == .refused(404) else { throw error }
                return seen(in: try session.client.job(job.id))
            }
        }
        let details = try session.client.job(job.id)
        if session.form == .json {
            try session.write(json: details)
        } else {
            let slots = RunObserver.counted(Int64(details.parallelism), "slot")
            session.write("'\(job.name)' is \(details.state.rawValue) with \(slots).\n")
        }
    }

    /// How far a rescaling is that the job manager knows nothing of: it was asked of an earlier
    /// leader, and the one that leads now starts the job with what was decided before.
    private func seen(in details: JobDetails) -> OperationResult {
        let slots = RunObserver.counted(Int64(details.parallelism), "slot")
        guard !details.state.isTerminal, details.parallelism == parallelism else {
            return .failed(
                "another job manager has taken over, and the job is \(details.state.rawValue) with "
                    + "\(slots)"
            )
        }
        return details.state == .running ? .completed() : .inProgress
    }
}
