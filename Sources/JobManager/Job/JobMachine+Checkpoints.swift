import Checkpoints
import Core

// Checkpoints, and what people want of a job.
extension JobMachine {
    mutating func handle(_ notice: TaskNotice, _ now: Int64) -> [Action] {
        switch notice {
        case .slotRunning(let slot):
            runningSlots.insert(slot)
            guard !isWhole, runningSlots.count == parallelism else { return [] }
            isWhole = true
            return [.running(attempt: attempt)]
        case .readerFinished(let node, let subtask):
            finishedReaders.insert(.source(node: node, subtask: subtask))
            let readers = shape.sourceNodes.count * parallelism
            return finishedReaders.count == readers ? advance(.inputEnded, now) : []
        case .acknowledged(let checkpoint, let participant):
            return advance(.acknowledged(checkpoint, participant), now)
        case .committed(let checkpoint, let participant):
            return advance(.committed(checkpoint, participant), now)
        case .declined(let checkpoint, let reason):
            return advance(.declined(checkpoint, reason: reason), now)
        case .checkpointFailed(let checkpoint, let reason):
            return advance(.failed(checkpoint, reason: reason), now)
        case .persistFailed(let slot, let reason):
            // A slot without memory for more changes takes no barrier: waiting for it has no end.
            guard stopsAfter != nil else { return [] }
            let text = "the state of slot \(slot): \(reason)"
            return (coordinator?.current ?? []).flatMap {
                advance(.failed($0, reason: text), now)
            }
        case .checkpointWanted: return advance(.requested, now)
        }
    }

    /// Gives the coordinator an event.
    mutating func advance(_ event: CheckpointCoordinator.Event, _ now: Int64) -> [Action] {
        guard phase == .running else { return [] }
        var actions: [Action] = []
        for action in coordinator?.handle(event, nowMicroseconds: now) ?? [] {
            switch action {
            case .trigger(let id, let isFinal, let savepoint):
                actions.append(.trigger(id, isFinal: isFinal, savepoint))
            case .store(let id): actions.append(.store(id))
            case .complete(let id): actions.append(.complete(id))
            case .savepointStored(let id, let request):
                actions.append(.savepointStored(id, request))
            case .savepointFailed(let request, let reason):
                actions.append(.savepointFailed(request, reason: reason))
            case .giveUp(let id, let reason):
                lastFailure = reason
                actions.append(.giveUp(id, reason: reason))
            case .failJob(let reason):
                actions += fail(
                    WrappedFailure(blame: .external, isRetryable: true, message: reason)
                )
            case .finishJob: actions += stopTasks(then: .end(.finished))
            }
        }
        return actions
    }

    mutating func handle(_ wish: Wish, _ now: Int64) -> [Action] {
        switch wish {
        case .cancel: return endNow(.cancelled)
        case .stopAfterCheckpoint: return stopAfterCheckpoint(then: .end(.cancelled))
        case .savepoint(let request):
            guard phase == .running else {
                return [.savepointFailed(request, reason: "the job is not running: it \(words)")]
            }
            return advance(.savepoint(request), now)
        case .rescale(let slots):
            guard slots != parallelism else {
                // It also takes back another number that was wanted.
                parallelismWanted = nil
                if stopsAfter?.sequel == .rescale { goOn() }
                return [.rescaled(slots)]
            }
            return rescale(slots)
        }
    }

    private mutating func rescale(_ slots: Int) -> [Action] {
        switch phase {
        case .running:
            let actions = stopAfterCheckpoint(then: .rescale)
            parallelismWanted = slots
            return actions
        case .waitingForSlots:
            parallelism = slots
            return [.rescaled(slots), .releaseSlots, .requestSlots(slots)]
        case .created, .preparing, .pausing:
            parallelism = slots
            return [.rescaled(slots)]
        case .deploying, .stopping:
            parallelismWanted = slots
            return []
        case .ended: return []
        }
    }

    mutating func stopAfterCheckpoint(then next: Sequel) -> [Action] {
        guard phase == .running, var coordinator else {
            if phase == .stopping, case .restart(let failure) = sequel {
                sequel = .end(.failed(failure))
                return []
            }
            if case .end(let outcome) = next { return endNow(outcome) }
            return []
        }
        stopsAfter = (coordinator.next, next)
        nextPersistMicroseconds = 0
        coordinator.waitForRequests()
        self.coordinator = coordinator
        return []
    }

    /// The job is not to stop any more.
    private mutating func goOn() {
        stopsAfter = nil
        coordinator?.goOn()
    }

    private mutating func endNow(_ result: JobOutcome) -> [Action] {
        switch phase {
        case .deploying, .running: return stopTasks(then: .end(result))
        case .stopping:
            if case .restart = sequel { sequel = .end(result) }
            if sequel == .rescale { sequel = .end(result) }
            return []
        case .waitingForSlots: return [.releaseSlots] + end(result)
        case .created, .preparing, .pausing: return end(result)
        case .ended: return []
        }
    }

    /// Ends the attempt once the checkpoint that was asked for is committed.
    mutating func stopIfAsked(_ now: Int64) -> [Action] {
        guard phase == .running, let stopsAfter, let coordinator else { return [] }
        if !coordinator.current.isEmpty {
            // The last checkpoint may wait for a slot that cannot write its state.
            guard now >= nextPersistMicroseconds else { return [] }
            nextPersistMicroseconds = now + ManagerLimits.stopPersistMicroseconds
            return [.retryPersisting]
        }
        if let last = coordinator.lastCompleted, last >= stopsAfter.checkpoint {
            return stopTasks(then: stopsAfter.sequel)
        }
        guard coordinator.givenUpInARow >= ManagerLimits.lastCheckpointTries else {
            return advance(.requested, now)
        }
        let last =
            coordinator.lastCompleted.map { "checkpoint \($0)" } ?? "the last restored one"
        let failure = WrappedFailure(
            blame: .external,
            message: """
                No last checkpoint could be taken in \(coordinator.givenUpInARow) tries: \
                \(lastFailure)
                Nothing is lost: a restored job goes on from \(last).
                """
        )
        if stopsAfter.sequel == .rescale {
            goOn()
            parallelismWanted = nil
            return [.rescaleFailed(failure)]
        }
        return fail(failure)
    }

    /// For messages: what the job does.
    package var words: String {
        switch phase {
        case .created, .preparing: "is being prepared"
        case .waitingForSlots: "waits for slots"
        case .deploying: "is being deployed"
        case .running: "runs"
        case .stopping: "is being stopped"
        case .pausing: "waits before its next attempt"
        case .ended: "has ended"
        }
    }
}
