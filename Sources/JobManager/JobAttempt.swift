import Checkpoints
import Connectors
import Core
import Dataflow
import JobGraph
import ObjectStore
import Operators
import Threads

/// One run of a job from a checkpoint, or from nothing, to its end or first failure.
///
/// All threads send their events to one mailbox; this thread alone decides.
final class JobAttempt {
    /// Everything that can happen.
    enum Event: Sendable {
        case task(TaskEvent)
        case enumerator(EnumeratorEvent)
        case manifest(ManifestEvent)
        case cancel
        /// End after one more checkpoint.
        case stopAfterCheckpoint
    }

    let job: JobDescription
    let resources: JobResources
    let observer: any JobObserver
    let mailbox: Mailbox<Event>
    let writer: CheckpointWriter
    let found: CheckpointReader.Found?
    let task: JobTask
    let manifests = Mailbox<ManifestMail>(bound: 1024)
    var enumerators: [Int: Mailbox<EnumeratorMail>] = [:]
    var coordinator: CheckpointCoordinator
    var pending: PendingCheckpoint?
    /// Readers that have read all that they will ever be given.
    var finishedReaders: Set<CheckpointParticipant> = []
    var outcome: JobOutcome?
    /// Set when the job is to end with the next checkpoint that starts after this was set.
    var stopsAfter: CheckpointID?
    /// Why the newest checkpoint that failed did.
    var lastFailure = ""
    /// When a job that is being stopped has its state persisted the next time.
    var nextPersistMicroseconds: Int64 = 0
    private var threads: [WorkerThread] = []
    private var runningSlots = 0

    init(
        _ job: JobDescription,
        _ resources: JobResources,
        _ observer: any JobObserver,
        mailbox: Mailbox<Event>,
        writer: CheckpointWriter,
        from found: CheckpointReader.Found?,
        attempt: Int
    ) throws(CheckpointError) {
        self.job = job
        self.resources = resources
        self.observer = observer
        self.mailbox = mailbox
        self.writer = writer
        self.found = found
        let environment = TaskEnvironment(
            connectors: resources.connectors,
            time: resources.time,
            folder: "\(resources.localFolder)/attempt-\(attempt)",
            stateBytesPerSlot: resources.stateBytesPerSlot,
            blockCache: resources.blockCache,
            store: resources.store,
            layout: writer.layout,
            leaderEpoch: writer.leaderEpoch
        )
        let restore = try found.map { found throws(CheckpointError) in
            TaskRestore(
                found: found,
                committables: try Self.committables(found, resources.store)
            )
        }
        task = JobTask(
            graph: job.graph,
            parallelism: job.parallelism,
            environment: environment,
            restore: restore,
            events: { mailbox.send(.task($0)) }
        )
        let settings = job.graph.settings
        coordinator = CheckpointCoordinator(
            CheckpointCoordinator.Configuration(
                intervalMicroseconds: settings.checkpointIntervalMicroseconds,
                timeoutMicroseconds: settings.checkpointTimeoutMicroseconds,
                minPauseMicroseconds: settings.minPauseBetweenCheckpointsMicroseconds,
                tolerableFailures: settings.tolerableFailedCheckpoints
            ),
            participants: Self.participants(task, job.parallelism),
            lastCheckpoint: try writer.nextCheckpointID() - 1,
            nowMicroseconds: resources.time.monotonicMicroseconds
        )
    }

    private static func participants(
        _ task: JobTask,
        _ parallelism: Int
    ) -> Set<CheckpointParticipant> {
        var all: Set<CheckpointParticipant> = []
        for subtask in 0..<parallelism {
            for node in task.sourceNodes { all.insert(.source(node: node, subtask: subtask)) }
            for stage in 0..<task.stageCount { all.insert(.stage(stage, slot: subtask)) }
            for node in task.sinkNodes { all.insert(.sink(node: node, subtask: subtask)) }
        }
        return all
    }

    /// What the sinks had prepared, in the order in which it is to be committed.
    private static func committables(
        _ found: CheckpointReader.Found,
        _ store: any ObjectStore
    ) throws(CheckpointError) -> [OperatorUID: [Committable]] {
        let reader = CheckpointReader(store: store)
        var all: [OperatorUID: [Committable]] = [:]
        for sink in found.manifest.sinks {
            for committable in sink.committables {
                let bytes = try reader.content(committable.file, of: found)
                all[sink.uid, default: []].append(Committable(bytes: bytes))
            }
        }
        return all
    }

    /// Runs until the job is done, cancelled or has failed.
    func run() throws -> JobOutcome {
        try startManifests()
        // Before the readers start: one that holds a split must not ask for another.
        assignHeldSplits()
        task.start()
        try startEnumerators()
        var events: [Event] = []
        while outcome == nil {
            mailbox.drain(into: &events)
            for event in events where outcome == nil { handle(event) }
            if events.isEmpty { mailbox.wait(forMicroseconds: ManagerLimits.tickMicroseconds) }
            events.removeAll(keepingCapacity: true)
            advance(.tick)
            stopIfAsked()
        }
        stop()
        return outcome ?? .cancelled
    }

    private func stop() {
        for box in enumerators.values { box.send(.stop) }
        manifests.send(.stop)
        task.stop()
        for thread in threads { thread.join() }
    }

    private func startManifests() throws {
        let store = try ManifestStore(
            job,
            store: resources.store,
            writer: writer,
            time: resources.time,
            mailbox: manifests,
            events: { [mailbox] in mailbox.send(.manifest($0)) }
        )
        threads.append(WorkerThread(name: "manifests") { store.run() })
    }

    /// Ends the job once the checkpoint that was asked for is committed.
    private func stopIfAsked() {
        guard outcome == nil, let stopsAfter else { return }
        guard coordinator.current == nil else { return persistSoon() }
        if let last = coordinator.lastCompleted, last >= stopsAfter {
            outcome = .cancelled
        } else if coordinator.givenUpInARow >= ManagerLimits.lastCheckpointTries {
            let last =
                coordinator.lastCompleted.map { "checkpoint \($0)" } ?? "the last restored one"
            fail(
                WrappedFailure(
                    blame: .external,
                    message: """
                        No last checkpoint could be taken in \(coordinator.givenUpInARow) tries: \
                        \(lastFailure)
                        Nothing is lost: a restored job goes on from \(last).
                        """
                )
            )
        } else {
            advance(.requested)
        }
    }

    /// Finds out whether the last checkpoint waits for a slot that cannot write its state.
    private func persistSoon() {
        let now = resources.time.monotonicMicroseconds
        guard now >= nextPersistMicroseconds else { return }
        nextPersistMicroseconds = now + ManagerLimits.stopPersistMicroseconds
        task.retryPersisting()
    }

    func fail(_ failure: WrappedFailure) {
        // The first failure is the cause; what follows is its cascade.
        if outcome == nil { outcome = .failed(failure) }
    }

    func slotIsRunning() {
        runningSlots += 1
        if runningSlots == job.parallelism {
            observer.running(JobCounters(graph: job.graph, metrics: task.metrics))
        }
    }

    func keep(_ thread: WorkerThread) {
        threads.append(thread)
    }
}
