import Checkpoints
import Connectors
import Core
import Dataflow
import JobGraph
import Threads

// Sources: their enumerators, and the splits that they hand out.
extension JobExecutor {
    func startEnumerators() {
        guard let deployment else { return }
        for node in Self.shape(job.graph).sourceNodes {
            let box = Mailbox<EnumeratorMail>(bound: 65_536)
            enumerators[node] = box
            let restored = restoredSource(node)
            let description = job
            let resources = resources
            let post = post
            let attempt = deployment.attempt
            let parallelism = deployment.parallelism
            let claim = deployment.leaderEpoch
            let cancellation = cancellation
            // What is stopped while it waits fails, and nobody needs to know.
            let events: @Sendable (EnumeratorEvent) -> Void = { event in
                if case .failed = event, cancellation.isCancelled { return }
                post(.enumerator(attempt: attempt, event))
            }
            helpers.append(
                WorkerThread(name: "splits-\(node)") {
                    do throws(ConnectorError) {
                        let enumerator = try Self.makeEnumerator(
                            node,
                            description,
                            resources,
                            parallelism: parallelism,
                            claim: claim,
                            cancellation: cancellation,
                            report: { report in
                                post(
                                    .task(
                                        attempt: attempt,
                                        .report(node: node, subtask: 0, report: report)
                                    )
                                )
                            }
                        )
                        EnumeratorHost(
                            node: node,
                            enumerator: enumerator,
                            mailbox: box,
                            events: events
                        ).run(restored: restored)
                    } catch {
                        events(.failed(WrappedFailure(error)))
                    }
                }
            )
        }
    }

    private static func makeEnumerator(
        _ node: Int,
        _ job: JobDescription,
        _ resources: JobResources,
        parallelism: Int,
        claim: UInt64,
        cancellation: Cancellation,
        report: @escaping @Sendable (ConnectorReport) -> Void
    ) throws(ConnectorError) -> any SplitEnumerator {
        guard case .source(let spec) = job.graph.nodes[node].spec else {
            return ValuesEnumerator()
        }
        let factory = try resources.connectors.factory(named: spec.connector)
        return try factory.makeEnumerator(
            spec.requests.map { SourceRequest(table: $0.table, projection: $0.projection) },
            SourceContext(
                subtask: 0,
                parallelism: parallelism,
                batchRows: job.graph.settings.batchRows,
                time: resources.time,
                jobID: job.id,
                claim: claim,
                cancellation: cancellation,
                report: report
            )
        )
    }

    private func restoredSource(_ node: Int) -> RestoredSource? {
        let uid = job.graph.nodes[node].uid
        guard let source = prepared?.found?.manifest.sources.first(where: { $0.uid == uid }) else {
            return nil
        }
        return RestoredSource(
            state: source.enumeratorState,
            held: source.held.flatMap { $0 }.map {
                SourceSplit(id: $0.id, position: $0.position)
            },
            finished: source.finished.map { FinishedSplit(id: $0.id, result: $0.result) }
        )
    }

    /// Hands the splits of the checkpoint out again, to the same readers where they still exist.
    func assignHeldSplits() {
        guard let parallelism = deployment?.parallelism else { return }
        for node in Self.shape(job.graph).sourceNodes {
            let uid = job.graph.nodes[node].uid
            guard let source = prepared?.found?.manifest.sources.first(where: { $0.uid == uid })
            else {
                continue
            }
            for (subtask, splits) in source.held.enumerated() {
                for split in splits {
                    send(
                        .assign(
                            SourceSplit(id: split.id, position: split.position),
                            node: node,
                            subtask: subtask % parallelism
                        )
                    )
                }
            }
        }
    }

    /// Lets all readers end with what was read: the attempt commits what is prepared, and finishes.
    func endInput() {
        guard let parallelism = deployment?.parallelism else { return }
        for node in Self.shape(job.graph).sourceNodes {
            for subtask in 0..<parallelism { send(.noMoreSplits(node: node, subtask: subtask)) }
        }
    }

    func handle(_ event: EnumeratorEvent, _ attempt: Int) -> [JobMachine.Event] {
        switch event {
        case .assignment(let node, let subtask, let assignment):
            switch assignment {
            case .split(let split): send(.assign(split, node: node, subtask: subtask))
            case .wait: break
            case .waitForCheckpoint: return [.task(attempt: attempt, .checkpointWanted)]
            case .finished: send(.noMoreSplits(node: node, subtask: subtask))
            }
        case .snapshot(let node, let checkpoint, let state):
            pending[checkpoint]?.enumerators[node] = state
            injectWhenReady(checkpoint)
        case .failed(let failure): return [.failed(attempt: attempt, failure)]
        }
        return []
    }
}
