package import ArgumentParser
import Core
import ManagementAPI
import RESTClient

/// `jobctl checkpoints`: the checkpoints and savepoints of a job.
package struct CheckpointsCommand: ClusterCommand {
    package static let configuration = CommandConfiguration(
        commandName: "checkpoints",
        abstract: "List the checkpoints and savepoints of a job.",
        discussion: """
            JOB is an id, the begin of an id, or a name.

            EXAMPLE
              jobctl checkpoints orders
            """
    )

    @Argument(help: "The job.")
    var job: String

    @OptionGroup package var cluster: ClusterArguments

    package init() {}

    package func run(in session: ClusterSession) throws {
        let job = try session.job(job)
        let statistics = try session.client.checkpoints(job.id)
        if session.form == .json {
            try session.write(json: statistics)
            return
        }
        session.write(Self.text(statistics, of: job))
    }

    private static func text(_ statistics: CheckpointingStatistics, of job: JobSummary) -> String {
        let counts = statistics.counts
        let head = """
            \(job.name)  \(job.id)
            \(counts.completed) completed, \(counts.failed) failed, \(counts.inProgress) in \
            progress; restored \(counts.restored == 1 ? "once" : "\(counts.restored) times").
            """
        if statistics.history.isEmpty { return head + "\n" }
        var table = TextTable(
            ["ID", "KIND", "STATUS", "STARTED", "TOOK", "WROTE", "STATE", "ACKNOWLEDGED", "WHERE"],
            rightAligned: [0, 4, 5, 6]
        )
        for checkpoint in statistics.history { table.add(row(checkpoint)) }
        let times = statistics.summary.endToEndMilliseconds
        let sizes = statistics.summary.stateSizeBytes
        let foot = """
            Took \(ClusterText.duration(milliseconds: times.avg)) on average, \
            \(ClusterText.duration(milliseconds: Int64(times.p99))) at the 99th percentile, \
            \(ClusterText.duration(milliseconds: times.max)) at most; state \
            \(MemorySizeText.short(bytes: sizes.avg)) on average.
            """
        return "\(head)\n\n\(table.text)\n\n\(foot)\n"
    }

    private static func row(_ checkpoint: CheckpointStatistics) -> [String] {
        let kind =
            switch checkpoint.checkpointType {
            case .checkpoint, .unaligned: "checkpoint"
            case .savepoint: "savepoint"
            case .stop: "stop"
            }
        let place =
            checkpoint.failureMessage.map { ClusterText.firstLine($0, columns: 80) }
            ?? checkpoint.externalPath ?? "-"
        return [
            String(checkpoint.id), kind, checkpoint.status.rawValue,
            ClusterText.moment(checkpoint.triggerTimestamp),
            ClusterText.duration(milliseconds: checkpoint.endToEndMilliseconds),
            MemorySizeText.short(bytes: checkpoint.checkpointedSizeBytes),
            MemorySizeText.short(bytes: checkpoint.stateSizeBytes),
            "\(checkpoint.acknowledgedSubtasks)/\(checkpoint.subtasks)",
            checkpoint.discarded == true ? "deleted" : place,
        ]
    }
}
