import Checkpoints
import Connectors
import Core
import Dataflow
import JobGraph
import JobManager
import ObjectStore
import Operators
import Testing
import Threads

/// An attempt of a job whose slots and machine are played by the test.
final class ExecutedJob {
    /// Hears what slots are told, and has none.
    private struct RecordingGateway: TaskGateway {
        let commands: Mailbox<TaskCommand>

        func deploy(_: TaskDeployment) {}
        func send(_ command: TaskCommand, to _: TaskDeployment) { commands.send(command) }
        func stop(_: TaskDeployment, at _: [TaskManagerID]) {}
        func counters(_: TaskDeployment) -> [[NodeCounters]] { [] }
    }

    private struct NoObserver: JobObserver {
        func attemptStarted(_: Int, from _: CheckpointID?, notes _: [String]) {}
        func running(_: JobCounters) {}
        func checkpointCompleted(_: CheckpointID, microseconds _: Int64, _: CheckpointStats) {}
        func checkpointGivenUp(_: CheckpointID, reason _: String) {}
        func restarting(_: WrappedFailure, afterMicroseconds _: Int64) {}
        func report(_: ConnectorReport, from _: String) {}
    }

    private static let connectors = ConnectorRegistry(ConnectorRegistry.builtIn)
    private let store: any ObjectStore
    private let executor: JobExecutor
    private let events = Mailbox<JobEvent>(bound: 4096)
    private let commands = Mailbox<TaskCommand>(bound: 4096)
    /// What was heard and not asked for yet.
    private var heard: [TaskCommand] = []
    private var told: [JobMachine.Event] = []
    /// The nodes that read.
    let sources: [Int]

    /// A job of one slot that is prepared; the same id for all scripts.
    init(_ sql: String, _ store: any ObjectStore, savepoint: RestorePoint? = nil) throws {
        self.store = store
        let planned = try JobPlanning.plan(
            sql: sql,
            name: "job",
            parallelism: 1,
            settings: [],
            defaultParallelism: 1,
            connectors: Self.connectors
        )
        var job = JobDescription(
            id: JobID(text: "00112233445566778899aabbccddeeff"),
            graph: planned.graph,
            parallelism: 1,
            sqlHash: "test"
        )
        job.savepoint = savepoint
        sources = JobExecutor.shape(planned.graph).sourceNodes
        let events = events
        executor = JobExecutor(
            job,
            JobResources(connectors: Self.connectors, store: store, time: SystemTime()),
            NoObserver(),
            gateway: RecordingGateway(commands: commands),
            post: { events.send($0) }
        )
        executor.perform(.prepare(attempt: 1, .newest))
    }

    /// Ends the attempt and its threads.
    func stop() {
        executor.perform(.stopTasks(attempt: 1, []))
        executor.join()
    }

    /// What preparing has found; what it failed with is thrown.
    func prepared() throws -> JobMachine.Prepared {
        let event = try awaitEvent { event in
            switch event {
            case .prepared, .prepareFailed: true
            default: false
            }
        }
        if case .prepared(_, let prepared) = event { return prepared }
        guard case .prepareFailed(_, let failure) = event else { throw Missing(what: "an answer") }
        throw failure
    }

    func start() {
        executor.perform(.deploy(attempt: 1, [TaskManagerID("one")]))
        executor.perform(.start(attempt: 1))
    }

    /// Has the barrier go out.
    func trigger(_ id: CheckpointID, _ savepoint: SavepointRequest? = nil) throws {
        executor.perform(.trigger(id, isFinal: savepoint?.ending == .drains, savepoint))
        _ = try awaitCommand { command in
            guard case .trigger(let barrier) = command else { return false }
            return barrier.checkpoint == id
        }
    }

    /// Writes the manifest of what was collected, and reads it.
    func store(_ id: CheckpointID) throws -> CheckpointReader.Found {
        executor.perform(.store(id))
        let event = try awaitEvent { event in
            switch event {
            case .manifestStored, .manifestFailed: true
            default: false
            }
        }
        guard event == .manifestStored(attempt: 1, id) else { throw Missing(what: "\(event)") }
        let keys = try store.list("").map(\.key)
        let reader = CheckpointReader(store: store)
        for key in keys where key.hasSuffix("/\(CheckpointLayout.manifestName)") {
            let found = try reader.read(key)
            if found.manifest.checkpointID == id { return found }
        }
        throw Missing(what: "the manifest of \(id)")
    }

    func complete(_ id: CheckpointID) {
        executor.perform(.complete(id))
    }

    /// Something comes from a slot.
    func tell(_ event: TaskEvent) {
        told += executor.translate(.task(attempt: 1, event))
    }

    /// The next command of a kind; those before it are forgotten.
    func awaitCommand(_ isWanted: (TaskCommand) -> Bool) throws -> TaskCommand {
        for _ in 0..<1000 {
            handleEvents()
            var new: [TaskCommand] = []
            commands.drain(into: &new)
            heard += new
            if let index = heard.firstIndex(where: isWanted) {
                defer { heard.removeFirst(index + 1) }
                return heard[index]
            }
            events.wait(forMicroseconds: 10_000)
        }
        throw Missing(what: "a command, heard: \(heard)")
    }

    private func awaitEvent(
        _ isWanted: (JobMachine.Event) -> Bool
    ) throws -> JobMachine.Event {
        for _ in 0..<1000 {
            handleEvents()
            if let index = told.firstIndex(where: isWanted) { return told.remove(at: index) }
            events.wait(forMicroseconds: 10_000)
        }
        throw Missing(what: "an event, told: \(told)")
    }

    private func handleEvents() {
        var new: [JobEvent] = []
        events.drain(into: &new)
        for event in new { told += executor.translate(event) }
    }

    /// Something that never came.
    struct Missing: Error {
        let what: String
    }
}
