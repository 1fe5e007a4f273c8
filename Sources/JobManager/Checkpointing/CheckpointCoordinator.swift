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
/// A pure state machine: events in, actions out, the time in the events.
///
/// ```
///          tick, request                all acknowledged          stored
/// idle ───────────────▶ collecting ───────────────────▶ storing ─────────▶ committing ─▶ idle
///                          │ declined, timeout             │ failed      all sinks committed
///                          └────────▶ given up ◀───────────┘
/// ```
/// The next checkpoint waits for the commits of the last: a sink's writers then never commit
/// epochs out of order, whichever of them is slow.
package struct CheckpointCoordinator: Sendable {
    /// How often, how long, how many failures; all times in microseconds.
    package struct Configuration: Hashable, Sendable {
        package var intervalMicroseconds: Int64?
        package var timeoutMicroseconds: Int64
        package var minPauseMicroseconds: Int64
        /// Failures in a row that the job survives; nil for any number.
        package var tolerableFailures: Int?

        package init(
            intervalMicroseconds: Int64?,
            timeoutMicroseconds: Int64 = 600_000_000,
            minPauseMicroseconds: Int64 = 0,
            tolerableFailures: Int? = nil
        ) {
            self.intervalMicroseconds = intervalMicroseconds
            self.timeoutMicroseconds = timeoutMicroseconds
            self.minPauseMicroseconds = minPauseMicroseconds
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
        case idle
        case collecting(CheckpointID, missing: Set<CheckpointParticipant>, Purpose)
        case storing(CheckpointID, Purpose)
        case committing(CheckpointID, missing: Set<CheckpointParticipant>, Purpose)
        case finished
    }

    private let configuration: Configuration
    private let participants: Set<CheckpointParticipant>
    private var phase = Phase.idle
    /// The number of the next checkpoint.
    package private(set) var next: CheckpointID
    /// The newest checkpoint that was completed and committed everywhere.
    package private(set) var lastCompleted: CheckpointID?
    private var startedMicroseconds: Int64
    private var endedMicroseconds: Int64
    private var isRequested = false
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

    /// The checkpoint under way, if any.
    package var current: CheckpointID? {
        switch phase {
        case .idle, .finished: nil
        case .collecting(let id, _, _), .storing(let id, _), .committing(let id, _, _): id
        }
    }

    /// Has the next checkpoint start as if none had been given up, without a pause.
    package mutating func forgetFailures() {
        givenUpInARow = 0
    }

    /// Who has not answered yet; for messages.
    package var waitingFor: [CheckpointParticipant] {
        switch phase {
        case .collecting(_, let missing, _), .committing(_, let missing, _):
            missing.sorted { $0.description < $1.description }
        case .idle, .storing, .finished: []
        }
    }

    package mutating func handle(_ event: Event, nowMicroseconds now: Int64) -> [Action] {
        switch event {
        case .tick: return expire(now) + startIfDue(now)
        case .requested:
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

    private mutating func startIfDue(_ now: Int64) -> [Action] {
        guard phase == .idle else { return [] }
        let isPaused = now < endedMicroseconds + configuration.minPauseMicroseconds
        let isDue = configuration.intervalMicroseconds.map { now >= startedMicroseconds + $0 }
        let isBackingOff = now < endedMicroseconds + backoffMicroseconds
        let savepoint = savepoints.first
        guard
            inputHasEnded || savepoint != nil
                || !isPaused && !isBackingOff && (isRequested || isDue == true)
        else { return [] }
        if savepoint != nil { savepoints.removeFirst() }
        let id = next
        next += 1
        isRequested = isRequested && savepoint != nil
        startedMicroseconds = now
        let isFinal = savepoint?.ending == .drains || inputHasEnded && savepoint == nil
        phase = .collecting(
            id,
            missing: participants,
            Purpose(isFinal: isFinal, savepoint: savepoint)
        )
        return [.trigger(id, isFinal: isFinal, savepoint)]
    }

    /// Ends all savepoints that have not started, since the job ends or starts anew.
    package mutating func dropSavepoints(reason: String) -> [Action] {
        var dropped = savepoints
        savepoints = []
        switch phase {
        case .collecting(_, _, let purpose), .storing(_, let purpose):
            if let request = purpose.savepoint { dropped.insert(request, at: 0) }
        case .idle, .committing, .finished: break
        }
        return dropped.map { .savepointFailed($0, reason: reason) }
    }

    /// How long after a checkpoint that was given up none is tried.
    private var backoffMicroseconds: Int64 {
        givenUpInARow == 0 ? 0 : min(10_000_000, 25_000 << Int64(min(givenUpInARow, 10)))
    }

    private mutating func expire(_ now: Int64) -> [Action] {
        guard case .collecting(let id, let missing, _) = phase,
            now >= startedMicroseconds + configuration.timeoutMicroseconds
        else { return [] }
        let names = missing.map(\.description).sorted().prefix(3).joined(separator: "; ")
        let seconds = configuration.timeoutMicroseconds / 1_000_000
        return giveUp(
            id,
            "not acknowledged within \(seconds) s by \(missing.count) of "
                + "\(participants.count) (\(names))",
            now,
            isFailure: true
        )
    }

    private mutating func acknowledge(
        _ id: CheckpointID,
        _ participant: CheckpointParticipant
    ) -> [Action] {
        guard case .collecting(id, var missing, let purpose) = phase else { return [] }
        // The set is only held here while it changes: else each message would copy it.
        phase = .idle
        missing.remove(participant)
        guard missing.isEmpty else {
            phase = .collecting(id, missing: missing, purpose)
            return []
        }
        phase = .storing(id, purpose)
        return [.store(id)]
    }

    private mutating func giveUp(
        _ id: CheckpointID,
        _ reason: String,
        _ now: Int64,
        isFailure: Bool
    ) -> [Action] {
        let purpose: Purpose
        switch phase {
        case .collecting(id, _, let known), .storing(id, let known): purpose = known
        default: return []
        }
        phase = .idle
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
            phase = .finished
            actions.append(.failJob(reason: "The last checkpoint failed: \(reason)"))
        } else if let tolerable = configuration.tolerableFailures, failures > tolerable {
            phase = .finished
            actions.append(
                .failJob(
                    reason: "Exceeded checkpoint tolerable failure threshold. \(reason)"
                )
            )
        }
        return actions
    }

    private mutating func stored(_ id: CheckpointID, _ now: Int64) -> [Action] {
        guard case .storing(id, let purpose) = phase else { return [] }
        if let savepoint = purpose.savepoint, !purpose.endsJob {
            endedMicroseconds = now
            phase = .idle
            return [.savepointStored(id, savepoint)] + startIfDue(now)
        }
        failures = 0
        givenUpInARow = 0
        let sinks = participants.filter { participant in
            if case .sink = participant { return true }
            return false
        }
        phase = .committing(id, missing: sinks, purpose)
        var actions: [Action] = [.complete(id)]
        if let savepoint = purpose.savepoint { actions.append(.savepointStored(id, savepoint)) }
        if sinks.isEmpty { actions += end(id, purpose, now) }
        return actions
    }

    private mutating func committed(
        _ id: CheckpointID,
        _ participant: CheckpointParticipant,
        _ now: Int64
    ) -> [Action] {
        guard case .committing(id, var missing, let purpose) = phase else { return [] }
        phase = .idle
        missing.remove(participant)
        phase = .committing(id, missing: missing, purpose)
        return missing.isEmpty ? end(id, purpose, now) : []
    }

    private mutating func end(
        _ id: CheckpointID,
        _ purpose: Purpose,
        _ now: Int64
    ) -> [Action] {
        lastCompleted = id
        endedMicroseconds = now
        phase = purpose.endsJob ? .finished : .idle
        return purpose.endsJob ? [.finishJob] : startIfDue(now)
    }
}
