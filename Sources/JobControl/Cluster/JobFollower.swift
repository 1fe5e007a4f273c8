import Core
import ManagementAPI
import RESTClient

/// Follows a job to its end and ends as it does.
final class JobFollower {
    private let session: ClusterSession
    private let id: String
    private let name: String
    private var lastStatus: JobStatus?
    private var progress: PacedLine

    init(_ session: ClusterSession, _ id: String, _ name: String) {
        self.session = session
        self.id = id
        self.name = name
        progress = PacedLine(session, "progress")
    }

    /// Returns when the job has finished; fails when it failed, was cancelled or is not waited for.
    func follow() throws {
        let interrupted = """
            Interrupted: the job '\(name)' goes on. Follow it with 'jobctl status \(id)', end it \
            with 'jobctl stop \(id)'.
            """
        let end = try session.wait(interrupted: interrupted) { elapsed -> JobDetails? in
            let job = try session.client.job(id)
            show(job, elapsed)
            return job.state.isTerminal ? job : nil
        }
        try tell(end)
    }

    private func show(_ job: JobDetails, _ elapsed: Int64) {
        if job.state != lastStatus {
            lastStatus = job.state
            session.log.write(
                "info",
                "status",
                "The job is \(job.state.rawValue).",
                [("job", .text(id)), ("status", .text(job.state.rawValue))]
            )
        }
        let flow = JobFlow(job)
        progress.show(
            "\(job.state.rawValue)  \(flow.text)",
            elapsedMicroseconds: elapsed,
            [("rows-in", .integer(flow.rowsIn)), ("rows-out", .integer(flow.rowsOut))]
        )
    }

    private func tell(_ job: JobDetails) throws {
        let took = ClusterText.duration(milliseconds: job.durationMilliseconds)
        switch job.state {
        case .finished:
            session.log.write(
                "info",
                "finished",
                "The job '\(name)' finished after \(took): \(JobFlow(job).text)."
            )
        case .failed:
            let failure = try session.client.exceptions(id, limit: 1)
            throw CommandFailure(
                .jobFailed,
                """
                The job '\(name)' failed after \(took): \
                \(failure.rootException ?? "no reason is known").
                See 'jobctl status \(id)'; once that is mended, submit it again from its last \
                checkpoint, which 'jobctl checkpoints \(id)' shows.
                """
            )
        default:
            throw CommandFailure(
                .stopped,
                """
                The job '\(name)' was ended by somebody after \(took): \(job.state.rawValue). To go \
                on, submit it again with --from-savepoint and its last checkpoint, which \
                'jobctl checkpoints \(id)' shows.
                """
            )
        }
    }
}

/// What goes into a job and comes out of it.
struct JobFlow {
    let rowsIn: Int64
    let rowsOut: Int64
    let rowsInPerSecond: Double?
    let rowsOutPerSecond: Double?

    init(_ job: JobDetails) {
        let sourceIDs = Set(job.plan.nodes.filter { ($0.inputs ?? []).isEmpty }.map(\.id))
        let consumed = Set(job.plan.nodes.flatMap { ($0.inputs ?? []).map(\.id) })
        let sources = job.vertices.filter { sourceIDs.contains($0.id) }.map(\.metrics)
        let sinks = job.vertices.filter { !consumed.contains($0.id) }.map(\.metrics)
        rowsIn = sources.map(\.writeRecords).reduce(0, +)
        rowsOut = sinks.map(\.readRecords).reduce(0, +)
        rowsInPerSecond = Self.sum(sources.map(\.writeRecordsPerSecond))
        rowsOutPerSecond = Self.sum(sinks.map(\.readRecordsPerSecond))
    }

    /// The sum where every part is known.
    private static func sum(_ parts: [Double?]) -> Double? {
        let known = parts.compactMap(\.self)
        return known.count == parts.count && !parts.isEmpty ? known.reduce(0, +) : nil
    }

    /// As in `in 1,234 (10/s)  out 99 (1/s)`.
    var text: String {
        func part(_ rows: Int64, _ rate: Double?) -> String {
            ClusterText.count(rows) + (rate.map { " (\(ClusterText.rate($0)))" } ?? "")
        }
        return "in \(part(rowsIn, rowsInPerSecond))  out \(part(rowsOut, rowsOutPerSecond))"
    }
}
