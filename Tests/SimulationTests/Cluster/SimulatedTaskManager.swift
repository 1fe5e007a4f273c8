import Checkpoints
import Core
import JobManager

/// A task manager of the simulated cluster: it looks for the leader, registers, runs toy attempts.
final class SimulatedTaskManager {
    static let heartbeatMicroseconds: Int64 = 1_000_000
    static let timeoutMicroseconds: Int64 = 8_000_000

    let process: SimulatedProcess
    let slots: Int
    private let world: ClusterWorld
    private let simulation: Simulation
    private var connection: Connection<ControlMessage>?
    private var lastHeard: Int64 = 0
    /// The highest epoch of a leader that it has obeyed.
    private var epoch: UInt64 = 0
    private var attempts: [AttemptKey: ToyAttempt] = [:]
    /// Attempts that were stopped before or while they were built.
    private var stopped: Set<AttemptKey> = []

    init(_ process: SimulatedProcess, slots: Int, _ world: ClusterWorld) {
        self.process = process
        self.slots = slots
        self.world = world
        simulation = world.simulation
    }

    /// Another one after each start of the process.
    var id: TaskManagerID { TaskManagerID("\(process.name).\(process.incarnation)") }

    func start() {
        guard !simulation.isOver else { return }
        process.start()
        connection = nil
        epoch = 0
        attempts = [:]
        stopped = []
        process.spawn { [self] in findLeaders(process.incarnation) }
        beat()
    }

    /// Blocking: looks into the store for the leader whenever there is no connection.
    private func findLeaders(_ run: Int) {
        let lease = ObjectStoreLease(
            store: SimulatedStore(world.store, process),
            layout: world.layout
        )
        while process.isCurrent(run) {
            if connection == nil, case .record(let record) = lease.read(), connection == nil {
                connect(record)
            }
            guard process.sleep(simulation.within(500_000...2_000_000), run: run) else { return }
        }
    }

    private func connect(_ record: LeaderRecord) {
        guard record.epoch >= epoch,
            let manager = world.managers.first(where: {
                $0.process.name == record.holder.name
            }),
            manager.process.isAlive,
            !world.network.isPartitioned(process, manager.process)
        else { return }
        lastHeard = process.monotonicMicroseconds
        let worker = id
        var opened: Connection<ControlMessage>?
        let here = Connection<ControlMessage>.End(process) { [self] message in
            if let opened, opened === connection, case .manager(let order) = message {
                obey(order)
            }
        } closed: { [self] in
            if let opened, opened === connection { disconnect("the connection was lost") }
        }
        let there = Connection<ControlMessage>.End(manager.process) { message in
            if case .worker(let message) = message { manager.hear(message, from: worker, opened) }
        } closed: {
            manager.lost(opened)
        }
        let made = Connection(world.network, here, there, mayDuplicate: true)
        opened = made
        connection = made
        let slots = slots
        manager.process.after(simulation.within(200...5000)) {
            manager.register(worker, slots: slots, made)
        }
    }

    private func disconnect(_ reason: String) {
        simulation.log("\(process.name): leaves its leader: \(reason)")
        connection?.close()
        connection = nil
        for (_, attempt) in attempts.sorted(by: { $0.key.claim < $1.key.claim }) { attempt.stop() }
        stopped.formUnion(attempts.keys)
        attempts = [:]
    }

    private func beat() {
        process.after(Self.heartbeatMicroseconds) { [self] in
            send(.heartbeat)
            if connection != nil,
                process.monotonicMicroseconds > lastHeard + Self.timeoutMicroseconds
            {
                disconnect("nothing was heard of it")
            }
            beat()
        }
    }

    private func send(_ message: WorkerMessage) {
        connection?.send(from: 0, .worker(message))
    }

    private func obey(_ order: ManagerMessage) {
        lastHeard = process.monotonicMicroseconds
        switch order {
        case .heartbeat: break
        case .registered(let leader): epoch = max(epoch, leader)
        case .deploy(let key, let deployment): deploy(key, deployment)
        case .start(let key): attempts[key]?.start()
        case .stop(let key):
            attempts.removeValue(forKey: key)?.stop()
            stopped.insert(key)
            send(.stopped(key))
        case .trigger(let key, let id, let isFinal):
            attempts[key]?.trigger(id, isFinal: isFinal)
        case .complete(let key, let id): attempts[key]?.complete(id)
        }
    }

    private func deploy(_ key: AttemptKey, _ deployment: Deployment) {
        guard attempts[key] == nil, !stopped.contains(key) else { return }
        guard world.sabotage == .ignoresTheEpoch || key.leaderEpoch >= epoch else { return }
        let attempt = ToyAttempt(key, deployment, at: id, world, process) { [weak self] in
            self?.send($0)
        }
        attempts[key] = attempt
        let store = SimulatedStore(world.store, process)
        process.spawn { [self] in
            do {
                try attempt.restore(store)
                if attempts[key] === attempt { send(.deployed(key)) }
            } catch {
                attempt.fail("\(error)")
            }
        }
    }

    /// The attempt that a data connection is for.
    func attempt(_ key: AttemptKey) -> ToyAttempt? { attempts[key] }
}
