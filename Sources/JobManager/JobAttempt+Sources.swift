import Checkpoints
import Connectors
import Core
import Dataflow
import JobGraph
import Threads

// Sources: their enumerators, and the splits that they hand out.
extension JobAttempt {
    func startEnumerators() throws(ConnectorError) {
        for node in task.sourceNodes {
            let box = Mailbox<EnumeratorMail>(bound: 65_536)
            enumerators[node] = box
            let restored = restoredSource(node)
            let description = job
            let resources = resources
            let mailbox = mailbox
            keep(
                WorkerThread(name: "splits-\(node)") {
                    do throws(ConnectorError) {
                        let enumerator = try Self.makeEnumerator(
                            node,
                            description,
                            resources,
                            mailbox
                        )
                        EnumeratorHost(
                            node: node,
                            enumerator: enumerator,
                            mailbox: box,
                            events: { mailbox.send(.enumerator($0)) }
                        ).run(restored: restored)
                    } catch {
                        mailbox.send(.enumerator(.failed(WrappedFailure(error))))
                    }
                }
            )
        }
    }

    private static func makeEnumerator(
        _ node: Int,
        _ job: JobDescription,
        _ resources: JobResources,
        _ mailbox: Mailbox<Event>
    ) throws(ConnectorError) -> any SplitEnumerator {
        guard case .source(let spec) = job.graph.nodes[node].spec else {
            return ValuesEnumerator()
        }
        let factory = try resources.connectors.factory(named: spec.connector)
        return try factory.makeEnumerator(
            spec.requests.map { SourceRequest(table: $0.table, projection: $0.projection) },
            SourceContext(
                subtask: 0,
                parallelism: job.parallelism,
                batchRows: job.graph.settings.batchRows,
                time: resources.time,
                jobID: job.id,
                report: { mailbox.send(.task(.report(node: node, subtask: 0, $0))) }
            )
        )
    }

    private func restoredSource(_ node: Int) -> RestoredSource? {
        let uid = job.graph.nodes[node].uid
        guard let source = found?.manifest.sources.first(where: { $0.uid == uid }) else {
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
        for node in task.sourceNodes {
            let uid = job.graph.nodes[node].uid
            guard let source = found?.manifest.sources.first(where: { $0.uid == uid }) else {
                continue
            }
            for (subtask, splits) in source.held.enumerated() {
                for split in splits {
                    task.assign(
                        SourceSplit(id: split.id, position: split.position),
                        node: node,
                        subtask: subtask % job.parallelism
                    )
                }
            }
        }
    }

    func handle(_ event: EnumeratorEvent) {
        switch event {
        case .assignment(let node, let subtask, let assignment):
            switch assignment {
            case .split(let split): task.assign(split, node: node, subtask: subtask)
            case .wait: break
            case .waitForCheckpoint: advance(.requested)
            case .finished: task.noMoreSplits(node: node, subtask: subtask)
            }
        case .snapshot(let node, let checkpoint, let state):
            guard pending?.id == checkpoint else { return }
            pending?.enumerators[node] = state
            injectWhenReady()
        case .failed(let failure): fail(failure)
        }
    }

    /// Injects the barrier once all enumerators have given their part.
    func injectWhenReady() {
        guard let pending, pending.enumerators.count == enumerators.count else { return }
        task.trigger(Barrier(checkpoint: pending.id, isFinal: pending.isFinal))
    }
}
