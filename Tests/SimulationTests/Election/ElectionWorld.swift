import Core
import JobManager
import ObjectStore

/// Job managers that elect a leader and keep the registry of jobs, and what must be true of them.
final class ElectionWorld {
    let simulation: Simulation
    let store = StoreWorld()
    let layout = ClusterLayout(clusterID: "c")
    var managers: [ElectionManager] = []
    /// Who led which epoch.
    private var leaders: [UInt64: String] = [:]
    /// What clients were promised, by epoch: how often the job had been started at least.
    private var acknowledged: [JobID: [UInt64: Int]] = [:]
    /// Jobs that are gone, and the epoch in which that was promised.
    private var removed: [JobID: UInt64] = [:]
    /// Jobs whose removal was tried: they may be there or not.
    var removing: Set<JobID> = []
    private var nextJob = 0
    private let sabotage: ElectionSabotage?

    init(_ simulation: Simulation, _ sabotage: ElectionSabotage? = nil) {
        self.simulation = simulation
        self.sabotage = sabotage
        if sabotage == .staleListings { store.faults.isStale = 100 }
        for index in 0..<simulation.pick([1, 2, 2, 2, 3, 3]) {
            let process = SimulatedProcess("jm\(index)", simulation)
            managers.append(ElectionManager(process, self))
        }
    }

    func lease(_ process: SimulatedProcess) -> any LeaseStore {
        let lease = ObjectStoreLease(store: SimulatedStore(store, process), layout: layout)
        guard let sabotage else { return lease }
        return BrokenLease(lease: lease, sabotage: sabotage)
    }

    func registry(_ process: SimulatedProcess, _ epoch: UInt64) -> JobRegistry {
        let seen = SimulatedStore(store, process)
        let blind = BlindStore(store: seen, epoch: epoch)
        let given: any ObjectStore = sabotage == .ignoresTheEpoch ? blind : seen
        return JobRegistry(store: given, layout: layout, leaderEpoch: epoch)
    }

    /// Lives through faults, then through a while of peace, in which everything must come right.
    func live() {
        for manager in managers { manager.start() }
        Nemesis(self).start(untilMicroseconds: 200_000_000)
        simulation.run(untilMicroseconds: 200_000_000)
        heal()
        simulation.run(untilMicroseconds: 320_000_000)
        if simulation.violations.isEmpty { checkPeace() }
        for manager in managers { manager.process.crash() }
        simulation.drain()
    }

    private func heal() {
        simulation.log("PEACE")
        store.faults = .none
        for manager in managers {
            manager.process.storeCutUntilMicroseconds = 0
            if !manager.process.isAlive { manager.start() }
        }
    }

    private func checkPeace() {
        let leading = managers.filter { $0.epochInForce != nil }
        if leading.count != 1 {
            simulation.violation("\(leading.count) leaders after two minutes of peace")
        } else if !leading[0].hasTakenOver {
            simulation.violation("the leader has not taken over after two minutes of peace")
        }
    }

    func newJob() -> JobRecord {
        nextJob += 1
        return JobRecord(
            id: JobID(text: "job\(nextJob)"),
            name: "job-\(nextJob)",
            sqlText: "INSERT INTO a SELECT * FROM b",
            parallelism: 1,
            maxParallelism: 128,
            submittedMicroseconds: simulation.nowMicroseconds
        )
    }

    /// A process says that it leads.
    func leads(_ epoch: UInt64, _ manager: ElectionManager) {
        let name = "\(manager.process.name) run \(manager.process.incarnation)"
        if let other = leaders[epoch], other != name {
            simulation.violation("epoch \(epoch) is led by \(other) and by \(name)")
        }
        leaders[epoch] = name
        for other in managers where other !== manager {
            if let theirs = other.epochInForce {
                simulation.violation(
                    "\(name) leads epoch \(epoch) while \(other.process.name) leads \(theirs)"
                )
            }
        }
    }

    /// A leader promises a client that this version of a job is kept.
    func promised(_ record: JobRecord, _ epoch: UInt64) {
        simulation.log("acknowledged \(record.name) version \(record.attempts), epoch \(epoch)")
        acknowledged[record.id, default: [:]][epoch] = record.attempts
    }

    func wasRemoved(_ job: JobID, _ epoch: UInt64) {
        simulation.log("removed \(job), epoch \(epoch)")
        removed[job] = epoch
    }

    /// A leader has read the registry: all promises of the leaders before it must be in it.
    ///
    /// What later leaders promised need not: this one may have slept since it looked for claims.
    func tookOver(_ jobs: [JobRecord], _ epoch: UInt64) {
        if !jobs.isEmpty { simulation.occurred("a leader took jobs over") }
        simulation.log("epoch \(epoch) has taken over \(jobs.count) jobs")
        let attempts = Dictionary(uniqueKeysWithValues: jobs.map { ($0.id, $0.attempts) })
        for (job, promises) in acknowledged.sorted(by: { $0.key.text < $1.key.text }) {
            let earlier = promises.filter { $0.key < epoch }.values.max()
            guard let promised = earlier, !removing.contains(job) else { continue }
            guard let found = attempts[job] else {
                return simulation.violation("epoch \(epoch) has lost \(job)")
            }
            if found < promised {
                simulation.violation(
                    "epoch \(epoch) found version \(found) of \(job); \(promised) was promised"
                )
            }
        }
        for job in jobs where removed[job.id].map({ $0 < epoch }) ?? false {
            simulation.violation("epoch \(epoch) found \(job.id), which was removed")
        }
    }
}

/// Crashes, pauses and cuts, at random times.
final class Nemesis {
    private let world: ElectionWorld
    private let simulation: Simulation

    init(_ world: ElectionWorld) {
        self.world = world
        simulation = world.simulation
    }

    func start(untilMicroseconds end: Int64) {
        simulation.after(simulation.within(1_000_000...20_000_000)) { [self] in
            guard simulation.nowMicroseconds < end else { return }
            strike()
            start(untilMicroseconds: end)
        }
    }

    private func strike() {
        let manager = simulation.pick(world.managers)
        let process = manager.process
        switch simulation.within(0...3) {
        case 0:
            process.crash()
            simulation.after(simulation.within(1000...40_000_000)) {
                if !process.isAlive { manager.start() }
            }
        case 1: process.pause(forMicroseconds: simulation.within(1000...40_000_000))
        case 2:
            let duration = simulation.within(1000...40_000_000)
            process.storeCutUntilMicroseconds = simulation.nowMicroseconds + duration
            simulation.log("\(process.name): CUT from the store for \(duration / 1000) ms")
        default: manager.resign()
        }
    }
}
