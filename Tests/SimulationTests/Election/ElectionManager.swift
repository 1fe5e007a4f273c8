import Core
import JobManager
import ObjectStore

/// The job manager of the election's world: the real election, lease and registry.
final class ElectionManager {
    let process: SimulatedProcess
    private let world: ElectionWorld
    private let simulation: Simulation
    private var election: LeaseElection
    private var nextTick = 0
    private(set) var hasTakenOver = false

    init(_ process: SimulatedProcess, _ world: ElectionWorld) {
        self.process = process
        self.world = world
        simulation = process.simulation
        election = Self.election(process)
    }

    private static func election(_ process: SimulatedProcess) -> LeaseElection {
        LeaseElection(
            holder: LeaderRecord.Holder(
                name: process.name,
                incarnation: "\(process.incarnation)"
            ),
            address: LeaderRecord.Address(control: process.name, rest: process.name)
        )
    }

    /// The epoch that it may act in at this moment, as `LeaderElector.currentEpoch`.
    var epochInForce: UInt64? {
        guard process.isAlive, let deadline = election.deadlineMicroseconds,
            process.monotonicMicroseconds < deadline
        else { return nil }
        return election.epoch
    }

    func start() {
        guard !simulation.isOver else { return }
        process.start()
        election = Self.election(process)
        hasTakenOver = false
        handle(.tick)
    }

    /// Shuts down in peace, and starts again later.
    func resign() {
        guard process.isAlive else { return }
        process.after(0) { [self] in
            if election.epoch != nil { simulation.occurred("a leader resigned") }
            handle(.resign)
            let run = process.incarnation
            simulation.after(simulation.within(1_000_000...10_000_000)) { [self] in
                guard process.isCurrent(run) else { return }
                process.crash()
                start()
            }
        }
    }

    private func handle(_ event: LeaseElection.Event) {
        let lease = world.lease(process)
        let before = election.epoch
        let run = process.incarnation
        let actions = election.handle(event, nowMicroseconds: process.monotonicMicroseconds)
        for action in actions {
            switch action {
            case .read: process.spawn { [self] in answer(.read(lease.read()), run) }
            case .claim(let record):
                process.spawn { [self] in answer(.claimed(lease.claim(record)), run) }
            case .renew(let record):
                process.spawn { [self] in answer(.renewed(lease.renew(record)), run) }
            case .release(let record): process.spawn { lease.release(record) }
            case .becameLeader(let epoch): lead(epoch)
            case .lostLeadership(let reason):
                simulation.occurred("a leader stepped down")
                simulation.log("\(process.name): epoch \(before ?? 0) is over: \(reason)")
                hasTakenOver = false
            case .leaderIs: break
            case .failed(let reason): simulation.log("\(process.name): no election: \(reason)")
            }
        }
        planTick()
    }

    /// What a call to the store answered, unless the process has died in it.
    private func answer(_ event: LeaseElection.Event, _ run: Int) {
        if process.isCurrent(run) { handle(event) }
    }

    private func planTick() {
        nextTick += 1
        let tick = nextTick
        let target = election.nextTickMicroseconds(process.monotonicMicroseconds)
        process.after(process.delay(untilOwnMicroseconds: target)) { [self] in
            if tick == nextTick { handle(.tick) }
        }
    }

    private func lead(_ epoch: UInt64) {
        simulation.log("\(process.name): LEADS epoch \(epoch)")
        world.leads(epoch, self)
        hasTakenOver = false
        // Some leaders do not notice that their time is over.
        let isStubborn = simulation.chance(300)
        process.spawn { [self] in work(epoch, isStubborn, process.incarnation) }
    }

    /// A leader's work: take over, then accept and change jobs; blocking code.
    private func work(_ epoch: UInt64, _ isStubborn: Bool, _ run: Int) {
        var registry = world.registry(process, epoch)
        var jobs: [JobRecord] = []
        var isReady = false
        while process.isCurrent(run), isStubborn || election.epoch == epoch {
            do throws(RegistryError) {
                if !isReady {
                    jobs = try registry.takeOver().jobs
                    world.tookOver(jobs, epoch)
                    isReady = true
                    hasTakenOver = election.epoch == epoch
                } else {
                    try serve(&registry, &jobs)
                }
            } catch {
                simulation.log("\(process.name): epoch \(epoch): \(error)")
                if error.kind == .fenced { return simulation.occurred("a leader was fenced") }
            }
            let pause = simulation.within(10_000...5_000_000)
            guard process.sleep(pause, run: run) else { return }
        }
    }

    private func serve(
        _ registry: inout JobRegistry,
        _ jobs: inout [JobRecord]
    ) throws(RegistryError) {
        let epoch = registry.leaderEpoch
        if jobs.isEmpty || simulation.chance(300) {
            let job = world.newJob()
            // Its fate is unknown if this throws, and nobody is told of it.
            try registry.update(job)
            jobs.append(job)
            world.promised(job, epoch)
            return
        }
        let index = Int(simulation.within(0...Int64(jobs.count - 1)))
        if simulation.chance(200) {
            world.removing.insert(jobs[index].id)
            try registry.remove(jobs[index].id)
            world.wasRemoved(jobs.remove(at: index).id, epoch)
            return
        }
        guard !world.removing.contains(jobs[index].id) else { return }
        jobs[index].attempts += 1
        try registry.update(jobs[index])
        world.promised(jobs[index], epoch)
    }
}
