import Checkpoints
import Core
import JobManager

/// The subtasks of one attempt in one task manager.
final class ToyAttempt {
    let key: AttemptKey
    let deployment: Deployment
    let subtasks: [Int]
    private let job: ToyJob
    private let world: ClusterWorld
    private let process: SimulatedProcess
    private let simulation: Simulation
    private let tell: (WorkerMessage) -> Void
    private var slots: [Int: ToySlot] = [:]
    /// The next row of each split, by subtask.
    private var positions: [Int: [Int: Int]] = [:]
    private var endedReaders: Set<Int> = []
    private var lastTriggered: CheckpointID = 0
    private var channels: [TaskManagerID: Connection<DataMessage>] = [:]
    private(set) var isStopped = false
    private(set) var isStarted = false

    init(
        _ key: AttemptKey,
        _ deployment: Deployment,
        at place: TaskManagerID,
        _ world: ClusterWorld,
        _ process: SimulatedProcess,
        tell: @escaping (WorkerMessage) -> Void
    ) {
        self.key = key
        self.deployment = deployment
        self.world = world
        self.process = process
        self.tell = tell
        simulation = world.simulation
        job = world.job(key.job)
        subtasks = deployment.places.indices.filter { deployment.places[$0] == place }
    }

    /// Blocking: fetches the state and commits what the checkpoint holds.
    func restore(_ store: SimulatedStore) throws(CheckpointError) {
        let parallelism = deployment.parallelism
        var offsets: [Int: Int] = [:]
        for split in 0..<job.splits { offsets[split] = 0 }
        for held in deployment.restore?.positions ?? [] {
            offsets[Int(held.id) ?? 0] = Int(held.position)
        }
        for subtask in subtasks {
            positions[subtask] = offsets.filter { $0.key % parallelism == subtask }
            let slot = ToySlot(subtask, key, parallelism, world, process, tell)
            try slot.restore(deployment.restore, store)
            slots[subtask] = slot
        }
        let run = process.incarnation
        let transactions = deployment.restore?.transactions ?? []
        for id in transactions {
            guard process.sleep(simulation.within(1000...50_000), run: run) else { return }
            world.sink.commit(id, key.job, by: "\(key) at its start")
        }
        guard process.sleep(simulation.within(1000...50_000), run: run) else { return }
        world.sink.abort(key.job, before: key.claim, keeping: Set(transactions))
    }

    func start() {
        guard !isStarted, !isStopped else { return }
        isStarted = true
        for (_, slot) in slots.sorted(by: { $0.key < $1.key }) { slot.start() }
        let others = Set(deployment.places).subtracting(subtasks.map { deployment.places[$0] })
        for place in others.sorted() {
            channels[place] = world.connectData(process, place, key) { [weak self] in
                self?.fail("the data connection to \(place) is lost")
            }
            if channels[place] == nil { fail("there is no task manager \(place)") }
        }
        for subtask in subtasks {
            tell(.notice(key, .slotRunning(subtask), nil))
            read(subtask)
        }
    }

    func stop() {
        isStopped = true
        for (_, slot) in slots.sorted(by: { $0.key < $1.key }) { slot.stop() }
        for (_, channel) in channels.sorted(by: { $0.key < $1.key }) { channel.close() }
    }

    func fail(_ reason: String) {
        guard !isStopped else { return }
        simulation.log("\(process.name): \(key) fails: \(reason)")
        stop()
        tell(.failed(key, reason))
    }

    /// One source subtask: a row of each split, then a pause.
    private func read(_ subtask: Int) {
        process.after(simulation.within(300_000...900_000)) { [self] in
            guard !isStopped, let splits = positions[subtask] else { return }
            for (split, offset) in splits.sorted(by: { $0.key < $1.key })
            where offset < job.rowsPerSplit {
                positions[subtask]?[split] = offset + 1
                let target = ToyJob.slot(ToyJob.key(split, offset), deployment.parallelism)
                send(.row(split: split, offset: offset), from: subtask, to: target)
            }
            guard splits.values.allSatisfy({ $0 >= job.rowsPerSplit }) else {
                return read(subtask)
            }
            guard endedReaders.insert(subtask).inserted else { return }
            tell(.notice(key, .readerFinished(node: ToyJob.sourceNode, subtask: subtask), nil))
        }
    }

    func trigger(_ id: CheckpointID, isFinal: Bool) {
        guard isStarted, !isStopped, id > lastTriggered else { return }
        lastTriggered = id
        for subtask in subtasks {
            let participant = CheckpointParticipant.source(
                node: ToyJob.sourceNode,
                subtask: subtask
            )
            let held = positions[subtask] ?? [:]
            let part = CheckpointPart.positions(subtask: subtask, held)
            tell(.notice(key, .acknowledged(id, participant), part))
            for target in 0..<deployment.parallelism {
                send(.barrier(id, isFinal: isFinal), from: subtask, to: target)
            }
        }
    }

    func complete(_ id: CheckpointID) {
        guard !isStopped else { return }
        for (_, slot) in slots.sorted(by: { $0.key < $1.key }) { slot.complete(id) }
    }

    private func send(_ element: DataElement, from: Int, to: Int) {
        let message = DataMessage(from: from, to: to, element: element)
        if slots[to] != nil {
            receive(message)
        } else {
            channels[deployment.places[to]]?.send(from: 0, message)
        }
    }

    func receive(_ message: DataMessage) {
        guard !isStopped else { return }
        slots[message.to]?.receive(message.element, from: message.from)
    }
}
