import Checkpoints
import Core
import JobGraph
import JobManager
import ObjectStore

/// One job under one leader: does what the real job machine says.
final class JobRun {
    private enum StoreMail {
        case store(PendingToyCheckpoint, CheckpointWriter, attempt: Int, parallelism: Int)
        case retain(CheckpointLayout, inProgress: Set<CheckpointID>)
    }

    private(set) var record: JobRecord
    private let epoch: UInt64
    private let manager: SimulatedJobManager
    private let world: ClusterWorld
    private let process: SimulatedProcess
    private let simulation: Simulation
    private let layout: CheckpointLayout
    private let storeMail: FiberMailbox<StoreMail>
    private var pending: [CheckpointID: PendingToyCheckpoint] = [:]
    private var writer: CheckpointWriter?
    private var restore: Restore?
    private var isAbandoned = false

    init(_ record: JobRecord, _ epoch: UInt64, _ manager: SimulatedJobManager) {
        self.record = record
        self.epoch = epoch
        self.manager = manager
        world = manager.world
        process = manager.process
        simulation = manager.simulation
        layout = CheckpointLayout(jobID: record.id)
        storeMail = FiberMailbox(process)
        process.spawn { [self] in keepStore() }
    }

    /// The leader does not lead any more.
    func abandon() {
        isAbandoned = true
        storeMail.close()
    }

    private func key(_ attempt: Int) -> AttemptKey {
        AttemptKey(job: record.id, number: attempt, leaderEpoch: epoch)
    }

    private var machine: JobMachine? { manager.machine(record.id) }
    private var attempt: Int { machine?.attempt ?? 0 }

    private func handle(_ event: JobMachine.Event) {
        if !isAbandoned { manager.handle(.job(record.id, event)) }
    }

    /// A part of a checkpoint has come.
    func collect(_ key: AttemptKey, _ notice: JobMachine.TaskNotice, _ part: CheckpointPart?) {
        guard key.number == attempt, case .acknowledged(let id, _) = notice, let part else {
            return
        }
        pending[id]?.add(part)
    }

    func perform(_ action: JobMachine.Action) {
        guard !isAbandoned else { return }
        switch action {
        case .prepare(let attempt, let request):
            process.spawn { [self] in prepare(attempt, request) }
        case .deploy(let attempt, let places): deploy(attempt, places)
        case .start(let attempt): tellAll(.start(key(attempt)))
        case .stopTasks(let attempt, let places): stop(attempt, places)
        case .trigger(let id, let isFinal, _):
            simulation.log(
                "\(key(attempt)): triggers checkpoint \(id)\(isFinal ? ", the last" : "")"
            )
            pending[id] = PendingToyCheckpoint(id: id)
            if pending.count > 1 { simulation.occurred("checkpoints overlapped") }
            tellAll(.trigger(key(attempt), id, isFinal: isFinal))
            if world.sabotage == .skipsOneAcknowledgement {
                let liar = CheckpointParticipant.stage(ToyJob.stage, slot: 0)
                handle(.task(attempt: attempt, .acknowledged(id, liar)))
            }
        case .store(let id):
            guard let collected = pending[id], let writer else { return }
            if world.sabotage == .commitsBeforeTheManifest { tellAll(.complete(key(attempt), id)) }
            // By the time that it is written the job may have been rescaled.
            let slots = machine?.parallelism ?? 0
            storeMail.send(.store(collected, writer, attempt: attempt, parallelism: slots))
        case .complete(let id):
            simulation.occurred("a checkpoint was completed")
            simulation.log("\(key(attempt)): completes checkpoint \(id)")
            tellAll(.complete(key(attempt), id))
            pending[id] = nil
            storeMail.send(.retain(layout, inProgress: Set(pending.keys)))
        case .giveUp(let id, let reason):
            simulation.occurred("a checkpoint was given up")
            simulation.log("\(key(attempt)): gives checkpoint \(id) up: \(reason)")
            pending[id] = nil
        case .restarting(let failure, _):
            simulation.log("\(key(attempt)): restarts: \(failure.message)")
        case .rescaled(let slots):
            simulation.occurred("a job was rescaled")
            record.parallelism = slots
        case .ended(let outcome): end(outcome)
        case .savepointStored, .savepointFailed, .retryPersisting, .running, .rescaleFailed,
            .requestSlots, .releaseSlots:
            break
        }
    }

    private func tellAll(_ message: ManagerMessage) {
        for place in Set(machine?.places ?? []).sorted() { manager.send(message, to: place) }
    }

    private func end(_ outcome: JobOutcome) {
        simulation.log("\(record.id) has ended in epoch \(epoch): \(outcome)")
        switch outcome {
        case .finished: record.state = .finished
        case .cancelled: record.state = .cancelled
        case .failed(let failure):
            record.state = .failed
            record.failure = JobRecord.Failure(blame: failure.blame, message: failure.message)
        }
        manager.record(record)
    }

    // The life of an attempt.

    /// Blocking: claims the job and chooses the checkpoint, as `AttemptPreparation`.
    private func prepare(_ attempt: Int, _ request: RecoveryDecision.Request) {
        do throws(CheckpointError) {
            let store = world.fenced(SimulatedStore(world.store, process), key(attempt).claim)
            let writer = try CheckpointWriter(
                store: store,
                layout: layout,
                claiming: key(attempt).claim
            )
            let reader = CheckpointReader(store: store)
            let (found, notes) = try reader.choose(layout, request, depth: .checksums)
            let transactions = try found.map { found throws(CheckpointError) in
                try found.manifest.sinks.flatMap(\.committables).map {
                    committable throws(CheckpointError) in
                    let bytes = try reader.content(committable.file, of: found)
                    return String(decoding: bytes, as: UTF8.self)
                }
            }
            let next = max(
                try writer.nextCheckpointID(),
                (found?.manifest.checkpointID ?? 0) + 1
            )
            if world.sabotage != .forgetsWhatItStartedFrom, world.sabotage != .ignoresTheEpoch {
                try writer.markStart(from: found?.manifest)
            }
            if notes.contains(where: { $0.contains("appeared after") }) {
                simulation.occurred("a checkpoint was too late")
            }
            if found != nil { simulation.occurred("an attempt started from a checkpoint") }
            guard self.attempt == attempt else { return }
            self.writer = writer
            restore = found.map { Restore(found: $0, transactions: transactions ?? []) }
            let restored = found?.manifest.checkpointID
            simulation.log("\(key(attempt)): starts from \(restored ?? 0); \(notes)")
            handle(
                .prepared(
                    attempt: attempt,
                    JobMachine.Prepared(restored: restored, nextCheckpoint: next)
                )
            )
        } catch {
            simulation.log("\(key(attempt)): cannot be prepared: \(error)")
            handle(.prepareFailed(attempt: attempt, WrappedFailure(error)))
        }
    }

    private func deploy(_ attempt: Int, _ places: [TaskManagerID]) {
        simulation.log("\(key(attempt)): is deployed to \(places)")
        let deployment = Deployment(places: places, restore: restore)
        for place in Set(places).sorted() {
            manager.send(.deploy(key(attempt), deployment), to: place)
        }
    }

    private func stop(_ attempt: Int, _ places: [TaskManagerID]) {
        pending = [:]
        for place in places { manager.send(.stop(key(attempt)), to: place) }
        handle(.stopped(attempt: attempt, JobMachine.managerPlace))
    }

    // The thread that writes manifests.

    private func keepStore() {
        let store = SimulatedStore(world.store, process)
        while let mail = storeMail.receive() {
            switch mail {
            case .store(let pending, let writer, let attempt, let parallelism):
                let id = pending.id
                do {
                    let manifest = try pending.manifest(record, parallelism, writer, store)
                    try writer.write(manifest, for: .checkpoint(id))
                    world.checkDurable(manifest, layout)
                    handle(.manifestStored(attempt: attempt, id))
                } catch {
                    storeFailed(id, attempt, error)
                }
            case .retain(let layout, let inProgress):
                do throws(CheckpointError) {
                    try RetentionExecutor(
                        store: store,
                        layout: layout,
                        keep: ToyJob.settings.retainedCheckpoints
                    ).run(inProgress: inProgress)
                } catch {
                    simulation.log("\(record.id): retention failed: \(error)")
                }
            }
        }
    }

    private func storeFailed(_ id: CheckpointID, _ attempt: Int, _ error: any Error) {
        simulation.log("\(key(attempt)): checkpoint \(id) is not stored: \(error)")
        if (error as? CheckpointError)?.kind == .fenced {
            simulation.occurred("a leader was fenced")
            handle(.failed(attempt: attempt, WrappedFailure(error)))
        } else {
            handle(.manifestFailed(attempt: attempt, id, reason: "\(error)"))
        }
    }
}
