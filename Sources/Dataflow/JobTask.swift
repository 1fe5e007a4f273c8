import Checkpoints
import Columnar
package import Connectors
package import Core
package import JobGraph
import KeyedState
import ObjectStore
package import Operators
import Synchronization
import Threads

/// All threads of one job in this process: its slots, sources, sinks and persisters.
///
/// ```
/// source threads ─▶ slot threads ─▶ sink threads        persister threads
///        ▲                ▲                                     ▲
///        └── commands from the job manager ─────────────────────┘ frozen state
/// ```
package final class JobTask: SlotRouter {
    private let graph: JobGraph
    private let plan: StagePlan
    private let parallelism: Int
    private let environment: TaskEnvironment
    private let restore: TaskRestore?
    private let events: @Sendable (TaskEvent) -> Void
    private let slots: [Mailbox<SlotMail>]
    private let persisters: [Mailbox<PersistJob>]
    private let sources: [Int: [Mailbox<SourceMail>]]
    private let sinks: [Int: [Mailbox<SinkMail>]]
    private let readers = Mutex<[ReaderKey: @Sendable () -> Void]>([:])
    private let threads = Mutex<[WorkerThread]>([])
    /// Counters of each node, by slot.
    package let metrics: [[OperatorMetrics]]

    private struct ReaderKey: Hashable {
        let node: Int
        let subtask: Int
    }

    /// Prepares the job; `start` runs it.
    ///
    /// - Parameters:
    ///   - graph: the dataflow.
    ///   - parallelism: the number of slots, all of them in this process.
    ///   - environment: what the slots may use.
    ///   - restore: the checkpoint to start from; nil for a fresh start.
    ///   - events: takes what happens, from any thread; must not block.
    package init(
        graph: JobGraph,
        parallelism: Int,
        environment: TaskEnvironment,
        restore: TaskRestore?,
        events: @escaping @Sendable (TaskEvent) -> Void
    ) {
        self.graph = graph
        plan = StagePlan(graph)
        self.parallelism = parallelism
        self.environment = environment
        self.restore = restore
        self.events = events
        func boxes<Mail: Sendable>(_: Mail.Type) -> [Mailbox<Mail>] {
            (0..<parallelism).map { _ in Mailbox(bound: DataflowLimits.mailboxMessages) }
        }
        slots = boxes(SlotMail.self)
        persisters = boxes(PersistJob.self)
        var sources: [Int: [Mailbox<SourceMail>]] = [:]
        var sinks: [Int: [Mailbox<SinkMail>]] = [:]
        for (index, node) in graph.nodes.enumerated() {
            switch node.spec {
            case .source, .values: sources[index] = boxes(SourceMail.self)
            case .sink: sinks[index] = boxes(SinkMail.self)
            default: break
            }
        }
        self.sources = sources
        self.sinks = sinks
        metrics = (0..<parallelism).map { _ in graph.nodes.map { _ in OperatorMetrics() } }
    }

    /// Everyone who acknowledges a checkpoint, by stage and node.
    package var stageCount: Int { plan.stages.count }
    package var sourceNodes: [Int] { sources.keys.sorted() }
    package var sinkNodes: [Int] { sinks.keys.sorted() }

    /// Starts all threads; sinks first, so that what a checkpoint holds is committed before any
    /// row arrives.
    package func start() {
        var started: [WorkerThread] = []
        for (node, boxes) in sinks {
            for (subtask, mailbox) in boxes.enumerated() {
                started.append(startSink(node, subtask, mailbox))
            }
        }
        for slot in 0..<parallelism { started.append(startSlot(slot)) }
        for (node, boxes) in sources {
            for (subtask, mailbox) in boxes.enumerated() {
                started.append(startSource(node, subtask, mailbox))
            }
        }
        threads.withLock { $0 += started }
    }

    /// Stops all threads and waits for them.
    package func stop() {
        for boxes in sources.values { for box in boxes { box.send(.stop) } }
        for interrupt in readers.withLock({ Array($0.values) }) { interrupt() }
        for box in slots { box.send(.stop) }
        for boxes in sinks.values { for box in boxes { box.send(.stop) } }
        for box in persisters { box.send(.stop) }
        while let thread = threads.withLock({ $0.popLast() }) { thread.join() }
    }
}

// Commands of the job manager.
extension JobTask {
    /// Hands a split to a reader.
    package func assign(_ split: SourceSplit, node: Int, subtask: Int) {
        sources[node]?[subtask].send(.assign(split))
        interrupt(node, subtask)
    }

    /// Tells a reader that there will never be another split.
    package func noMoreSplits(node: Int, subtask: Int) {
        sources[node]?[subtask].send(.noMoreSplits)
    }

    /// Has all sources inject a barrier.
    package func trigger(_ barrier: Barrier) {
        for (node, boxes) in sources {
            for (subtask, box) in boxes.enumerated() {
                box.send(.barrier(barrier))
                interrupt(node, subtask)
            }
        }
    }

    /// Has state that could not be written to disk tried now; `persistFailed` follows if it fails.
    package func retryPersisting() {
        for box in persisters { box.send(.retry) }
    }

    /// Tells sources and sinks that a checkpoint is complete.
    package func complete(_ checkpoint: CheckpointID) {
        for boxes in sinks.values { for box in boxes { box.send(.commit(checkpoint)) } }
        for (node, boxes) in sources {
            for (subtask, box) in boxes.enumerated() {
                box.send(.completed(checkpoint))
                interrupt(node, subtask)
            }
        }
    }

    private func interrupt(_ node: Int, _ subtask: Int) {
        readers.withLock { $0[ReaderKey(node: node, subtask: subtask)] }?()
    }
}

// Mail between threads.
extension JobTask {
    package func send(_ mail: SlotMail, toSlot slot: Int) {
        slots[slot].send(mail)
    }

    package func creditSource(node: Int, slot: Int, batches: Int) {
        sources[node]?[slot].send(.credit(batches: batches))
    }

    package func send(_ mail: SinkMail, toSink node: Int, slot: Int) {
        sinks[node]?[slot].send(mail)
    }
}

// Threads.
extension JobTask {
    private func startSlot(_ slot: Int) -> WorkerThread {
        WorkerThread(name: "slot-\(slot)") { [self] in
            do throws(OperatorError) {
                try runSlot(slot)
            } catch {
                events(.failed(WrappedFailure(error)))
            }
        }
    }

    private func runSlot(_ slot: Int) throws(OperatorError) {
        let persister = persisters[slot]
        let builder = SlotBuilder(
            graph: graph,
            plan: plan,
            slot: slot,
            parallelism: parallelism,
            environment: environment,
            restore: restore,
            metrics: metrics[slot],
            router: self
        )
        let built = try builder.build { stage, barrier, snapshots in
            persister.send(.checkpoint(stage: stage.stage, barrier, snapshots))
        }
        startPersister(slot, built.persisted)
        events(.slotRunning(slot: slot))
        try SlotLoop(built.parts, mailbox: slots[slot], persister: persister).run()
    }

    private func startPersister(_ slot: Int, _ nodes: [Int: PersistedNode]) {
        let target = PersistTarget(
            store: environment.store,
            layout: environment.layout,
            leaderEpoch: environment.leaderEpoch,
            slot: slot,
            parallelism: parallelism,
            folder: "\(environment.folder)/slot-\(slot)/snapshots"
        )
        let mailbox = persisters[slot]
        let slotMailbox = slots[slot]
        let events = events
        let thread = WorkerThread(name: "persist-\(slot)") {
            SlotPersister(
                target,
                nodes: nodes,
                mailbox: mailbox,
                events: events,
                onProgress: { slotMailbox.send(.wake) }
            ).run()
        }
        threads.withLock { $0.append(thread) }
    }

    private func startSource(
        _ node: Int,
        _ subtask: Int,
        _ mailbox: Mailbox<SourceMail>
    ) -> WorkerThread {
        WorkerThread(name: "source-\(node)-\(subtask)") { [self] in
            do throws(ConnectorError) {
                let reader = try makeReader(node, subtask)
                let key = ReaderKey(node: node, subtask: subtask)
                let interrupt = reader.interruption
                readers.withLock { $0[key] = interrupt }
                SourceHost(
                    node: node,
                    subtask: subtask,
                    reader: reader,
                    mailbox: mailbox,
                    router: self,
                    address: ChannelAddress(edge: plan.sourceEdge(of: node), sender: subtask),
                    time: environment.time,
                    idleTimeoutMicroseconds: graph.settings.sourceIdleTimeoutMicroseconds,
                    metrics: metrics[subtask][node],
                    events: events
                ).run()
                readers.withLock { $0[key] = nil }
            } catch {
                events(.failed(WrappedFailure(error)))
            }
        }
    }

    private func makeReader(
        _ node: Int,
        _ subtask: Int
    ) throws(ConnectorError) -> any SourceReader {
        switch graph.nodes[node].spec {
        case .source(let spec):
            let factory = try environment.connectors.factory(named: spec.connector)
            return try factory.makeReader(
                spec.requests.map { SourceRequest(table: $0.table, projection: $0.projection) },
                SourceContext(
                    subtask: subtask,
                    parallelism: parallelism,
                    batchRows: graph.settings.batchRows,
                    time: environment.time,
                    jobID: environment.layout.jobID,
                    report: { [events] in events(.report(node: node, subtask: subtask, $0)) }
                )
            )
        case .values(let spec):
            return ValuesReader(
                spec,
                types: graph.nodes[node].outputs[0].types,
                batchRows: graph.settings.batchRows
            )
        default: preconditionFailure("node \(node) is not a source")
        }
    }

    private func startSink(
        _ node: Int,
        _ subtask: Int,
        _ mailbox: Mailbox<SinkMail>
    ) -> WorkerThread {
        WorkerThread(name: "sink-\(node)-\(subtask)") { [self] in
            guard case .sink(let spec) = graph.nodes[node].spec else { return }
            let uid = graph.nodes[node].uid
            do throws(ConnectorError) {
                let name = spec.table.options["connector"] ?? ""
                let factory = try environment.connectors.factory(named: name)
                let writer = try factory.makeWriter(
                    spec.table,
                    SinkContext(
                        subtask: subtask,
                        parallelism: parallelism,
                        jobID: environment.layout.jobID,
                        uid: uid,
                        time: environment.time,
                        scratchPath: "\(environment.folder)/sinks/\(uid)-\(subtask)",
                        report: { [events] in events(.report(node: node, subtask: subtask, $0)) }
                    )
                )
                // One writer takes over what all former ones had prepared.
                let committables = subtask == 0 ? restore?.committables[uid] ?? [] : []
                SinkHost(
                    node: node,
                    subtask: subtask,
                    writer: writer,
                    mailbox: mailbox,
                    router: self,
                    events: events
                ).run(
                    recovering: restore?.found.manifest.checkpointID,
                    committables
                )
            } catch {
                events(.failed(WrappedFailure(error)))
            }
        }
    }
}
