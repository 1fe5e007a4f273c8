import Checkpoints
import Columnar
import Connectors
import Core
import JobGraph
import KeyedState
import ObjectStore
import Operators
import Synchronization
import Threads

// The threads of a task: what each of them runs.
extension JobTask {
    private var graph: JobGraph { deployment.graph }
    private var parallelism: Int { deployment.parallelism }
    private var restore: TaskRestore? { restored.withLock { $0 } }

    func startSlot(_ slot: Int) -> WorkerThread {
        WorkerThread(name: "slot-\(slot)") { [self] in
            do throws(OperatorError) {
                try runSlot(slot)
            } catch {
                events(.failed(WrappedFailure(error)))
            }
        }
    }

    private func runSlot(_ slot: Int) throws(OperatorError) {
        guard let persister = persisters[slot], let mailbox = slots[slot],
            let metrics = metrics[slot], let stageMetrics = stageMetrics[slot]
        else { return }
        let builder = SlotBuilder(
            graph: graph,
            plan: plan,
            slot: slot,
            parallelism: parallelism,
            environment: environment,
            restore: restore,
            metrics: metrics,
            stageMetrics: stageMetrics,
            router: self
        )
        let built = try builder.build { stage, barrier, snapshots in
            persister.send(.checkpoint(stage: stage.stage, barrier, snapshots))
        }
        startPersister(slot, built.persisted, persister, mailbox)
        events(.slotRunning(slot: slot))
        try SlotLoop(built.parts, mailbox: mailbox, persister: persister).run()
    }

    private func startPersister(
        _ slot: Int,
        _ nodes: [Int: PersistedNode],
        _ mailbox: Mailbox<PersistJob>,
        _ slotMailbox: Mailbox<SlotMail>
    ) {
        let target = PersistTarget(
            store: environment.store,
            stores: environment.stores,
            layout: environment.layout,
            leaderEpoch: deployment.leaderEpoch,
            slot: slot,
            parallelism: parallelism,
            folder: "\(environment.folder)/slot-\(slot)/snapshots"
        )
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

    func startSource(
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
                    metrics: metrics[subtask]?[node] ?? OperatorMetrics(),
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
                    claim: deployment.leaderEpoch,
                    cancellation: sourceCancellation,
                    report: { [events] in events(.report(node: node, subtask: subtask, report: $0))
                    }
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

    /// A number for the packed files of a sink that neither a stage nor another sink has.
    private func packNumber(ofSink node: Int, _ subtask: Int) -> Int {
        let former = graph.nodes[..<node].count { if case .sink = $0.spec { true } else { false } }
        return (plan.stages.count + former) * parallelism + subtask
    }

    func startSink(
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
                        claim: deployment.leaderEpoch,
                        time: environment.time,
                        scratchPath: "\(environment.folder)/sinks/\(uid)-\(subtask)",
                        cancellation: sinkCancellation,
                        report: { [events] in
                            events(.report(node: node, subtask: subtask, report: $0))
                        }
                    )
                )
                // One writer takes over what all former ones had prepared.
                let committables = subtask == 0 ? restore?.committables[uid] ?? [] : []
                SinkHost(
                    node: node,
                    subtask: subtask,
                    writer: writer,
                    store: CommittableStore(
                        store: environment.store,
                        stores: environment.stores,
                        layout: environment.layout,
                        leaderEpoch: deployment.leaderEpoch,
                        number: packNumber(ofSink: node, subtask)
                    ),
                    mailbox: mailbox,
                    router: self,
                    metrics: metrics[subtask]?[node] ?? OperatorMetrics(),
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
