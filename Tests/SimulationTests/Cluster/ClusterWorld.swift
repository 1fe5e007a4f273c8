import Core
import JobManager
import ObjectStore

/// A whole cluster: job managers, task managers, store, network, jobs, and a sink to compare with.
final class ClusterWorld {
    let simulation: Simulation
    let sabotage: ClusterSabotage?
    let store = StoreWorld()
    let layout = ClusterLayout(clusterID: "c")
    let network: SimulatedNetwork
    let sink: ExternalSink
    private(set) var managers: [SimulatedJobManager] = []
    private(set) var workers: [SimulatedTaskManager] = []
    private(set) var jobs: [ToyJob] = []
    /// Jobs whose end some leader has recorded, with how they ended.
    private(set) var ended: [JobID: JobRecord.State] = [:]
    private var leaders: [UInt64: String] = [:]
    /// What each manifest lacked in the moment in which it appeared, by its key.
    var defectsAtBirth: [String: [String]] = [:]

    static let faultsMicroseconds: Int64 = 150_000_000
    static let endMicroseconds: Int64 = 480_000_000

    init(_ simulation: Simulation, _ sabotage: ClusterSabotage? = nil) {
        self.simulation = simulation
        self.sabotage = sabotage
        network = SimulatedNetwork(simulation)
        sink = ExternalSink(simulation)
        defer { store.onPut = { [unowned self] in noteBirth($0) } }
        for index in 0..<simulation.pick([1, 2, 2, 3]) {
            let process = SimulatedProcess("jm\(index)", simulation)
            managers.append(SimulatedJobManager(process, self))
        }
        for index in 0..<simulation.pick([2, 2, 3]) {
            let process = SimulatedProcess("tm\(index)", simulation)
            workers.append(SimulatedTaskManager(process, slots: 2, self))
        }
        for index in 0..<simulation.pick([1, 1, 2]) {
            jobs.append(
                ToyJob(
                    id: JobID(text: "job\(index)"),
                    splits: Int(simulation.within(1...4)),
                    rowsPerSplit: Int(simulation.within(20...200)),
                    concurrentCheckpoints: simulation.pick([1, 1, 1, 2, 3])
                )
            )
        }
    }

    func job(_ id: JobID) -> ToyJob {
        guard let job = jobs.first(where: { $0.id == id }) else {
            preconditionFailure("there is no job \(id)")
        }
        return job
    }

    func live() {
        for manager in managers { manager.start() }
        for worker in workers { worker.start() }
        for job in jobs { submit(job) }
        ClusterNemesis(self).start()
        simulation.run(untilMicroseconds: Self.faultsMicroseconds)
        heal()
        while simulation.violations.isEmpty, ended.count < jobs.count,
            simulation.nowMicroseconds < Self.endMicroseconds
        {
            simulation.run(untilMicroseconds: simulation.nowMicroseconds + 5_000_000)
        }
        if simulation.violations.isEmpty { checkEnd() }
        for manager in managers { manager.process.crash() }
        for worker in workers { worker.process.crash() }
        simulation.drain()
    }

    private func heal() {
        guard simulation.violations.isEmpty else { return }
        simulation.log("PEACE")
        store.faults = .none
        network.heal()
        for manager in managers {
            manager.process.storeCutUntilMicroseconds = 0
            if !manager.process.isAlive { manager.start() }
        }
        for worker in workers {
            worker.process.storeCutUntilMicroseconds = 0
            if !worker.process.isAlive { worker.start() }
        }
    }

    private func checkEnd() {
        for job in jobs {
            switch ended[job.id] {
            case .finished: sink.check(job)
            case let state?: simulation.violation("\(job.id) has ended as \(state)")
            case nil:
                let words = managers.compactMap { $0.words(job.id) }.joined(separator: ", ")
                simulation.violation("\(job.id) has not ended: \(words)")
            }
        }
    }

    /// A client: asks whoever leads, until the job is accepted.
    private func submit(_ job: ToyJob) {
        simulation.after(simulation.within(100_000...3_000_000)) { [self] in
            let record = JobRecord(
                id: job.id,
                name: job.id.text,
                sqlText: "INSERT INTO sink SELECT * FROM source",
                parallelism: Int(simulation.within(1...4)),
                maxParallelism: ToyJob.keyGroups,
                submittedMicroseconds: simulation.nowMicroseconds
            )
            var isAccepted = false
            for manager in managers where !isAccepted { isAccepted = manager.submit(record) }
            if !isAccepted { submit(job) }
        }
    }

    func hasEnded(_ record: JobRecord) {
        if let before = ended[record.id], before != record.state {
            simulation.violation("\(record.id) has ended as \(before) and as \(record.state)")
        }
        ended[record.id] = record.state
    }

    /// A process says that it leads.
    func leads(_ epoch: UInt64, _ manager: SimulatedJobManager) {
        let name = "\(manager.process.name) run \(manager.process.incarnation)"
        if let other = leaders[epoch], other != name {
            simulation.violation("epoch \(epoch) is led by \(other) and by \(name)")
        }
        leaders[epoch] = name
    }

    /// Opens a data connection to the attempt at another place; nil when nobody is there.
    func connectData(
        _ process: SimulatedProcess,
        _ place: TaskManagerID,
        _ key: AttemptKey,
        closed: @escaping () -> Void
    ) -> Connection<DataMessage>? {
        guard let worker = workers.first(where: { $0.process.isAlive && $0.id == place }) else {
            return nil
        }
        let here = Connection<DataMessage>.End(process, receive: { _ in }, closed: closed)
        let there = Connection<DataMessage>.End(worker.process) {
            worker.attempt(key)?.receive($0)
        } closed: {
            worker.attempt(key)?.fail("a data connection is lost")
        }
        return Connection(network, here, there, mayDuplicate: false)
    }
}

/// What goes wrong around the cluster.
final class ClusterNemesis {
    private let world: ClusterWorld
    private let simulation: Simulation

    init(_ world: ClusterWorld) {
        self.world = world
        simulation = world.simulation
    }

    func start() {
        simulation.after(simulation.within(500_000...15_000_000)) { [self] in
            guard simulation.nowMicroseconds < ClusterWorld.faultsMicroseconds else { return }
            strike()
            start()
        }
    }

    private func strike() {
        let manager = simulation.pick(world.managers)
        let worker = simulation.pick(world.workers)
        switch simulation.within(0...9) {
        case 0, 1: restart(manager.process) { manager.start() }
        case 2, 3: restart(worker.process) { worker.start() }
        case 4: manager.process.pause(forMicroseconds: duration)
        case 5: worker.process.pause(forMicroseconds: duration)
        case 6: world.network.partition(manager.process, worker.process, forMicroseconds: duration)
        case 7:
            let process = simulation.pick([manager.process, worker.process])
            process.storeCutUntilMicroseconds = simulation.nowMicroseconds + duration
            simulation.log("\(process.name): CUT from the store")
        case 8: manager.rescaleSomething()
        default:
            let other = simulation.pick(world.workers)
            world.network.partition(other.process, worker.process, forMicroseconds: duration)
        }
    }

    private var duration: Int64 {
        simulation.within(1000...simulation.pick([500_000, 5_000_000, 30_000_000]))
    }

    private func restart(_ process: SimulatedProcess, _ start: @escaping () -> Void) {
        process.crash()
        simulation.after(duration) { if !process.isAlive { start() } }
    }
}
