package import Checkpoints
package import Core
package import JobGraph

/// One job from its submission to its end: when it is deployed, checkpointed, restarted, stopped.
///
/// A pure state machine: events in, actions out, the time in the events.
///
/// ```
///            prepared        granted       deployed everywhere
/// preparing ─────────▶ waiting ─────▶ deploying ─────▶ running ── finished ──┐
///     ▲  │ failed       for slots         │ failure       │ failure, cancel,  │
///     │  ▼                                ▼               ▼ stop, rescale     ▼
///     │ ended                          stopping ◀─────────────────────────────┘
///     │                                   │ everybody has stopped, or is lost
///     └──── pausing ◀── may restart ──────┴── over ──▶ ended
/// ```
/// Events of attempts that are over are ignored. The next attempt starts when nobody works at the
/// last any more.
package struct JobMachine: Sendable {
    /// What of the job graph decides who takes part in checkpoints.
    package struct Shape: Hashable, Sendable {
        package let sourceNodes: [Int]
        package let sinkNodes: [Int]
        package let stageCount: Int

        package init(sourceNodes: [Int], sinkNodes: [Int], stageCount: Int) {
            self.sourceNodes = sourceNodes
            self.sinkNodes = sinkNodes
            self.stageCount = stageCount
        }
    }

    /// Where the job is in its life.
    package enum Phase: Hashable, Sendable {
        case created
        /// Leadership is claimed and the checkpoint chosen.
        case preparing
        case waitingForSlots
        case deploying
        case running
        /// Tasks are being stopped; what follows is decided.
        case stopping
        /// Before the next attempt.
        case pausing(untilMicroseconds: Int64)
        case ended
    }

    /// What follows when all tasks have stopped.
    enum Sequel: Hashable, Sendable {
        case end(JobOutcome)
        case restart(WrappedFailure)
        case rescale
    }

    let shape: Shape
    let settings: JobSettings
    package internal(set) var parallelism: Int
    package internal(set) var phase = Phase.created
    /// The number of the current attempt, from 1 on.
    package internal(set) var attempt = 0
    package internal(set) var outcome: JobOutcome?
    /// The task manager of each slot of the current attempt.
    package internal(set) var places: [TaskManagerID] = []
    /// Whether every slot of the current attempt has restored its state.
    package internal(set) var isWhole = false
    /// Restarts so far.
    package internal(set) var restarts = 0
    package internal(set) var coordinator: CheckpointCoordinator?

    /// The number of slots of the next attempt, if it changes.
    var parallelismWanted: Int?
    var restartCounter: RestartCounter
    var request: RecoveryDecision.Request
    var missing: Set<TaskManagerID> = []
    var sequel: Sequel?
    var nextCheckpoint: CheckpointID = 1
    var restoredCheckpoint: CheckpointID?
    var runningSlots: Set<Int> = []
    var finishedReaders: Set<CheckpointParticipant> = []
    /// What becomes of the job after the checkpoint that somebody waits for.
    var stopsAfter: (checkpoint: CheckpointID, sequel: Sequel)?
    /// Why the newest checkpoint that failed did.
    var lastFailure = ""
    var nextPersistMicroseconds: Int64 = 0
    /// The stand-in for the job manager's own threads among those who stop.
    package static let managerPlace = TaskManagerID("job manager")

    /// A job that waits for `start`.
    ///
    /// - Parameters:
    ///   - shape: who takes part in its checkpoints.
    ///   - settings: the job's.
    ///   - parallelism: how many slots it needs.
    ///   - request: which checkpoint its first attempt starts from.
    ///   - seed: of the jitter of restarts.
    package init(
        shape: Shape,
        settings: JobSettings,
        parallelism: Int,
        request: RecoveryDecision.Request,
        seed: UInt64
    ) {
        self.shape = shape
        self.settings = settings
        self.parallelism = parallelism
        self.request = request
        restartCounter = RestartCounter(settings.restart, seed: seed)
    }

    /// Takes an event.
    ///
    /// - Returns: what is to be done, in order.
    package mutating func handle(_ event: Event, nowMicroseconds now: Int64) -> [Action] {
        if phase == .ended { return [] }
        switch event {
        case .start: return phase == .created ? prepare() : []
        case .tick: return tick(now)
        case .person(let wish): return handle(wish, now)
        case .prepared(let number, let prepared):
            guard number == attempt, phase == .preparing else { return [] }
            nextCheckpoint = prepared.nextCheckpoint
            restoredCheckpoint = prepared.restored
            request = .newest
            phase = .waitingForSlots
            return [.requestSlots(parallelism)]
        case .prepareFailed(let number, let failure):
            guard number == attempt, phase == .preparing else { return [] }
            sequel = .restart(failure)
            return conclude(now)
        case .slotsGranted(let granted): return deploy(granted)
        case .deployed(let number, let place): return deployed(number, place, now)
        case .stopped(let number, let place):
            return number == attempt ? stopped(place, now) : []
        case .taskManagerLost(let place, let reason): return lost(place, reason, now)
        case .failed(let number, let failure):
            return number == attempt ? fail(failure) : []
        case .task(let number, let notice):
            return number == attempt && phase == .running ? handle(notice, now) : []
        case .manifestStored(let number, let checkpoint):
            return number == attempt ? advance(.stored(checkpoint), now) : []
        case .manifestFailed(let number, let checkpoint, let reason):
            return number == attempt
                ? advance(.failed(checkpoint, reason: reason), now) : []
        }
    }
}

// The life of an attempt.
extension JobMachine {
    mutating func prepare() -> [Action] {
        var actions: [Action] = []
        if let wanted = parallelismWanted {
            parallelism = wanted
            parallelismWanted = nil
            actions.append(.rescaled(wanted))
        }
        attempt += 1
        phase = .preparing
        places = []
        missing = []
        sequel = nil
        isWhole = false
        runningSlots = []
        finishedReaders = []
        stopsAfter = nil
        coordinator = nil
        return actions + [.prepare(attempt: attempt, request)]
    }

    private mutating func deploy(_ granted: [TaskManagerID]) -> [Action] {
        guard phase == .waitingForSlots, granted.count == parallelism else { return [] }
        places = granted
        missing = Set(granted)
        phase = .deploying
        return [.deploy(attempt: attempt, granted)]
    }

    private mutating func deployed(
        _ number: Int,
        _ place: TaskManagerID,
        _ now: Int64
    ) -> [Action] {
        guard number == attempt, phase == .deploying else { return [] }
        missing.remove(place)
        guard missing.isEmpty else { return [] }
        phase = .running
        coordinator = CheckpointCoordinator(
            CheckpointCoordinator.Configuration(
                intervalMicroseconds: settings.checkpointIntervalMicroseconds,
                timeoutMicroseconds: settings.checkpointTimeoutMicroseconds,
                minPauseMicroseconds: settings.minPauseBetweenCheckpointsMicroseconds,
                concurrentMax: settings.concurrentCheckpoints ?? 1,
                tolerableFailures: settings.tolerableFailedCheckpoints
            ),
            participants: participants,
            lastCheckpoint: nextCheckpoint - 1,
            nowMicroseconds: now
        )
        // Somebody asked for another number of slots meanwhile.
        if parallelismWanted != nil { _ = stopAfterCheckpoint(then: .rescale) }
        return [.start(attempt: attempt)]
    }

    private var participants: Set<CheckpointParticipant> {
        var all: Set<CheckpointParticipant> = []
        for subtask in 0..<parallelism {
            for node in shape.sourceNodes { all.insert(.source(node: node, subtask: subtask)) }
            for stage in 0..<shape.stageCount { all.insert(.stage(stage, slot: subtask)) }
            for node in shape.sinkNodes { all.insert(.sink(node: node, subtask: subtask)) }
        }
        return all
    }

    private mutating func lost(
        _ place: TaskManagerID,
        _ reason: String,
        _ now: Int64
    ) -> [Action] {
        switch phase {
        case .deploying, .running:
            guard places.contains(place) else { return [] }
            let actions = fail(
                WrappedFailure(
                    blame: .external,
                    isRetryable: true,
                    message: "The task manager '\(place)' is lost: \(reason)"
                )
            )
            return actions + stopped(place, now)
        case .stopping: return stopped(place, now)
        case .created, .preparing, .waitingForSlots, .pausing, .ended: return []
        }
    }

    /// The first failure is the cause; what follows is its cascade.
    mutating func fail(_ failure: WrappedFailure) -> [Action] {
        // Somebody waits for the job to end: it does not start again for their checkpoint.
        if case .end = stopsAfter?.sequel { return stopTasks(then: .end(.failed(failure))) }
        return stopTasks(then: .restart(failure))
    }

    mutating func stopTasks(then next: Sequel) -> [Action] {
        guard phase == .deploying || phase == .running else { return [] }
        sequel = next
        phase = .stopping
        missing = Set(places).union([Self.managerPlace])
        var actions: [Action] = []
        for action in coordinator?.dropSavepoints(reason: "the job \(next.words)") ?? [] {
            if case .savepointFailed(let request, let reason) = action {
                actions.append(.savepointFailed(request, reason: reason))
            }
        }
        return actions + [.stopTasks(attempt: attempt, Array(Set(places)).sorted())]
    }

    private mutating func stopped(_ place: TaskManagerID, _ now: Int64) -> [Action] {
        guard phase == .stopping else { return [] }
        missing.remove(place)
        return missing.isEmpty ? [.releaseSlots] + conclude(now) : []
    }

    /// Nobody works at the attempt any more.
    private mutating func conclude(_ now: Int64) -> [Action] {
        switch sequel {
        case .end(let outcome): return end(outcome)
        case .rescale: return prepare()
        case .restart(let failure):
            guard failure.isRetryable, let pause = restartCounter.nextPauseMicroseconds(now)
            else { return end(.failed(failure)) }
            restarts += 1
            phase = .pausing(untilMicroseconds: now + pause)
            return [.restarting(failure, afterMicroseconds: pause)]
        case nil: return []
        }
    }

    mutating func end(_ result: JobOutcome) -> [Action] {
        phase = .ended
        outcome = result
        return [.ended(result)]
    }

    private mutating func tick(_ now: Int64) -> [Action] {
        switch phase {
        case .pausing(let until): return now >= until ? prepare() : []
        case .running: return advance(.tick, now) + stopIfAsked(now)
        case .created, .preparing, .waitingForSlots, .deploying, .stopping, .ended: return []
        }
    }
}

extension JobMachine.Sequel {
    /// For messages: what the job does.
    var words: String {
        switch self {
        case .end(.finished): "has finished"
        case .end(.cancelled): "was cancelled"
        case .end(.failed(let failure)): "failed: \(failure.message)"
        case .restart(let failure): "failed: \(failure.message)"
        case .rescale: "is being rescaled"
        }
    }
}
