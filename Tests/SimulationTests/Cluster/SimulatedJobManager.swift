import Checkpoints
import Core
import JobManager
import ObjectStore

/// A job manager of the simulated cluster: the real election, registry, slot pool and job machines,
/// between a simulated network and a simulated store.
final class SimulatedJobManager {
    static let timeoutMicroseconds: Int64 = 8_000_000

    private struct Session {
        let connection: Connection<ControlMessage>
        var lastHeard: Int64
    }

    let process: SimulatedProcess
    let world: ClusterWorld
    let simulation: Simulation
    private var election: LeaseElection
    private var nextTick = 0
    /// Everything that a leader has, and nobody else.
    private var sessions: [TaskManagerID: Session] = [:]
    private var pool = SlotPool()
    private var runs: [JobID: JobRun] = [:]
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

    func start() {
        guard !simulation.isOver else { return }
        process.start()
        election = Self.election(process)
        forgetEverything()
        handle(.tick)
        watch()
    }

    private func forgetEverything() {
        for (_, run) in runs { run.abandon() }
        for (_, session) in sessions.sorted(by: { $0.key < $1.key }) { session.connection.close() }
        registry?.close()
        registry = nil
        sessions = [:]
        pool = SlotPool()
        runs = [:]
        epoch = nil
        isReady = false
    }

    // Leadership.

    private func handle(_ event: LeaseElection.Event) {
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
            }
        }
        nextTick += 1
        let tick = nextTick
        let target = election.nextTickMicroseconds(process.monotonicMicroseconds)
        process.after(process.delay(untilOwnMicroseconds: target)) { [self] in
            if tick == nextTick { handle(.tick) }
        }
    }

    private func answer(_ event: LeaseElection.Event, _ run: Int) {
        if process.isCurrent(run) { handle(event) }
    }

    private func stepDown(_ reason: String) {
        simulation.log("\(process.name): epoch \(epoch ?? 0) is over: \(reason)")
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
                isReady = true
                for job in jobs where !job.state.isTerminal { begin(job, epoch) }
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
        let run = JobRun(record, epoch, self)
        runs[record.id] = run
        run.handle(.start)
    }

    func words(_ job: JobID) -> String? {
        guard process.isAlive, let run = runs[job] else { return nil }
        return "\(process.name): \(run.machine.words) (\(pool.reason(for: job) ?? "has slots"))"
    }

    func rescaleSomething() {
        guard process.isAlive, let run = runs.sorted(by: { $0.key.text < $1.key.text }).first?.value
        else { return }
        let slots = Int(simulation.within(1...4))
        simulation.log("\(process.name): RESCALE of \(run.record.id) to \(slots)")
        process.after(0) { run.handle(.person(.rescale(slots))) }
    }

    // Task managers.

    func register(
        _ worker: TaskManagerID,
        slots: Int,
        _ connection: Connection<ControlMessage>
    ) {
        guard let epoch else { return connection.close() }
        if let former = sessions[worker] {
            lost(worker, former.connection, "it has registered again")
        }
        sessions[worker] = Session(
            connection: connection,
            lastHeard: process.monotonicMicroseconds
        )
        simulation.log("\(process.name): \(worker) registers with \(slots) slots")
        send(.registered(epoch: epoch), to: worker)
        handle(pool.register(worker, slots: slots), "it has registered again")
    }

    func lost(
        _ worker: TaskManagerID,
        _ connection: Connection<ControlMessage>?,
        _ reason: String
    ) {
        guard let session = sessions[worker], session.connection === connection else { return }
        simulation.log("\(process.name): \(worker) is lost: \(reason)")
        sessions[worker] = nil
        session.connection.close()
        let change = pool.remove(worker)
        for (_, run) in runs.sorted(by: { $0.key.text < $1.key.text }) {
            run.handle(.taskManagerLost(worker, reason: reason))
        }
        handle(SlotChange(grants: change.grants), reason)
    }

    private func handle(_ change: SlotChange, _ reason: String) {
        for grant in change.grants { runs[grant.job]?.handle(.slotsGranted(grant.taskManagers)) }
    }

    func hear(_ message: WorkerMessage, from worker: TaskManagerID) {
        guard sessions[worker] != nil else { return }
        sessions[worker]?.lastHeard = process.monotonicMicroseconds
        switch message {
        case .heartbeat: send(.heartbeat, to: worker)
        case .deployed(let key): run(key)?.handle(.deployed(attempt: key.number, worker))
        case .stopped(let key): run(key)?.handle(.stopped(attempt: key.number, worker))
        case .failed(let key, let reason):
            let failure = WrappedFailure(blame: .external, isRetryable: true, message: reason)
            run(key)?.handle(.failed(attempt: key.number, failure))
        case .notice(let key, let notice, let part): run(key)?.hear(key, notice, part)
        }
    }

    private func run(_ key: AttemptKey) -> JobRun? {
        guard key.leaderEpoch == epoch else { return nil }
        return runs[key.job]
    }

    /// Looks for silent task managers, and has the jobs look at the clock.
    private func watch() {
        process.after(250_000) { [self] in
            let now = process.monotonicMicroseconds
            for (worker, session) in sessions.sorted(by: { $0.key < $1.key })
            where now > session.lastHeard + Self.timeoutMicroseconds {
                lost(worker, session.connection, "nothing was heard of it")
            }
            for (_, run) in runs.sorted(by: { $0.key.text < $1.key.text }) { run.handle(.tick) }
            watch()
        }
    }

    func send(_ message: ManagerMessage, to worker: TaskManagerID) {
        sessions[worker]?.connection.send(from: 1, .manager(message))
    }

    func isConnected(_ worker: TaskManagerID) -> Bool { sessions[worker] != nil }

    // What jobs ask for.

    func requestSlots(_ job: JobRecord, _ count: Int) {
        let change = pool.request(job.id, name: job.name, count: count)
        process.after(0) { [self] in handle(change, "") }
    }

    func releaseSlots(_ job: JobID) {
        let change = pool.release(job)
        process.after(0) { [self] in handle(change, "") }
    }

    func record(_ record: JobRecord) {
        registry?.send(record)
    }

    func forget(_ job: JobID) {
        let change = pool.forget(job)
        process.after(0) { [self] in handle(change, "") }
    }
}
