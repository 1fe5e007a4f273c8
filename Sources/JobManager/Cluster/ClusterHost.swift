import ClusterMessages
import Core
import JobGraph
import ObjectStore
import Planner
import Synchronization
import Threads
package import Transport

/// What the thread of a leader is told.
enum ClusterMail: Sendable {
    case connected(ControlConnection)
    case message([UInt8], connection: Int)
    case closed(reason: String, connection: Int)
    case job(JobID, JobEvent)
    /// The registry has been read.
    case recovered([PlannedJob], ended: [JobRecord], notes: [String])
    /// Runs on the cluster's thread; nil when the leader has stopped.
    case ask(@Sendable (ClusterState?) -> Void)
    case stop
}

/// One term of a leader: everything from winning the election to losing it.
///
/// One thread decides; connections, stores, enumerators and planning have threads of their own and
/// send mail.
package final class ClusterHost: Sendable {
    private let options: ClusterOptions
    private let resources: ClusterResources
    package let leaderEpoch: UInt64
    /// Opens the places of savepoints.
    var stores: any StoreOpening { resources.stores }
    private let mailbox = Mailbox<ClusterMail>(bound: ManagerLimits.events)
    private let registry: RegistryHost
    private let thread = Mutex<WorkerThread?>(nil)
    private let nextConnection = Mutex(0)

    /// - Parameters:
    ///   - options: how the cluster is led.
    ///   - resources: what the process gives.
    ///   - leaderEpoch: the epoch that was won.
    ///   - onFenced: told when another leader turns out to have taken over.
    package init(
        _ options: ClusterOptions,
        _ resources: ClusterResources,
        leaderEpoch: UInt64,
        onFenced: @escaping @Sendable (_ reason: String) -> Void
    ) {
        self.options = options
        self.resources = resources
        self.leaderEpoch = leaderEpoch
        let log = resources.log
        registry = RegistryHost(onFenced: onFenced, onTrouble: { log(.warning, $0) })
    }

    /// Starts to lead: reads the registry and takes mail.
    package func start() {
        registry.start(
            JobRegistry(
                store: resources.store,
                layout: ClusterLayout(clusterID: options.clusterID),
                leaderEpoch: leaderEpoch
            )
        )
        let mailbox = mailbox
        let worker = WorkerThread(name: "cluster") { [self] in
            let state = ClusterState(
                self.options,
                self.resources,
                registry: registry,
                leaderEpoch: leaderEpoch,
                post: { mailbox.send($0) }
            )
            run(state)
        }
        thread.withLock { $0 = worker }
        let resources = resources
        registry.takeOver { records, notes in
            var planned: [PlannedJob] = []
            var ended: [JobRecord] = []
            var notes = notes
            for record in records {
                guard !record.state.isTerminal else {
                    ended.append(record)
                    continue
                }
                switch JobPlanning.plan(record, resources.connectors) {
                case .success(let job): planned.append(job)
                case .failure(let problem):
                    notes.append(
                        "job '\(record.name)' cannot be planned any more; it runs again under a job "
                            + "manager that can, unless 'jobctl cancel \(record.id)' ends it: "
                            + "\(problem)"
                    )
                    var failed = record
                    failed.state = .failed
                    failed.failure = JobRecord.Failure(blame: .user, message: "\(problem)")
                    ended.append(failed)
                }
            }
            mailbox.send(.recovered(planned, ended: ended, notes: notes))
        }
    }

    /// Stops leading: no job's state changes any more, and tasks end with their connections.
    package func stop() {
        mailbox.send(.stop)
        thread.withLock { $0 }?.join()
        registry.stop()
    }

    /// A task manager has dialled; called on an event loop.
    package func connected(_ connection: ControlConnection) {
        mailbox.send(.connected(connection))
    }

    /// Asks the cluster's thread for something; nil when the leader has stopped.
    package func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (ClusterState) -> Answer
    ) async -> Answer? {
        await withCheckedContinuation { continuation in
            let isTaken = mailbox.send(
                .ask { state in continuation.resume(returning: state.map(question)) }
            )
            if !isTaken { continuation.resume(returning: nil) }
        }
    }

    /// Accepts a planned job: it runs once its record is stored, if this task is not cancelled
    /// before.
    package func submit(_ job: PlannedJob) async -> Result<Void, RegistryError> {
        let submitter = Submitter()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                registry.storeNew(job.record, for: submitter) { [mailbox] result in
                    if case .success = result {
                        mailbox.send(.recovered([job], ended: [], notes: []))
                    }
                    continuation.resume(returning: result)
                }
            }
        } onCancel: {
            submitter.leave()
        }
    }

    /// Asks a task manager for lines of its log; `then` gets nil when it is not there.
    func requestLog(
        of id: TaskManagerID,
        after: UInt64,
        limit: Int,
        then: @escaping @Sendable ([LogEntry]?) -> Void
    ) {
        let isTaken = mailbox.send(
            .ask { state in
                guard let state, state.taskManagers.entry(id) != nil else { return then(nil) }
                state.requestLog(of: id, after: after, limit: limit) { then($0) }
            }
        )
        if !isTaken { then(nil) }
    }

    private func run(_ state: ClusterState) {
        var mail: [ClusterMail] = []
        var isStopped = false
        while !isStopped {
            mail.removeAll(keepingCapacity: true)
            mailbox.drain(into: &mail)
            for message in mail {
                if case .stop = message {
                    isStopped = true
                } else {
                    handle(message, state)
                }
            }
            state.sendHeartbeats()
            state.advance(.tick)
            state.noteTimes()
            state.forgetExpired()
            if mail.isEmpty {
                mailbox.wait(forMicroseconds: ManagerLimits.clusterTickMicroseconds)
            }
        }
        for connection in state.connections.values {
            connection.close("This job manager does not lead any more.")
        }
        // Whoever still asks gets an answer.
        mail.removeAll()
        mailbox.closeAndDrain(into: &mail)
        for waiting in state.logRequests.values { waiting.then(nil) }
        for case .ask(let question) in mail { question(nil) }
        for job in state.jobs.values { job.executor?.leave() }
    }

    private func handle(_ message: ClusterMail, _ state: ClusterState) {
        switch message {
        case .connected(let connection): accept(connection, state)
        case .message(let body, let connection): state.received(body, over: connection)
        case .closed(let reason, let connection): state.lost(connection, reason)
        case .job(let id, let event): state.handle(event, of: id)
        case .recovered(let jobs, let ended, let notes):
            state.isReady = true
            for note in notes { resources.log(.warning, note) }
            for record in ended { state.adoptEnded(record) }
            for job in jobs { state.adopt(job) }
            state.discardCheckpoints()
        case .ask(let question): question(state)
        case .stop: break
        }
    }

    private func accept(_ connection: ControlConnection, _ state: ClusterState) {
        let number = nextConnection.withLock { number -> Int in
            number += 1
            return number
        }
        state.connections[number] = connection
        connection.setHandlers(
            onMessage: { [mailbox] in mailbox.send(.message($0, connection: number)) },
            onClose: { [mailbox] in mailbox.send(.closed(reason: $0, connection: number)) }
        )
    }
}
