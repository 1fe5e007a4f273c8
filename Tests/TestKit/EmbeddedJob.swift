import Checkpoints
package import Connectors
package import Core
import Foundation
package import JobManager
import KeyedState
package import ObjectStore
package import Planner
import SQLSyntax
import Threads

/// Runs scripts in this process, as `jobctl run` does.
package struct EmbeddedJob {
    package var registry: ConnectorRegistry
    package var parallelism = 1
    /// SET statements that come before the script's own.
    package var settings: [String: String] = [:]
    package var store: any ObjectStore = MemoryStore()
    package var jobID = JobID(text: "00112233445566778899aabbccddeeff")
    package var request = CheckpointRequest.newest
    package var dropsUntakenState = false
    package var stateBytesPerSlot = 64 << 20
    package var observer: any JobObserver = SilentObserver()

    package init(_ registry: ConnectorRegistry) {
        self.registry = registry
    }

    /// Plans a script.
    package func plan(_ script: String, named name: String = "test.sql") throws -> ScriptPlan {
        var session = SessionSettings()
        for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
            try session.set(key, value)
        }
        let text = try ScriptText(bytes: Array(script.utf8), name: name)
        let parsed = try SQLScript(parsing: text)
        return try ScriptPlanner(registry: registry, settings: session).plan(parsed)
    }

    /// The supervisor of a planned job, and the folder that it uses until `body` returns.
    package func withSupervisor<Result>(
        _ plan: ScriptPlan,
        _ body: (JobSupervisor) throws -> Result
    ) throws -> Result? {
        guard let graph = plan.graph else { return nil }
        let folder = NSTemporaryDirectory() + "apus-job-\(UUID().uuidString)"
        try LocalFiles.makeFolders(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let supervisor = JobSupervisor(
            JobDescription(id: jobID, graph: graph, parallelism: parallelism, sqlHash: "test"),
            JobResources(
                connectors: registry,
                store: store,
                time: SystemTime()
            ),
            LocalSlots(
                folder: folder,
                stateBytesPerSlot: stateBytesPerSlot,
                blockCache: BlockCache(bytes: 16 << 20)
            ),
            observer
        )
        return try body(supervisor)
    }

    /// Plans a script and runs it to its end; nil when it inserts nothing.
    package func run(_ script: String) throws -> JobOutcome? {
        try withSupervisor(plan(script)) {
            try $0.run(from: request, droppingUntakenState: dropsUntakenState)
        }
    }
}

/// Hears everything and says nothing.
package struct SilentObserver: JobObserver {
    package init() {}
    package func attemptStarted(_: Int, from _: CheckpointID?, notes _: [String]) {}
    package func running(_: JobCounters) {}
    package func checkpointCompleted(
        _: CheckpointID,
        microseconds _: Int64,
        _: CheckpointStats
    ) {}
    package func checkpointGivenUp(_: CheckpointID, reason _: String) {}
    package func restarting(_: WrappedFailure, afterMicroseconds _: Int64) {}
    package func report(_: ConnectorReport, from _: String) {}
}
