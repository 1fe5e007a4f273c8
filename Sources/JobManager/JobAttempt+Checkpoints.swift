import Connectors
import Core
import Dataflow
import JobGraph
import Threads

// Checkpoints: what the coordinator decides is done here.
extension JobAttempt {
    func handle(_ event: Event) {
        switch event {
        case .task(let event): handle(event)
        case .enumerator(let event): handle(event)
        case .manifest(let event): handle(event)
        case .cancel: outcome = .cancelled
        case .stopAfterCheckpoint:
            stopsAfter = coordinator.next
            nextPersistMicroseconds = 0
            coordinator.forgetFailures()
        }
    }

    private func handle(_ event: TaskEvent) {
        switch event {
        case .slotRunning: slotIsRunning()
        case .splitRequested(let node, let subtask):
            enumerators[node]?.send(.nextSplit(subtask: subtask))
        case .splitFinished(let node, _, let split): enumerators[node]?.send(.finished(split))
        case .readerFinished(let node, let subtask):
            finishedReaders.insert(.source(node: node, subtask: subtask))
            let readers = task.sourceNodes.count * job.parallelism
            if finishedReaders.count == readers { advance(.inputEnded) }
        case .sourceSnapshot(let node, let subtask, let checkpoint, let snapshot):
            guard pending?.id == checkpoint else { return }
            pending?.readers[node, default: [:]][subtask] = snapshot
            advance(.acknowledged(checkpoint, .source(node: node, subtask: subtask)))
        case .stageSnapshot(let stage, let slot, let checkpoint, let states):
            guard pending?.id == checkpoint else { return }
            for state in states { pending?.states[state.node, default: []].append(state) }
            advance(.acknowledged(checkpoint, .stage(stage, slot: slot)))
        case .sinkSnapshot(let node, let subtask, let checkpoint, let epochs):
            guard pending?.id == checkpoint else { return }
            pending?.sinks[node, default: [:]][subtask] = epochs
            advance(.acknowledged(checkpoint, .sink(node: node, subtask: subtask)))
        case .sinkCommitted(let node, let subtask, let checkpoint):
            advance(.committed(checkpoint, .sink(node: node, subtask: subtask)))
        case .checkpointDeclined(let checkpoint, let reason):
            advance(.declined(checkpoint, reason: reason))
        case .checkpointFailed(let checkpoint, let reason):
            advance(.failed(checkpoint, reason: reason))
        case .persistFailed(let slot, let reason):
            // A slot without memory for more changes takes no barrier: waiting for it has no end.
            guard stopsAfter != nil, let checkpoint = coordinator.current else { return }
            advance(.failed(checkpoint, reason: "the state of slot \(slot): \(reason)"))
        case .report(let node, let subtask, let report):
            let isNode = job.graph.nodes.indices.contains(node)
            let name = isNode ? job.graph.nodes[node].label : "slot \(subtask)"
            observer.report(report, from: name)
        case .failed(let failure): fail(failure)
        }
    }

    private func handle(_ event: ManifestEvent) {
        switch event {
        case .stored(let checkpoint): advance(.stored(checkpoint))
        case .failed(let checkpoint, let reason, let isFenced):
            if isFenced {
                fail(WrappedFailure(blame: .external, message: reason))
            } else {
                advance(.failed(checkpoint, reason: reason))
            }
        case .warning(let message):
            observer.report(.init(.warning, message), from: "checkpoints")
        }
    }

    /// Gives the coordinator an event and does what it says.
    func advance(_ event: CheckpointCoordinator.Event) {
        let now = resources.time.monotonicMicroseconds
        for action in coordinator.handle(event, nowMicroseconds: now) { perform(action, now) }
    }

    private func perform(_ action: CheckpointCoordinator.Action, _ now: Int64) {
        switch action {
        case .trigger(let id, let isFinal):
            pending = PendingCheckpoint(id: id, isFinal: isFinal, startedMicroseconds: now)
            for box in enumerators.values { box.send(.snapshot(id)) }
            injectWhenReady()
        case .store(let id):
            guard let pending, pending.id == id else { return }
            manifests.send(.store(pending))
        case .complete(let id):
            task.complete(id)
            for box in enumerators.values { box.send(.completed(id)) }
            let started = pending?.startedMicroseconds ?? now
            observer.checkpointCompleted(id, microseconds: now - started)
            manifests.send(.retain(inProgress: []))
            pending = nil
        case .giveUp(let id, let reason):
            lastFailure = reason
            observer.checkpointGivenUp(id, reason: reason)
            pending = nil
        case .failJob(let reason):
            fail(WrappedFailure(blame: .external, isRetryable: true, message: reason))
        case .finishJob: outcome = .finished
        }
    }
}
