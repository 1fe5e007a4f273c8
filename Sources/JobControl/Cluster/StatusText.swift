import Core
import ManagementAPI

/// The status of a job on one page.
struct StatusText {
    private let job: JobDetails
    private let checkpoints: CheckpointingStatistics
    private let exceptions: JobExceptions

    init(_ status: StatusDocument) {
        job = status.job
        checkpoints = status.checkpoints
        exceptions = status.exceptions
    }

    /// The page.
    var text: String {
        [head, vertices, slots, stalls, checkpointLines, failures]
            .compactMap(\.self).joined(separator: "\n\n") + "\n"
    }

    private var head: String {
        let duration = ClusterText.duration(milliseconds: job.durationMilliseconds)
        let age = job.state.isTerminal ? "after \(duration)" : "for \(duration)"
        return """
            \(job.name)  \(job.id)
            \(job.state.rawValue) \(age), \(RunObserver.counted(Int64(job.parallelism), "slot")) \
            of at most \(job.maxParallelism), \(RunObserver.counted(job.restarts, "restart")), \
            \(JobFlow(job).text)
            """
    }

    private var vertices: String {
        var table = TextTable(
            [
                "OPERATOR", "UID", "STATUS", "IN", "IN/S", "OUT", "OUT/S", "BUSY", "BACK-PRESSURE",
                "WATERMARK",
            ],
            rightAligned: [3, 4, 5, 6, 7, 8]
        )
        for vertex in job.vertices {
            let metrics = vertex.metrics
            table.add([
                ClusterText.firstLine(vertex.name, columns: 60), vertex.uid, status(vertex),
                ClusterText.count(metrics.readRecords),
                ClusterText.rate(metrics.readRecordsPerSecond),
                ClusterText.count(metrics.writeRecords),
                ClusterText.rate(metrics.writeRecordsPerSecond),
                ClusterText.percent(vertex.busyRatio), backPressure(vertex),
                ClusterText.watermark(vertex.watermark),
            ])
        }
        return table.text
    }

    /// The status, and how many subtasks have it where they differ.
    private func status(_ vertex: JobVertex) -> String {
        let count = vertex.tasks[vertex.status.rawValue] ?? vertex.parallelism
        return count == vertex.parallelism
            ? vertex.status.rawValue : "\(vertex.status.rawValue) \(count)/\(vertex.parallelism)"
    }

    private func backPressure(_ vertex: JobVertex) -> String {
        guard let ratio = vertex.backPressuredRatio else { return "-" }
        return "\(BackPressureLevel(ratio: ratio).rawValue) \(ClusterText.percent(ratio))"
    }

    private var slots: String? {
        if job.slots.isEmpty { return nil }
        var table = TextTable(
            ["SLOT", "STATUS", "KEY GROUPS", "TASK MANAGER", "ENDPOINT"],
            rightAligned: [0]
        )
        for slot in job.slots {
            table.add([
                String(slot.slot), slot.status.rawValue,
                "\(slot.firstKeyGroup)-\(slot.lastKeyGroup)", slot.taskManagerID, slot.endpoint,
            ])
        }
        return table.text
    }

    private var stalls: String? {
        if job.stalls.isEmpty { return nil }
        return "Held back by:\n" + job.stalls.map { "  \($0)" }.joined(separator: "\n")
    }

    private var checkpointLines: String {
        let counts = checkpoints.counts
        var lines = [
            """
            Checkpoints: \(counts.completed) completed, \(counts.failed) failed, \
            \(counts.inProgress) in progress.
            """
        ]
        if let last = checkpoints.latest.completed {
            lines.append("  last       \(CheckpointText.sentence(last, now: job.now))")
        }
        if let last = checkpoints.latest.savepoint {
            lines.append("  savepoint  \(CheckpointText.sentence(last, now: job.now))")
        }
        if let restored = checkpoints.latest.restored {
            let path = restored.externalPath.map { " at \($0)" } ?? ""
            lines.append(
                """
                  restored   \(restored.id) \
                \(CheckpointText.age(restored.restoreTimestamp, job.now))\(path)
                """
            )
        }
        if let failed = checkpoints.latest.failed, let at = failed.failureTimestamp {
            let reason = ClusterText.firstLine(failed.failureMessage ?? "no reason is known")
            lines.append("  failed     \(failed.id) \(CheckpointText.age(at, job.now)): \(reason)")
        }
        return lines.joined(separator: "\n")
    }

    private var failures: String {
        if exceptions.history.entries.isEmpty { return "No failures." }
        let lines = exceptions.history.entries.map { entry in
            let task = entry.taskName.map { " in \($0)" } ?? ""
            let manager = entry.taskManagerID.map { " on \($0)" } ?? ""
            let text = entry.stackTrace.split(separator: "\n").joined(separator: "\n    ")
            return "  \(ClusterText.moment(entry.timestamp))\(task)\(manager)\n    \(text)"
        }
        let more = exceptions.history.truncated ? "\n  (more with --exceptions)" : ""
        return "Last failures:\n" + lines.joined(separator: "\n") + more
    }
}

/// Checkpoints as people read them.
enum CheckpointText {
    /// As in `12 3.2 s ago, took 120 ms, wrote 3.4 MB of 1.2 GB, at /checkpoints/…/chk-12`.
    static func sentence(_ checkpoint: CheckpointStatistics, now: Int64) -> String {
        let took = ClusterText.duration(milliseconds: checkpoint.endToEndMilliseconds)
        let written = MemorySizeText.short(bytes: checkpoint.checkpointedSizeBytes)
        let all = MemorySizeText.short(bytes: checkpoint.stateSizeBytes)
        let path = checkpoint.externalPath.map { ", at \($0)" } ?? ""
        return """
            \(checkpoint.id) \(age(checkpoint.latestAckTimestamp, now)), took \(took), wrote \
            \(written) of \(all)\(path)
            """
    }

    /// As in `3.2 s ago`.
    static func age(_ timestamp: Int64, _ now: Int64) -> String {
        "\(ClusterText.duration(milliseconds: now - timestamp)) ago"
    }
}
