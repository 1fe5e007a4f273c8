import Checkpoints
import ClusterMessages
import ClusterProtocol
package import Core
import Dataflow
import JobGraph
import ObjectStore
import Threads
import Transport

/// What a leader holds, on the cluster's thread: the machine, the jobs, and their executors.
package final class ClusterState {
    package let options: ClusterOptions
    let resources: ClusterResources
    package let taskManagers = TaskManagerTable()
    package internal(set) var machine: ClusterMachine
    package internal(set) var jobs: [JobID: ClusterJob] = [:]
    /// The jobs in the order of their submission.
    package internal(set) var order: [JobID] = []
    let registry: RegistryHost
    /// Takes mail for the cluster's thread; false when the leader has stopped.
    let post: @Sendable (ClusterMail) -> Bool
    let leaderEpoch: UInt64
    var connections: [Int: ControlConnection] = [:]
    /// Which task manager registered over a connection.
    var owners: [Int: TaskManagerID] = [:]
    var lastHeartbeatMicroseconds: Int64 = .min / 2
    /// Those who wait for lines of a task manager's log.
    var logRequests: [UInt64: (taskManager: TaskManagerID, then: @Sendable ([LogEntry]?) -> Void)] =
        [:]
    private var lastLogRequest: UInt64 = 0
    /// Jobs whose checkpoints are being deleted.
    var discarding: Set<JobID> = []
    var lastExpiryMicroseconds: Int64 = .min / 2
    /// Whether the registry has been read: before, nobody knows which jobs there are.
    package internal(set) var isReady = false

    init(
        _ options: ClusterOptions,
        _ resources: ClusterResources,
        registry: RegistryHost,
        leaderEpoch: UInt64,
        post: @escaping @Sendable (ClusterMail) -> Bool
    ) {
        self.options = options
        self.resources = resources
        self.registry = registry
        self.leaderEpoch = leaderEpoch
        self.post = post
        machine = ClusterMachine(
            heartbeatTimeoutMicroseconds: options.heartbeatTimeoutMicroseconds
        )
    }

    var now: Int64 { resources.time.monotonicMicroseconds }

    /// Gives the machine an event and does what it says.
    func advance(_ event: ClusterMachine.Event) {
        for action in machine.handle(event, nowMicroseconds: now) { perform(action) }
    }

    private func perform(_ action: ClusterMachine.Action) {
        switch action {
        case .welcome(let connection):
            let welcome = Welcome(
                leaderEpoch: leaderEpoch,
                heartbeatMicroseconds: options.heartbeatMicroseconds,
                silenceMicroseconds: options.silenceMicroseconds,
                cancellationMicroseconds: options.cancellationMicroseconds
            )
            send(.welcome(welcome), over: connection)
        case .disconnect(let connection, let reason):
            connections[connection]?.close("The job manager gives you up: \(reason).")
            forget(connection, reason)
        case .job(let id, let action):
            jobs[id]?.executor?.perform(action)
            note(action, of: id)
        }
    }

    func send(_ message: ToTaskManager, over connection: Int) {
        connections[connection]?.send(ControlCodec.encode(message))
    }

    /// Asks for lines of a task manager's log.
    func requestLog(
        of id: TaskManagerID,
        after: UInt64,
        limit: Int,
        then: @escaping @Sendable ([LogEntry]?) -> Void
    ) {
        lastLogRequest += 1
        logRequests[lastLogRequest] = (id, then)
        taskManagers.send(.log(request: lastLogRequest, after: after, limit: limit), to: id)
    }

    /// A connection is gone for good.
    func forget(_ connection: Int, _ reason: String) {
        connections[connection] = nil
        let gone = owners[connection]
        for (request, waiting) in logRequests where waiting.taskManager == gone {
            logRequests[request] = nil
            waiting.then(nil)
        }
        guard let id = owners.removeValue(forKey: connection) else { return }
        // One that dialled again has an entry of its newer connection.
        if !owners.values.contains(id) { taskManagers.remove(id) }
        resources.log(.warning, "The task manager '\(id)' is lost: \(reason)")
    }
}

// What comes over control connections.
extension ClusterState {
    func received(_ body: [UInt8], over connection: Int) {
        guard connections[connection] != nil else { return }
        let message: ToJobManager
        do throws(WrappedFailure) {
            message = try ControlCodec.decode(ToJobManager.self, body)
        } catch {
            refuse(connection, error.message)
            return
        }
        advance(.heard(connection: connection))
        switch message {
        case .register(let registration): register(registration, connection)
        case .heartbeat(let report):
            guard let id = owners[connection] else { return }
            if let fault = report.fault(shape) {
                refuse(connection, "A heartbeat of task manager '\(id)' does not fit: \(fault).")
                return
            }
            taskManagers.note(report, of: id, at: resources.time.nowMicroseconds)
        case .deployed(let deployment):
            tell(deployment, connection) { .machine(.deployed(attempt: $0, $1)) }
        case .stopped(let deployment):
            tell(deployment, connection) { .machine(.stopped(attempt: $0, $1)) }
        case .event(let deployment, let event):
            if let owner = owners[connection], let known = self.deployment(deployment),
                let fault = event.fault(in: known, from: owner)
            {
                refuse(connection, "An event of task manager '\(owner)' does not fit: \(fault).")
                return
            }
            tell(deployment, connection) { attempt, _ in .task(attempt: attempt, event) }
        case .leaving(let reason):
            connections[connection]?.close("Goodbye.")
            lost(connection, "it leaves: \(reason)")
        case .log(let request, let lines): logRequests.removeValue(forKey: request)?.then(lines)
        }
    }

    func lost(_ connection: Int, _ reason: String) {
        guard connections[connection] != nil else { return }
        forget(connection, reason)
        advance(.disconnected(connection: connection, reason: reason))
    }

    /// Ends the connection with somebody who does not keep to the protocol.
    private func refuse(_ connection: Int, _ sentence: String) {
        connections[connection]?.refuse(.malformed, sentence)
        lost(connection, sentence)
    }

    /// The newest deployment of a job, by its number.
    private func deployment(_ id: UInt64) -> TaskDeployment? {
        jobs.values.lazy.compactMap(\.executor?.deployment).first { $0.id == id }
    }

    private func shape(_ id: UInt64) -> TaskManagerReport.Shape? {
        guard let deployment = deployment(id) else { return nil }
        return TaskManagerReport.Shape(
            slots: deployment.parallelism,
            nodes: deployment.graph.nodes.count,
            stages: StagePlan(deployment.graph).stages.count
        )
    }

    private func register(_ registration: Registration, _ connection: Int) {
        guard let control = connections[connection] else { return }
        let fault =
            owners[connection] == nil
            ? registration.fault(from: control.remote.id) : "it has registered before"
        if let fault {
            refuse(
                connection,
                "The registration of task manager '\(registration.id)' does not fit: \(fault)."
            )
            return
        }
        if registration.checkpoints != resources.store.location {
            let sentence =
                "Task manager '\(registration.id)' keeps checkpoints in "
                + "'\(registration.checkpoints)', this job manager in "
                + "'\(resources.store.location)': set 'execution.checkpointing.dir' alike."
            control.close(sentence)
            lost(connection, sentence)
            return
        }
        owners[connection] = registration.id
        let now = resources.time.nowMicroseconds
        taskManagers.add(
            TaskManagerTable.Entry(
                registration: registration,
                address: control.remoteAddress,
                registeredMicroseconds: now,
                lastHeardMicroseconds: now,
                report: nil,
                connection: control
            )
        )
        resources.log(
            .info,
            "Task manager '\(registration.id)' has registered with \(registration.slots) slots, "
                + "data port \(registration.dataHost):\(registration.dataPort)."
        )
        advance(
            .registered(registration.id, connection: connection, slots: registration.slots)
        )
    }

    /// Hands something to the job that a deployment belongs to, if it is that job's newest.
    private func tell(
        _ deployment: UInt64,
        _ connection: Int,
        _ event: (_ attempt: Int, TaskManagerID) -> JobEvent
    ) {
        guard let owner = owners[connection] else { return }
        for job in jobs.values {
            guard let current = job.executor?.deployment, current.id == deployment else { continue }
            handle(event(current.attempt, owner), of: job.record.id)
            return
        }
    }

    /// Heartbeats go to all, also to those that have not registered yet.
    func sendHeartbeats() {
        guard now - options.heartbeatMicroseconds >= lastHeartbeatMicroseconds else { return }
        lastHeartbeatMicroseconds = now
        let body = ControlCodec.encode(ToTaskManager.heartbeat)
        for connection in connections.values { connection.send(body) }
    }
}
