package import Core

/// Someone who must acknowledge a checkpoint.
package enum CheckpointParticipant: Hashable, Sendable, CustomStringConvertible {
    case source(node: Int, subtask: Int)
    case stage(Int, slot: Int)
    case sink(node: Int, subtask: Int)

    package var description: String {
        switch self {
        case .source(let node, let subtask): "source \(node), subtask \(subtask)"
        case .stage(let stage, let slot): "stage \(stage), slot \(slot)"
        case .sink(let node, let subtask): "sink \(node), subtask \(subtask)"
        }
    }
}

/// Decides when checkpoints are taken, when they are complete and when they are given up.
///
/// A pure state machine: events in, actions out, the time in the events. Each checkpoint goes
/// through this:
///
/// ```
///  tick, request                all acknowledged     the oldest          stored
/// ───────────────▶ collecting ───────────────────▶ ─────────────▶ storing ─────────▶ committing ─▶
///                      │ declined, timeout                           │ failed   all sinks committed
///                      └──────────────▶ given up ◀───────────────────┘
/// ```
/// Several may be collecting, if the job's settings say so; they are stored and committed one after
/// the other, so that a sink's writers never commit epochs out of order, whichever of them is slow.
package struct CheckpointCoordinator: Sendable {
    /// How often, how long, how many; all times in microseconds.
    package struct Configuration: Hashable, Sendable {
        package var intervalMicroseconds: Int64?
        package var timeoutMicroseconds: Int64
        /// Between the end of one checkpoint and the start of the next; then none overlap.
        package var minPauseMicroseconds: Int64
        /// How many may be under way at a time.
        package var concurrentMax: Int
        /// Failures in a row that the job survives; nil for any number.
        package var tolerableFailures: Int?

        package init(
            intervalMicroseconds: Int64?,
            timeoutMicroseconds: Int64 = 600_000_000,
            minPauseMicroseconds: Int64 = 0,
            concurrentMax: Int = 1,
            tolerableFailures: Int? = nil
        ) {
            precondition(concurrentMax > 0, "one checkpoint may always be under way")
            self.intervalMicroseconds = intervalMicroseconds
            self.timeoutMicroseconds = timeoutMicroseconds
            self.minPauseMicroseconds = minPauseMicroseconds
            self.concurrentMax = concurrentMax
            self.tolerableFailures = tolerableFailures
        }
    }

    /// What happens.
    package enum Event: Hashable, Sendable {
        case tick
        /// Somebody wants a checkpoint soon, for example a source between two phases.
        case requested
        /// Somebody wants a savepoint.
        case savepoint(SavepointRequest)
        case acknowledged(CheckpointID, CheckpointParticipant)
        /// A participant cannot take part; nobody's fault.
        case declined(CheckpointID, reason: String)
        /// A participant could not make its part durable.
        case failed(CheckpointID, reason: String)
        /// The manifest is written.
        case stored(CheckpointID)
        case committed(CheckpointID, CheckpointParticipant)
        /// All rows have been read: the next checkpoint is the last.
        case inputEnded
    }

    /// What is to be done.
    package enum Action: Hashable, Sendable {
        /// Have all sources inject the barrier.
        case trigger(CheckpointID, isFinal: Bool, SavepointRequest?)
        /// Write the manifest.
        case store(CheckpointID)
        /// Tell sources and sinks.
        case complete(CheckpointID)
        /// The savepoint exists; nothing is committed for it.
        case savepointStored(CheckpointID, SavepointRequest)
        /// There will be no such savepoint.
        case savepointFailed(SavepointRequest, reason: String)
        /// Say why there is no checkpoint of that number, and forget what was collected for it.
        case giveUp(CheckpointID, reason: String)
        /// Too many failures: the job fails.
        case failJob(reason: String)
        /// The last checkpoint is committed everywhere: the job is done.
        case finishJob
    }

    /// What a checkpoint is for.
    private struct Purpose: Hashable {
        /// Whether operators finish before it.
        let isFinal: Bool
        let savepoint: SavepointRequest?

        /// Whether the job is over when it is committed.
        var endsJob: Bool { isFinal || savepoint?.ending == .stops }
    }

    private enum Phase: Hashable {
        /// Acknowledged by all once nobody is missing: then it waits for those before it.
        case collecting(missing: Set<CheckpointParticipant>)
        case storing
        case committing(missing: Set<CheckpointParticipant>)
    }

    /// A checkpoint that has been triggered and is not over.
    private struct UnderWay: Hashable {
        let id: CheckpointID
        let purpose: Purpose
        let startedMicroseconds: Int64
        var phase: Phase
    }

    private let configuration: Configuration
    private let participants: Set<CheckpointParticipant>
    /// Oldest first; only the first may be storing or committing.
    private var underWay: [UnderWay] = []
    /// Whether nothing is started any more: the job ends, or fails.
    private var isFinished = false
    /// The number of the next checkpoint.
    package private(set) var next: CheckpointID
    /// The newest checkpoint that was completed and committed everywhere.
    package private(set) var lastCompleted: CheckpointID?
    private var startedMicroseconds: Int64
    private var endedMicroseconds: Int64
    private var isRequested = false
    /// The checkpoint that the last request led to.
    private var answer: CheckpointID?
    /// Whether the interval is not looked at: the job is about to stop.
    private var isOnRequest = false
    private var savepoints: [SavepointRequest] = []
    private var inputHasEnded = false
    private var failures = 0
    /// How many checkpoints were given up since the last that was stored.
    package private(set) var givenUpInARow = 0

    /// - Parameters:
    ///   - configuration: the job's settings.
    ///   - participants: everyone who must acknowledge.
    ///   - lastCheckpoint: the restored checkpoint, 0 for a fresh start.
    ///   - nowMicroseconds: the first checkpoint is due one interval after this.
    package init(
        _ configuration: Configuration,
        participants: Set<CheckpointParticipant>,
        lastCheckpoint: CheckpointID,
        nowMicroseconds: Int64
    ) {
        self.configuration = configuration
        self.participants = participants
        next = lastCheckpoint + 1
        startedMicroseconds = nowMicroseconds
        endedMicroseconds = .min / 2
    }

    /// The checkpoints under way, oldest first.
    package var current: [CheckpointID] { underWay.map(\.id) }

    /// Takes checkpoints one at a time and only when asked, as if none had been given up: the job
    /// is to stop behind one.
    package mutating func waitForRequests() {
        isOnRequest = true
        givenUpInARow = 0
    }

    /// Takes them again when they are due.
    package mutating func goOn() {
        isOnRequest = false
    }

    /// Who has not answered yet; for messages.
    package func waitingFor(_ id: CheckpointID) -> [CheckpointParticipant] {
        switch underWay.first(where: { $0.id == id })?.phase {
        case .collecting(let missing), .committing(let missing):
            missing.sorted { $0.description < $1.description }
        case .storing, nil: []
        }
    }

    package mutating func handle(_ event: Event, nowMicroseconds now: Int64) -> [Action] {
        switch event {
        case .tick: return expire(now) + startIfDue(now)
        case .requested:
            // Whoever wants one asks again and again until it is complete.
            if let answer, current.contains(answer) { return [] }
            isRequested = true
            return startIfDue(now)
        case .savepoint(let request):
            savepoints.append(request)
            return startIfDue(now)
        case .inputEnded:
            inputHasEnded = true
            return startIfDue(now)
        case .acknowledged(let id, let participant): return acknowledge(id, participant)
        case .declined(let id, let reason):
            return giveUp(id, reason, now, isFailure: false) + startIfDue(now)
        case .failed(let id, let reason):
            return giveUp(id, reason, now, isFailure: true) + startIfDue(now)
        case .stored(let id): return stored(id, now)
        case .committed(let id, let participant): return committed(id, participant, now)
        }
    }
}

// Beginnings.
extension CheckpointCoordinator {
    private mutating func startIfDue(_ now: Int64) -> [Action] {
        let savepoint = savepoints.first
        let isFinal = savepoint?.ending == .drains || inputHasEnded && savepoint == nil
        let purpose = Purpose(isFinal: isFinal, savepoint: savepoint)
        guard hasRoom(for: purpose) else { return [] }
        let isPaused = now < endedMicroseconds + configuration.minPauseMicroseconds
        let isDue = configuration.intervalMicroseconds.map { now >= startedMicroseconds + $0 }
        let isBackingOff = now < endedMicroseconds + backoffMicroseconds
        let isWanted = isRequested || !isOnRequest && isDue == true
        guard
            inputHasEnded || savepoint != nil || !isPaused && !isBackingOff && isWanted
        else { return [] }
        if savepoint != nil { savepoints.removeFirst() }
        let id = next
        next += 1
        if isRequested, savepoint == nil {
            isRequested = false
            answer = id
        }
        startedMicroseconds = now
        underWay.append(
            UnderWay(
                id: id,
                purpose: purpose,
                startedMicroseconds: now,
                phase: .collecting(missing: participants)
            )
        )
        return [.trigger(id, isFinal: isFinal, savepoint)]
    }

    /// Whether another checkpoint may be under way; one that ends the job is alone.
    private func hasRoom(for purpose: Purpose) -> Bool {
        if underWay.isEmpty { return !isFinished }
        let isAlone = configuration.minPauseMicroseconds > 0 || isOnRequest || purpose.endsJob
        return !isFinished && !isAlone && underWay.count < configuration.concurrentMax
            && !underWay.contains(where: \.purpose.endsJob)
    }

    /// How long after a checkpoint that was given up none is tried.
    private var backoffMicroseconds: Int64 {
        givenUpInARow == 0 ? 0 : min(10_000_000, 25_000 << Int64(min(givenUpInARow, 10)))
    }

    private mutating func acknowledge(
        _ id: CheckpointID,
        _ participant: CheckpointParticipant
    ) -> [Action] {
        guard let index = underWay.firstIndex(where: { $0.id == id }),
            case .collecting(var missing) = underWay[index].phase
        else { return [] }
        // The set is only held here while it changes: else each message would copy it.
        underWay[index].phase = .storing
        missing.remove(participant)
        underWay[index].phase = .collecting(missing: missing)
        return missing.isEmpty ? storeOldest() : []
    }

    /// Has the oldest be stored, if everybody has acknowledged it.
    private mutating func storeOldest() -> [Action] {
        guard let oldest = underWay.first, case .collecting(let missing) = oldest.phase,
            missing.isEmpty
        else { return [] }
        underWay[0].phase = .storing
        return [.store(oldest.id)]
    }
}

// Ends.
extension CheckpointCoordinator {
    /// Ends all savepoints that have not started, since the job ends or starts anew.
    package mutating func dropSavepoints(reason: String) -> [Action] {
        var dropped: [SavepointRequest] = []
        for checkpoint in underWay {
            if case .committing = checkpoint.phase { continue }
            if let request = checkpoint.purpose.savepoint { dropped.append(request) }
        }
        dropped += savepoints
        savepoints = []
        return dropped.map { .savepointFailed($0, reason: reason) }
    }

    private mutating func expire(_ now: Int64) -> [Action] {
        var actions: [Action] = []
        for checkpoint in underWay {
            guard case .collecting(let missing) = checkpoint.phase, !missing.isEmpty,
                now >= checkpoint.startedMicroseconds + configuration.timeoutMicroseconds
            else { continue }
            let names = missing.map(\.description).sorted().prefix(3).joined(separator: "; ")
            let seconds = configuration.timeoutMicroseconds / 1_000_000
            actions += giveUp(
                checkpoint.id,
                "not acknowledged within \(seconds) s by \(missing.count) of "
                    + "\(participants.count) (\(names))",
                now,
                isFailure: true
            )
        }
        return actions
    }

    private mutating func giveUp(
        _ id: CheckpointID,
        _ reason: String,
        _ now: Int64,
        isFailure: Bool
    ) -> [Action] {
        guard let index = underWay.firstIndex(where: { $0.id == id }) else { return [] }
        if case .committing = underWay[index].phase { return [] }
        let purpose = underWay.remove(at: index).purpose
        endedMicroseconds = now
        var actions: [Action] = [.giveUp(id, reason: reason)]
        if let savepoint = purpose.savepoint {
            actions.append(.savepointFailed(savepoint, reason: reason))
        } else {
            failures += isFailure ? 1 : 0
            givenUpInARow += 1
        }
        if purpose.endsJob {
            // Operators have finished for it, or sources are silent: only a restart can follow.
            isFinished = true
            actions.append(.failJob(reason: "The last checkpoint failed: \(reason)"))
        } else if let tolerable = configuration.tolerableFailures, failures > tolerable {
            isFinished = true
            actions.append(
                .failJob(
                    reason: "Exceeded checkpoint tolerable failure threshold. \(reason)"
                )
            )
        }
        return isFinished ? actions : actions + storeOldest()
    }

    private mutating func stored(_ id: CheckpointID, _ now: Int64) -> [Action] {
        guard let oldest = underWay.first, oldest.id == id, oldest.phase == .storing else {
            return []
        }
        let purpose = oldest.purpose
        if let savepoint = purpose.savepoint, !purpose.endsJob {
            underWay.removeFirst()
            endedMicroseconds = now
            return [.savepointStored(id, savepoint)] + storeOldest() + startIfDue(now)
        }
        failures = 0
        givenUpInARow = 0
        let sinks = participants.filter { participant in
            if case .sink = participant { return true }
            return false
        }
        underWay[0].phase = .committing(missing: sinks)
        var actions: [Action] = [.complete(id)]
        if let savepoint = purpose.savepoint { actions.append(.savepointStored(id, savepoint)) }
        if sinks.isEmpty { actions += endOldest(now) }
        return actions
    }

    private mutating func committed(
        _ id: CheckpointID,
        _ participant: CheckpointParticipant,
        _ now: Int64
    ) -> [Action] {
        guard let oldest = underWay.first, oldest.id == id,
            case .committing(var missing) = oldest.phase
        else { return [] }
        underWay[0].phase = .storing
        missing.remove(participant)
        underWay[0].phase = .committing(missing: missing)
        return missing.isEmpty ? endOldest(now) : []
    }

    /// The oldest is committed everywhere.
    private mutating func endOldest(_ now: Int64) -> [Action] {
        let oldest = underWay.removeFirst()
        lastCompleted = oldest.id
        endedMicroseconds = now
        if oldest.purpose.endsJob {
            isFinished = true
            return [.finishJob]
        }
        return storeOldest() + startIfDue(now)
    }
}
