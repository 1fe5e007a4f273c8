package import Checkpoints
import Columnar
import Connectors
import Core
import JobGraph
import KeyedState
import ObjectStore
package import Operators
import Synchronization
import Threads

/// The threads of one attempt of a job in this process: its slots here, with their sources, sinks
/// and persisters.
///
/// ```
/// source threads ─▶ slot threads ─▶ sink threads        persister threads
///        ▲              ▲  │                                    ▲
///        │              │  └─▶ slots of other processes         │ frozen state
///        └── commands from the job manager ─────────────────────┘
/// ```
package final class JobTask: SlotRouter {
    package let deployment: TaskDeployment
    /// The slots that run here, in order.
    package let localSlots: [Int]
    let plan: StagePlan
    let environment: TaskEnvironment
    let remote: (any RemoteSlots)?
    let events: @Sendable (TaskEvent) -> Void
    /// Of each slot of the job; nil for those that run elsewhere.
    let slots: [Mailbox<SlotMail>?]
    let persisters: [Int: Mailbox<PersistJob>]
    let sources: [Int: [Int: Mailbox<SourceMail>]]
    let sinks: [Int: [Int: Mailbox<SinkMail>]]
    let readers = Mutex<[ReaderKey: @Sendable () -> Void]>([:])
    let threads = Mutex<[WorkerThread]>([])
    let restored = Mutex<TaskRestore?>(nil)
    let sourceCancellation = Cancellation()
    let sinkCancellation = Cancellation()
    private let storeCancellation = Cancellation()
    /// Counters of each node, by slot; only for slots that run here.
    package let metrics: [Int: [OperatorMetrics]]
    /// How the stages spend their time, by slot; only for slots that run here.
    package let stageMetrics: [Int: [StageMetrics]]

    struct ReaderKey: Hashable {
        let node: Int
        let subtask: Int
    }

    /// Prepares the task: mail is taken from now on; `start` runs it.
    ///
    /// - Parameters:
    ///   - deployment: the attempt.
    ///   - localSlots: the slots that this process runs.
    ///   - environment: what the slots may use.
    ///   - remote: reaches the other slots; nil when all run here.
    ///   - events: takes what happens, from any thread; must not block.
    package init(
        _ deployment: TaskDeployment,
        localSlots: [Int],
        environment: TaskEnvironment,
        remote: (any RemoteSlots)?,
        events: @escaping @Sendable (TaskEvent) -> Void
    ) {
        self.deployment = deployment
        self.localSlots = localSlots
        plan = StagePlan(deployment.graph)
        self.environment = environment.cancelled(by: storeCancellation)
        self.remote = remote
        // What is stopped while it waits fails, and nobody needs to know.
        self.events = { [sourceCancellation] event in
            if case .failed = event, sourceCancellation.isCancelled { return }
            events(event)
        }
        func boxes<Mail: Sendable>(_: Mail.Type) -> [Int: Mailbox<Mail>] {
            Dictionary(
                uniqueKeysWithValues: localSlots.map {
                    ($0, Mailbox(bound: DataflowLimits.mailboxMessages))
                }
            )
        }
        let local = boxes(SlotMail.self)
        slots = (0..<deployment.parallelism).map { local[$0] }
        persisters = boxes(PersistJob.self)
        var sources: [Int: [Int: Mailbox<SourceMail>]] = [:]
        var sinks: [Int: [Int: Mailbox<SinkMail>]] = [:]
        for (index, node) in deployment.graph.nodes.enumerated() {
            switch node.spec {
            case .source, .values: sources[index] = boxes(SourceMail.self)
            case .sink: sinks[index] = boxes(SinkMail.self)
            default: break
            }
        }
        self.sources = sources
        self.sinks = sinks
        let stages = plan.stages.count
        stageMetrics = Dictionary(
            uniqueKeysWithValues: localSlots.map { slot in
                (slot, (0..<stages).map { _ in StageMetrics() })
            }
        )
        let nodes = deployment.graph.nodes.count
        metrics = Dictionary(
            uniqueKeysWithValues: localSlots.map { slot in
                (slot, (0..<nodes).map { _ in OperatorMetrics() })
            }
        )
    }

    /// The local folder of the attempt; to be removed once it has stopped.
    package var folder: String { environment.folder }

    /// Reads the checkpoint that the task starts from; blocks, and comes before `start`.
    ///
    /// - Throws: when it cannot be read.
    package func load() throws(CheckpointError) {
        guard let point = deployment.restore else { return }
        let restore = try TaskRestore(
            point,
            environment,
            withCommittables: localSlots.contains(0)
        )
        restored.withLock { $0 = restore }
    }

    /// Starts all threads; sinks first, so that what a checkpoint holds is committed before any
    /// row arrives.
    package func start() {
        var started: [WorkerThread] = []
        for (node, boxes) in sinks {
            for (subtask, mailbox) in boxes {
                started.append(startSink(node, subtask, mailbox))
            }
        }
        for slot in localSlots { started.append(startSlot(slot)) }
        for (node, boxes) in sources {
            for (subtask, mailbox) in boxes {
                started.append(startSource(node, subtask, mailbox))
            }
        }
        threads.withLock { $0 += started }
    }

    /// Ends what reads and writes checkpoints, before the next file; `stop` is about to follow.
    package func abandonCheckpoints() {
        storeCancellation.cancel()
    }

    /// Stops all threads and waits for them.
    ///
    /// Sinks get a moment for what a completed checkpoint lets them commit; one that waits longer
    /// for its target is cancelled: the next attempt commits it.
    ///
    /// - Parameter graceMicroseconds: how long that moment is.
    package func stop(graceMicroseconds: Int64 = DataflowLimits.sinkGraceMicroseconds) {
        sourceCancellation.cancel()
        storeCancellation.cancel()
        let isOver = ThreadSignal()
        let grace = WorkerThread(name: "stop-grace") { [sinkCancellation] in
            if isOver.wait(forMicroseconds: graceMicroseconds) { return }
            sinkCancellation.cancel()
        }
        defer {
            isOver.raise()
            grace.join()
        }
        for boxes in sources.values { for box in boxes.values { box.send(.stop) } }
        for interrupt in readers.withLock({ Array($0.values) }) { interrupt() }
        for box in slots { box?.send(.stop) }
        for boxes in sinks.values { for box in boxes.values { box.send(.stop) } }
        for box in persisters.values { box.send(.stop) }
        while let thread = threads.withLock({ $0.popLast() }) { thread.join() }
    }
}

// Commands of the job manager.
extension JobTask {
    /// Does what the job manager says; does not block.
    package func perform(_ command: TaskCommand) {
        switch command {
        case .start: start()
        case .assign(let split, let node, let subtask):
            sources[node]?[subtask]?.send(.assign(split))
            interrupt(node, subtask)
        case .noMoreSplits(let node, let subtask): sources[node]?[subtask]?.send(.noMoreSplits)
        case .trigger(let barrier): tellSources(.barrier(barrier))
        case .complete(let checkpoint):
            for boxes in sinks.values { for box in boxes.values { box.send(.commit(checkpoint)) } }
            tellSources(.completed(checkpoint))
        case .retryPersisting: for box in persisters.values { box.send(.retry) }
        }
    }

    private func tellSources(_ mail: SourceMail) {
        for (node, boxes) in sources {
            for (subtask, box) in boxes {
                box.send(mail)
                interrupt(node, subtask)
            }
        }
    }

    private func interrupt(_ node: Int, _ subtask: Int) {
        readers.withLock { $0[ReaderKey(node: node, subtask: subtask)] }?()
    }
}

// Mail between threads, and from slots of other processes.
extension JobTask {
    package func send(_ mail: SlotMail, toSlot slot: Int) {
        guard slots.indices.contains(slot) else { return }
        if let mailbox = slots[slot] {
            mailbox.send(mail)
        } else {
            remote?.send(mail, toSlot: slot)
        }
    }

    package func creditSource(node: Int, slot: Int, batches: Int) {
        sources[node]?[slot]?.send(.credit(batches: batches))
    }

    package func send(_ mail: SinkMail, toSink node: Int, slot: Int) {
        sinks[node]?[slot]?.send(mail)
    }
}
