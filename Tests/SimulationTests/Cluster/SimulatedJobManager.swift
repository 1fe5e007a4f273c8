import Checkpoints
import Core
import JobManager
import ObjectStore

/// A job manager of the simulated cluster: the real election, registry, slot pool and job machines,
/// between a simulated network and a simulated store.
final class SimulatedJobManager {
    static let timeoutMicroseconds: Int64 = 8_000_000

    /// A connection of a task manager.
    private struct Session {
        let connection: Connection<ControlMessage>
        let worker: TaskManagerID
    }

    let process: SimulatedProcess
    let world: ClusterWorld
    let simulation: Simulation
    private var election: LeaseElection
    private var nextTick = 0
    /// Everything that a leader has, and nobody else.
    private var cluster = SimulatedJobManager.cluster()
    private var sessions: [Int: Session] = [:]
    private var runs: [JobID: JobRun] = [:]
    private var queue: [ClusterMachine.Event] = []
    private var isHandling = false
    /// Numbers connections; never the same twice.
    private var nextConnection = 0
    private var epoch: UInt64?
    private var registry: FiberMailbox<JobRecord>?
    private var isReady = false

    init(_ process: SimulatedProcess, _ world: ClusterWorld) {
        self.process = process
        self.world = world
        simulation = world.simulation
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

    private static func cluster() -> ClusterMachine {
        ClusterMachine(heartbeatTimeoutMicroseconds: timeoutMicroseconds)
    }

    func start() {
        guard !simulation.isOver else { return }
        process.start()
        election = Self.election(process)
        forgetEverything()
        elect(.tick)
        watch()
    }

    private func forgetEverything() {
        for (_, run) in runs.sorted(by: { $0.key.text < $1.key.text }) { run.abandon() }
        for (_, session) in sessions.sorted(by: { $0.key < $1.key }) { session.connection.close() }
        registry?.close()
        registry = nil
        sessions = [:]
        cluster = Self.cluster()
        runs = [:]
        queue = []
        epoch = nil
        isReady = false
    }

    // Leadership.

    private func elect(_ event: LeaseElection.Event) {
        let store = SimulatedStore(world.store, process)
        let lease = ObjectStoreLease(store: store, layout: world.layout)
        let run = process.incarnation
        for action in election.handle(event, nowMicroseconds: process.monotonicMicroseconds) {
            switch action {
            case .read: process.spawn { [self] in answer(.read(lease.read()), run) }
            case .claim(let record):
                process.spawn { [self] in answer(.claimed(lease.claim(record)), run) }
            case .renew(let record):
                process.spawn { [self] in answer(.renewed(lease.renew(record)), run) }
            case .release(let record): process.spawn { lease.release(record) }
            case .becameLeader(let epoch): lead(epoch)
            case .lostLeadership(let reason): stepDown(reason)
            case .leaderIs: break
            case .failed(let reason): simulation.log("\(process.name): no election: \(reason)")
            }
        }
        nextTick += 1
        let tick = nextTick
        let target = election.nextTickMicroseconds(process.monotonicMicroseconds)
        process.after(process.delay(untilOwnMicroseconds: target)) { [self] in
            if tick == nextTick { elect(.tick) }
        }
    }

    private func answer(_ event: LeaseElection.Event, _ run: Int) {
        if process.isCurrent(run) { elect(event) }
    }

    private func stepDown(_ reason: String) {
        simulation.log("\(process.name): epoch \(epoch ?? 0) is over: \(reason)")
        simulation.occurred("a leader stepped down")
        let old = epoch
        // Some take a while to notice: what they still do must be fenced.
        let delay = simulation.chance(250) ? simulation.within(0...30_000_000) : 0
        process.after(delay) { [self] in if epoch == old { forgetEverything() } }
    }

    private func lead(_ epoch: UInt64) {
        simulation.log("\(process.name): LEADS epoch \(epoch)")
        forgetEverything()
        world.leads(epoch, self)
        self.epoch = epoch
        let mailbox = FiberMailbox<JobRecord>(process)
        registry = mailbox
        let run = process.incarnation
        process.spawn { [self] in keepRegistry(epoch, mailbox, run) }
    }

    /// Blocking: takes the registry over, then writes what the jobs become.
    private func keepRegistry(_ epoch: UInt64, _ mailbox: FiberMailbox<JobRecord>, _ run: Int) {
        let store = world.fenced(SimulatedStore(world.store, process), epoch)
        var registry = JobRegistry(store: store, layout: world.layout, leaderEpoch: epoch)
        while !mailbox.isClosed, process.isCurrent(run) {
            do throws(RegistryError) {
                let jobs = try registry.takeOver().jobs
                guard !mailbox.isClosed else { return }
                simulation.log("\(process.name): epoch \(epoch) has \(jobs.count) jobs")
                if !jobs.isEmpty { simulation.occurred("a leader took jobs over") }
                isReady = true
                for job in jobs {
                    if job.state.isTerminal { world.hasEnded(job) } else { begin(job, epoch) }
                }
                break
            } catch {
                if error.kind == .fenced { return }
                guard process.sleep(500_000, run: run) else { return }
            }
        }
        while let record = mailbox.receive() {
            while !mailbox.isClosed, process.isCurrent(run) {
                do throws(RegistryError) {
                    try registry.update(record)
                    accepted(record, epoch)
                    break
                } catch {
                    if error.kind == .fenced { return }
                    guard process.sleep(300_000, run: run) else { return }
                }
            }
        }
    }

    private func accepted(_ record: JobRecord, _ epoch: UInt64) {
        if record.state.isTerminal { return world.hasEnded(record) }
        guard self.epoch == epoch, runs[record.id] == nil else { return }
        simulation.log("\(process.name): accepts \(record.id)")
        begin(record, epoch)
    }

    /// A client submits a job; whether somebody takes care of it.
    func submit(_ record: JobRecord) -> Bool {
        guard process.isAlive, !process.isPaused, isReady, let registry else { return false }
        if runs[record.id] == nil { registry.send(record) }
        // It asks again until somebody has the job.
        return runs[record.id] != nil || world.ended[record.id] != nil
    }

    private func begin(_ record: JobRecord, _ epoch: UInt64) {
        guard runs[record.id] == nil else { return }
        runs[record.id] = JobRun(record, epoch, self)
        let machine = JobMachine(
            shape: ToyJob.shape,
            settings: world.job(record.id).settings,
            parallelism: record.parallelism,
            request: .newest,
            seed: epoch
        )
        handle(.submitted(record.id, name: record.name, machine))
    }

    func words(_ job: JobID) -> String? {
        guard process.isAlive, let machine = cluster.jobs[job] else { return nil }
        let reason = cluster.pool.reason(for: job) ?? "has slots"
        return "\(process.name): attempt \(machine.attempt) \(machine.words) (\(reason))"
    }

    func rescaleSomething() {
        guard process.isAlive, let job = runs.keys.map(\.text).min() else { return }
        let slots = Int(simulation.within(1...4))
        simulation.log("\(process.name): RESCALE of \(job) to \(slots)")
        let id = JobID(text: job)
        process.after(0) { [self] in handle(.job(id, .person(.rescale(slots)))) }
    }

    // The cluster's machine.

    func machine(_ job: JobID) -> JobMachine? { cluster.jobs[job] }

    func handle(_ event: ClusterMachine.Event) {
        queue.append(event)
        guard !isHandling else { return }
        isHandling = true
        while !queue.isEmpty {
            let event = queue.removeFirst()
            for action in cluster.handle(event, nowMicroseconds: process.monotonicMicroseconds) {
                perform(action)
            }
        }
        if cluster.jobs.values.contains(where: { $0.phase == .waitingForSlots }) {
            simulation.occurred("a job waited for slots")
        }
        isHandling = false
    }

    private func perform(_ action: ClusterMachine.Action) {
        switch action {
        case .job(let id, let action): runs[id]?.perform(action)
        case .welcome(let connection):
            guard let session = sessions[connection], let epoch else { return }
            simulation.log("\(process.name): \(session.worker) is registered")
            session.connection.send(from: 1, .manager(.registered(epoch: epoch)))
        case .disconnect(let connection, let reason):
            guard let session = sessions.removeValue(forKey: connection) else { return }
            if reason.hasPrefix("no heartbeat") {
                simulation.occurred("a task manager fell silent")
            }
            simulation.log("\(process.name): \(session.worker) is disconnected: \(reason)")
            session.connection.close()
        }
    }

    /// Has the jobs and the cluster look at the clock.
    private func watch() {
        process.after(250_000) { [self] in
            if epoch != nil { handle(.tick) }
            watch()
        }
    }

    // Task managers.

    func register(
        _ worker: TaskManagerID,
        slots: Int,
        _ connection: Connection<ControlMessage>
    ) {
        guard epoch != nil, connection.isOpen else { return connection.close() }
        nextConnection += 1
        sessions[nextConnection] = Session(connection: connection, worker: worker)
        handle(.registered(worker, connection: nextConnection, slots: slots))
    }

    private func number(_ connection: Connection<ControlMessage>?) -> Int? {
        sessions.first { $0.value.connection === connection }?.key
    }

    func lost(_ connection: Connection<ControlMessage>?) {
        guard let number = number(connection) else { return }
        sessions[number] = nil
        handle(.disconnected(connection: number, reason: "the connection was lost"))
    }

    func hear(
        _ message: WorkerMessage,
        from worker: TaskManagerID,
        _ connection: Connection<ControlMessage>?
    ) {
        guard let number = number(connection) else { return }
        handle(.heard(connection: number))
        switch message {
        case .heartbeat: connection?.send(from: 1, .manager(.heartbeat))
        case .deployed(let key): tell(key, .deployed(attempt: key.number, worker))
        case .stopped(let key): tell(key, .stopped(attempt: key.number, worker))
        case .failed(let key, let reason):
            let failure = WrappedFailure(blame: .external, isRetryable: true, message: reason)
            tell(key, .failed(attempt: key.number, failure))
        case .notice(let key, let notice, let part):
            guard key.leaderEpoch == epoch else { return }
            runs[key.job]?.collect(key, notice, part)
            tell(key, .task(attempt: key.number, notice))
        }
    }

    private func tell(_ key: AttemptKey, _ event: JobMachine.Event) {
        if key.leaderEpoch == epoch { handle(.job(key.job, event)) }
    }

    func send(_ message: ManagerMessage, to worker: TaskManagerID) {
        let known = cluster.taskManagers[worker]
        let session = known.flatMap { sessions[$0.connection] }
        session?.connection.send(from: 1, .manager(message))
    }

    // What jobs ask for.

    func record(_ record: JobRecord) {
        registry?.send(record)
    }
}
