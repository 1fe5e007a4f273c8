import Connectors
import Core
import JobManager
import Synchronization

/// Follows a run for people: events as lines, and rates as one live line or a line now and then.
final class RunObserver: JobObserver {
    private struct State {
        var counters: JobCounters?
        var lastCheckpoint: (id: CheckpointID, atMicroseconds: Int64, tookMicroseconds: Int64)?
        var lastSample: (atMicroseconds: Int64, rowsIn: Int64, rowsOut: Int64)?
        var completedCheckpoints: Int64 = 0
        var totalIn: Int64 = 0
        var totalOut: Int64 = 0
    }

    private let log: EventLog
    private let time: any TimeSource
    private let startMicroseconds: Int64
    private let state = Mutex(State())

    init(_ log: EventLog, time: any TimeSource) {
        self.log = log
        self.time = time
        startMicroseconds = time.monotonicMicroseconds
    }

    func attemptStarted(_ attempt: Int, from checkpoint: CheckpointID?, notes: [String]) {
        for note in notes { log.write("warning", "checkpoint-skipped", note) }
        let origin = checkpoint.map { "from checkpoint \($0)" } ?? "without earlier state"
        log.write(
            "info",
            "attempt",
            "Attempt \(attempt) starts \(origin).",
            [
                ("attempt", .integer(Int64(attempt))),
                ("checkpoint", .integer(Int64(checkpoint ?? 0))),
            ]
        )
    }

    func running(_ counters: JobCounters) {
        state.withLock {
            $0.counters = counters
            $0.lastSample = nil
        }
        log.write("info", "running", "The job is running.")
    }

    func checkpointCompleted(
        _ checkpoint: CheckpointID,
        microseconds: Int64,
        _: CheckpointStats
    ) {
        let now = time.monotonicMicroseconds
        state.withLock {
            $0.lastCheckpoint = (checkpoint, now, microseconds)
            $0.completedCheckpoints += 1
        }
        guard log.form == .json else { return }
        log.write(
            "info",
            "checkpoint",
            "Checkpoint \(checkpoint) is complete.",
            [
                ("checkpoint", .integer(Int64(checkpoint))),
                ("duration-ms", .number(Double(microseconds) / 1000)),
            ]
        )
    }

    func checkpointGivenUp(_ checkpoint: CheckpointID, reason: String) {
        log.write(
            "warning",
            "checkpoint-failed",
            "Checkpoint \(checkpoint) was given up, the job goes on: \(reason)",
            [("checkpoint", .integer(Int64(checkpoint)))]
        )
    }

    func restarting(_ failure: WrappedFailure, afterMicroseconds: Int64) {
        collect()
        log.write(
            "warning",
            "restarting",
            """
            The job failed and starts again from its last checkpoint in \
            \(DurationText.short(microseconds: afterMicroseconds)): \(failure.message)
            """,
            [("blame", .text(failure.blame.rawValue))]
        )
    }

    func report(_ report: ConnectorReport, from node: String) {
        log.write(
            report.level == .warning ? "warning" : "info",
            "report",
            "\(report.message) [\(node)]",
            [("node", .text(node))]
        )
    }

    /// Keeps the counts of an attempt that is over.
    func collect() {
        state.withLock { state in
            let sample = state.counters?.sample()
            state.totalIn += sample?.rowsIn ?? 0
            state.totalOut += sample?.rowsOut ?? 0
            state.counters = nil
        }
    }
}

// Rates.
extension RunObserver {
    /// The state of the run in one line, with rates since the last one; nil if it is too early.
    func progress(
        everyMicroseconds pause: Int64
    ) -> (text: String, facts: [(key: String, value: EventValue)])? {
        let now = time.monotonicMicroseconds
        return state.withLock { state in
            guard let counters = state.counters?.sample() else { return nil }
            let rowsIn = counters.rowsIn
            let rowsOut = counters.rowsOut
            guard let last = state.lastSample else {
                state.lastSample = (now, rowsIn, rowsOut)
                return nil
            }
            guard now >= last.atMicroseconds + pause else { return nil }
            defer { state.lastSample = (now, rowsIn, rowsOut) }
            let seconds = Double(now - last.atMicroseconds) / 1_000_000
            let inRate = Double(rowsIn - last.rowsIn) / seconds
            let outRate = Double(rowsOut - last.rowsOut) / seconds
            var parts = [
                Self.clock((now - startMicroseconds) / 1_000_000),
                "in \(Self.grouped(state.totalIn + rowsIn)) (\(Self.grouped(Int64(inRate)))/s)",
                "out \(Self.grouped(state.totalOut + rowsOut)) (\(Self.grouped(Int64(outRate)))/s)",
            ]
            var facts: [(key: String, value: EventValue)] = [
                ("rows-in", .integer(state.totalIn + rowsIn)),
                ("rows-out", .integer(state.totalOut + rowsOut)),
                ("rows-in-per-second", .number(inRate)),
                ("rows-out-per-second", .number(outRate)),
            ]
            if let lag = counters.lagMicroseconds {
                parts.append("lag \(DurationText.short(microseconds: lag))")
                facts.append(("lag-ms", .number(Double(lag) / 1000)))
            }
            if counters.lateRows > 0 {
                parts.append("late \(Self.grouped(counters.lateRows))")
                facts.append(("late-rows-dropped", .integer(counters.lateRows)))
            }
            if let checkpoint = state.lastCheckpoint {
                let age = DurationText.short(microseconds: now - checkpoint.atMicroseconds)
                let took = DurationText.short(microseconds: checkpoint.tookMicroseconds)
                parts.append("checkpoint \(checkpoint.id) \(age) ago, took \(took)")
                facts.append(("checkpoint", .integer(Int64(checkpoint.id))))
            } else {
                parts.append("no checkpoint yet")
            }
            return (parts.joined(separator: "  "), facts)
        }
    }

    /// The end of the run in one line.
    func summary() -> (text: String, facts: [(key: String, value: EventValue)]) {
        let seconds = Double(time.monotonicMicroseconds - startMicroseconds) / 1_000_000
        return state.withLock { state in
            let sample = state.counters?.sample()
            let rowsIn = state.totalIn + (sample?.rowsIn ?? 0)
            let rowsOut = state.totalOut + (sample?.rowsOut ?? 0)
            let took = DurationText.short(microseconds: Int64(seconds * 1_000_000))
            var text = """
                \(Self.counted(rowsIn, "row")) in, \(Self.counted(rowsOut, "row")) out, \
                \(Self.counted(state.completedCheckpoints, "checkpoint")), \(took)
                """
            if let counters = sample {
                if counters.lateRows > 0 {
                    text += ", \(Self.counted(counters.lateRows, "late row")) dropped"
                }
                if counters.retractionsWithoutRow > 0 {
                    text +=
                        ", \(Self.counted(counters.retractionsWithoutRow, "retraction")) "
                        + "without their row"
                }
                if counters.droppedRows > 0 {
                    text += ", \(Self.counted(counters.droppedRows, "row")) dropped by setting"
                }
            }
            return (
                text,
                [
                    ("rows-in", .integer(rowsIn)), ("rows-out", .integer(rowsOut)),
                    ("checkpoints", .integer(state.completedCheckpoints)),
                    ("seconds", .number(seconds)),
                ]
            )
        }
    }

    private static func clock(_ seconds: Int64) -> String {
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let hours = seconds / 3600
        let rest = "\(two(seconds / 60 % 60)):\(two(seconds % 60))"
        return hours > 0 ? "\(hours):\(rest)" : rest
    }

    /// As in `1 checkpoint` and `1,234 checkpoints`.
    static func counted(_ number: Int64, _ noun: String) -> String {
        "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    /// As in `1,234,567`.
    static func grouped(_ number: Int64) -> String {
        let digits = Array(String(number.magnitude))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return number < 0 ? "-\(text)" : text
    }
}
