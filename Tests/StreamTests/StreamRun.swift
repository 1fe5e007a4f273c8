import Connectors
import Core
import JobManager
import ObjectStore
import Synchronization
import TestKit
import Threads

/// Runs a script over its pushes to the end.
struct StreamRun {
    let sql: String
    let script: Script
    var mode = StreamMode()
    var stateBytesPerSlot: Int { mode.isSpilled ? 1 : 64 << 20 }

    init(_ test: StreamCase, _ mode: StreamMode) {
        sql = test.sql
        script = Script(mode.isGated ? test.steps : test.merged, isGated: mode.isGated)
        self.mode = mode
    }

    /// The job over the tables.
    func job(_ tables: CollectedTables) -> EmbeddedJob {
        var job = EmbeddedJob(
            ConnectorRegistry([ScriptFactory(script), CollectFactory(tables)])
        )
        job.stateBytesPerSlot = stateBytesPerSlot
        job.settings = Self.settings(batchRows: mode.batchRows)
        if mode.overlaps {
            job.settings["execution.checkpointing.interval"] = "1 ms"
            job.settings["execution.checkpointing.max-concurrent-checkpoints"] = "3"
        }
        return job
    }

    /// What the jobs of the cases run with: checkpoints are taken where a script waits for one.
    static func settings(batchRows: Int) -> [String: String] {
        [
            "table.local-time-zone": "UTC",
            "apus.batch-rows": "\(batchRows)",
            "execution.checkpointing.interval": "0 s",
            "restart-strategy.type": "fixed-delay",
            "restart-strategy.fixed-delay.attempts": "1000",
            "restart-strategy.fixed-delay.delay": "0 s",
        ]
    }

    /// What the sinks hold in the end.
    func collect() throws -> CollectedTables {
        let tables = CollectedTables()
        var job = job(tables)
        let last = script.steps.count - 1
        var faults = Script.Faults()
        if mode.fails {
            faults.failsWithin = Set(0...last)
            faults.failsAfter = Set(0..<last)
        }
        for (run, stop) in stops(last).enumerated() {
            job.parallelism = mode.parallelism[run % mode.parallelism.count]
            faults.stopsAfter = stop
            script.faults = faults
            let outcome = try Self.run(job, sql, script)
            switch (outcome, stop) {
            case (.finished, nil), (.cancelled, .some): break
            case (.failed(let failure), _): throw StreamProblem("failed: \(failure.message)")
            default: throw StreamProblem("run \(run + 1) ended as \(outcome)")
            }
        }
        let left = script.faults
        guard left.failsWithin.isEmpty, left.failsAfter.isEmpty else {
            throw StreamProblem("these failures did not happen: \(left)")
        }
        return tables
    }

    /// The step behind which each run stops; nil for the end.
    private func stops(_ last: Int) -> [Int?] {
        mode.parallelism.count > 1 ? Array(0..<last) + [nil] : [nil]
    }

    /// Runs the job until it ends or the script stops it; a job that hangs is cancelled.
    static func run(
        _ job: EmbeddedJob,
        _ sql: String,
        _ script: Script,
        isCancelled: Bool = false
    ) throws -> JobOutcome {
        let outcome = try job.withSupervisor(try job.plan(sql)) { supervisor in
            script.faults.onStop = {
                if isCancelled { supervisor.cancel() } else { supervisor.stopAfterCheckpoint() }
            }
            let end = ThreadSignal()
            let hangs = Mutex(false)
            let watchdog = WorkerThread(name: "watchdog") {
                guard !end.wait(forMicroseconds: 120_000_000) else { return }
                hangs.withLock { $0 = true }
                supervisor.cancel()
            }
            defer {
                end.raise()
                watchdog.join()
                script.faults.onStop = {}
            }
            let outcome = try supervisor.run(from: .newest)
            if hangs.withLock({ $0 }) { throw StreamProblem("the job hangs") }
            return outcome
        }
        guard let outcome else { throw StreamProblem("the script inserts nothing") }
        return outcome
    }
}
