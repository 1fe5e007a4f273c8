import Checkpoints
import Connectors
import Core
import Dataflow
import JobGraph
import Threads

// Checkpoints: what the parts of a checkpoint hold is kept here; the machine only counts them.
extension JobExecutor {
    /// What an event means for the machine.
    package func translate(_ event: JobEvent) -> [JobMachine.Event] {
        switch event {
        case .machine(let event): return [event]
        case .prepared(let attempt, let result): return [prepared(attempt, result)]
        case .task(let attempt, let event):
            guard attempt == deployment?.attempt else { return [] }
            return translate(event, attempt)
        case .enumerator(let attempt, let event):
            guard attempt == deployment?.attempt else { return [] }
            return handle(event, attempt)
        case .manifest(let attempt, let event):
            guard attempt == deployment?.attempt else { return [] }
            return translate(event, attempt)
        }
    }

    private func translate(_ event: TaskEvent, _ attempt: Int) -> [JobMachine.Event] {
        switch event {
        case .slotRunning(let slot): return [.task(attempt: attempt, .slotRunning(slot))]
        case .splitRequested(let node, let subtask):
            enumerators[node]?.send(.nextSplit(subtask: subtask))
            return []
        case .splitFinished(let node, let subtask, let split):
            enumerators[node]?.send(.finished(split))
            for id in pending.keys { pending[id]?.note(split, node: node, subtask: subtask) }
            return []
        case .readerFinished(let node, let subtask):
            return [.task(attempt: attempt, .readerFinished(node: node, subtask: subtask))]
        case .sourceSnapshot(let node, let subtask, let checkpoint, let snapshot):
            guard pending[checkpoint] != nil else { return [] }
            pending[checkpoint]?.add(snapshot, node: node, subtask: subtask)
            return acknowledged(attempt, checkpoint, .source(node: node, subtask: subtask))
        case .stageSnapshot(let stage, let slot, let checkpoint, let states):
            guard pending[checkpoint] != nil else { return [] }
            pending[checkpoint]?.add(states, stage: stage, slot: slot)
            return acknowledged(attempt, checkpoint, .stage(stage, slot: slot))
        case .sinkSnapshot(let node, let subtask, let checkpoint, let files):
            guard pending[checkpoint] != nil else { return [] }
            pending[checkpoint]?.sinks[node, default: [:]][subtask] = files
            return acknowledged(attempt, checkpoint, .sink(node: node, subtask: subtask))
        case .sinkCommitted(let node, let subtask, let checkpoint):
            let participant = CheckpointParticipant.sink(node: node, subtask: subtask)
            return [.task(attempt: attempt, .committed(checkpoint, participant))]
        case .checkpointDeclined(let checkpoint, let reason):
            return [.task(attempt: attempt, .declined(checkpoint, reason: reason))]
        case .checkpointFailed(let checkpoint, let reason):
            return [.task(attempt: attempt, .checkpointFailed(checkpoint, reason: reason))]
        case .persistFailed(let slot, let reason):
            return [.task(attempt: attempt, .persistFailed(slot: slot, reason: reason))]
        case .report(let node, let subtask, let report):
            let isNode = job.graph.nodes.indices.contains(node)
            let name = isNode ? job.graph.nodes[node].label : "slot \(subtask)"
            observer.report(report, from: name)
            return []
        case .failed(let failure): return [.failed(attempt: attempt, failure)]
        }
    }

    private func acknowledged(
        _ attempt: Int,
        _ checkpoint: CheckpointID,
        _ participant: CheckpointParticipant
    ) -> [JobMachine.Event] {
        [.task(attempt: attempt, .acknowledged(checkpoint, participant))]
    }

    private func translate(_ event: ManifestEvent, _ attempt: Int) -> [JobMachine.Event] {
        switch event {
        case .stored(let checkpoint, let ending):
            // It is the job's newest checkpoint, whatever has become of the attempt meanwhile.
            if let ending { savepoint = ending }
            return [.manifestStored(attempt: attempt, checkpoint)]
        case .failed(let checkpoint, let reason, let isFenced):
            guard isFenced else {
                return [.manifestFailed(attempt: attempt, checkpoint, reason: reason)]
            }
            return [.failed(attempt: attempt, WrappedFailure(blame: .external, message: reason))]
        case .warning(let message):
            observer.report(.init(.warning, message), from: "checkpoints")
            return []
        }
    }

    func trigger(_ id: CheckpointID, _ isFinal: Bool, _ savepoint: SavepointRequest?) {
        pending[id] = PendingCheckpoint(
            barrier: Barrier(
                checkpoint: id,
                isFinal: isFinal,
                stopsSources: savepoint.map { $0.ending != .goesOn } ?? false,
                savepoint: savepoint?.place
            ),
            endsJob: savepoint.map { $0.ending != .goesOn } ?? false,
            startedMicroseconds: resources.time.monotonicMicroseconds
        )
        observer.checkpointTriggered(id, isSavepoint: savepoint != nil)
        for box in enumerators.values { box.send(.snapshot(id)) }
        injectWhenReady(id)
    }

    /// Injects the barrier once all enumerators have given their part.
    ///
    /// Each enumerator gives its parts in order, so that barriers go out in order, too.
    func injectWhenReady(_ id: CheckpointID) {
        guard let checkpoint = pending[id], checkpoint.enumerators.count == enumerators.count else {
            return
        }
        send(.trigger(checkpoint.barrier))
    }

    func complete(_ id: CheckpointID) {
        send(.complete(id))
        for box in enumerators.values { box.send(.completed(id)) }
        observer.checkpointCompleted(id, microseconds: age(of: id), stats(of: id))
        pending[id] = nil
        // What is behind the savepoint that was to end the job needs it no more: its owner may
        // delete it.
        if let number = savepoint?.checkpoint, id > number { savepoint = nil }
        manifests?.send(.retain(inProgress: Set(pending.keys)))
    }

    func savepointStored(_ id: CheckpointID, _ request: SavepointRequest) {
        let key = CheckpointTarget.savepoint(id, id: request.place.id)
            .manifestKey(CheckpointLayout(jobID: job.id))
        let point = RestorePoint(location: request.place.location, manifest: key)
        observer.savepointCompleted(
            request,
            checkpoint: id,
            path: point,
            microseconds: age(of: id)
        )
        if request.ending == .goesOn { pending[id] = nil }
    }

    /// Whether nothing was taken behind the savepoint that was to end the job.
    var endsWithSavepoint: Bool {
        savepoint?.checkpoint != nil || prepared?.drained != nil
    }

    private func age(of id: CheckpointID) -> Int64 {
        guard let checkpoint = pending[id] else { return 0 }
        return resources.time.monotonicMicroseconds - checkpoint.startedMicroseconds
    }

    private func stats(of id: CheckpointID) -> CheckpointStats {
        pending[id]?.stats ?? CheckpointStats(stateBytes: 0, newBytes: 0)
    }
}
