import Checkpoints
import ClusterMessages
import ClusterProtocol
import Core
import Dataflow
import KeyedState
import ObjectStore
import Operators
import Synchronization
import Telemetry
import Threads
import Transport

/// The life of one connection with a job manager, on the control thread.
struct ServingLoop {
    private let service: TaskManagerService
    private let session: Int
    private var welcome: Welcome?
    private var lastHeardMicroseconds: Int64
    private var lastSentMicroseconds: Int64 = .min
    private var closed: String?
    /// The threads that deploy or stop, by deployment.
    private var workers: [UInt64: WorkerThread] = [:]
    private var stopping: Set<UInt64> = []

    init(_ service: TaskManagerService, session: Int) {
        self.service = service
        self.session = session
        lastHeardMicroseconds = service.resources.time.monotonicMicroseconds
    }

    /// Whether the job manager took this task manager in.
    var wasWelcome: Bool { welcome != nil }

    /// Serves until the connection ends or the process is told to leave.
    ///
    /// - Returns: why it ended.
    mutating func run(_ isLeaving: inout Bool) -> String {
        service.connection.send(.register(registration))
        var mail: [TaskManagerService.Mail] = []
        while true {
            mail.removeAll(keepingCapacity: true)
            service.mailbox.drain(into: &mail)
            for message in mail {
                if case .leave(let reason) = message {
                    isLeaving = true
                    leave(reason)
                    return reason
                }
                handle(message)
            }
            if let closed { return closed }
            if let silence = checkClock() { return silence }
            if mail.isEmpty {
                service.mailbox.wait(forMicroseconds: TaskManagerLimits.tickMicroseconds)
            }
        }
    }

    private var registration: Registration {
        let options = service.options
        return Registration(
            id: TaskManagerID(options.id),
            dataHost: options.dataHost,
            dataPort: service.dataPort,
            restAddress: options.restAddress,
            slots: options.slots,
            memoryBytes: Int64(options.memoryBytes),
            softwareVersion: service.resources.network.identity.softwareVersion,
            processID: ProcessFacts.id,
            checkpoints: service.store.location,
            cpuCores: ProcessFacts.processors,
            managedBytes: Int64(options.stateBytes)
        )
    }

    /// Ends the tasks first: once the job manager hears of it, others may do their work.
    private mutating func leave(_ reason: String) {
        for task in service.tasks.all { stop(task.deployment.id) }
        awaitStopped()
        service.connection.send(.leaving(reason: reason))
    }

    /// Sends a heartbeat when it is time; says why the connection is given up, if it is.
    private mutating func checkClock() -> String? {
        let now = service.resources.time.monotonicMicroseconds
        service.readings.note(at: now) { service.tasks.all }
        guard let welcome else {
            let isLate = now - lastHeardMicroseconds > TaskManagerLimits.welcomeMicroseconds
            return isLate ? "It did not answer the registration." : nil
        }
        if now - lastHeardMicroseconds > welcome.silenceMicroseconds {
            let seconds = (now - lastHeardMicroseconds) / 1_000_000
            return "It was silent for \(seconds) s."
        }
        if now - welcome.heartbeatMicroseconds >= lastSentMicroseconds {
            lastSentMicroseconds = now
            service.connection.send(.heartbeat(report))
        }
        return nil
    }

    private var report: TaskManagerReport {
        TaskManagerReport(
            slots: TaskReadings.slots(
                of: service.tasks.all,
                at: service.resources.time.monotonicMicroseconds
            ),
            residentBytes: ProcessFacts.residentBytes,
            cpuMicroseconds: ProcessFacts.cpuMicroseconds
        )
    }

    private mutating func handle(_ mail: TaskManagerService.Mail) {
        switch mail {
        case .message(let body, session):
            lastHeardMicroseconds = service.resources.time.monotonicMicroseconds
            do throws(WrappedFailure) {
                handle(try ControlCodec.decode(ToTaskManager.self, body))
            } catch {
                refuse(.malformed, error.message)
            }
        case .closed(let reason, session): closed = closed ?? reason
        case .ended(let deployment):
            workers[deployment] = nil
            stopping.remove(deployment)
        case .message, .closed, .leave, .wake: break
        }
    }

    private mutating func handle(_ message: ToTaskManager) {
        switch message {
        case .welcome(let welcome): take(welcome)
        case .heartbeat: break
        case .deploy(let deployment, let peers):
            if isInOrder(deployment) { deploy(deployment, peers) }
        case .command(let deployment, let command):
            service.tasks.task(deployment)?.perform(command)
        case .stop(let deployment): stop(deployment)
        case .log(let request, let after, let limit):
            let lines = service.resources.logLines(after, limit)
            service.connection.send(.log(request: request, lines: lines))
        }
    }
}

// Leaders: one connection belongs to one term of one of them.
extension ServingLoop {
    private mutating func take(_ welcome: Welcome) {
        if let fault = welcome.fault {
            return refuse(.malformed, "The welcome does not fit: \(fault).")
        }
        let newest = service.newestEpoch.withLock { newest in
            newest = max(newest, welcome.leaderEpoch)
            return newest
        }
        guard welcome.leaderEpoch == newest else {
            return refuse(
                .oldEpoch,
                "A leader of epoch \(welcome.leaderEpoch) welcomes this task manager, which one of "
                    + "epoch \(newest) has taken in since. If the store was emptied or restored, "
                    + "start the task manager again."
            )
        }
        self.welcome = welcome
        service.register(welcome, service.connection.address)
    }

    /// Whether a deployment comes from the leader of this connection, and can be one.
    private mutating func isInOrder(_ deployment: TaskDeployment) -> Bool {
        guard let welcome else {
            refuse(.unexpected, "A deployment came before the welcome.")
            return false
        }
        let epoch = AttemptClaim.leaderEpoch(of: deployment.leaderEpoch)
        guard epoch >= welcome.leaderEpoch else {
            refuse(
                .oldEpoch,
                "A deployment of a leader of epoch \(epoch) came where one of epoch "
                    + "\(welcome.leaderEpoch) leads."
            )
            return false
        }
        let isNew = service.tasks.task(deployment.id) == nil
        let fault = deployment.fault(at: TaskManagerID(service.options.id))
        guard isNew, fault == nil else {
            refuse(.malformed, "A deployment does not fit: \(fault ?? "it came twice").")
            return false
        }
        return true
    }

    /// Ends the connection with a job manager that is not to be listened to.
    private mutating func refuse(_ reason: RefusalReason, _ sentence: String) {
        service.connection.refuse(reason, sentence)
        closed = closed ?? sentence
    }
}

// Deployments.
extension ServingLoop {
    private mutating func deploy(_ deployment: TaskDeployment, _ peers: [PeerPlace]) {
        let service = service
        let id = deployment.id
        let connection = service.connection
        let own = TaskManagerID(service.options.id)
        let fail: @Sendable (WrappedFailure) -> Void = { failure in
            connection.send(.event(deployment: id, .failed(failure)))
        }
        let folder = "\(service.folder.path)/\(deployment.jobID)-\(id)"
        let environment = TaskEnvironment(
            connectors: service.resources.connectors,
            time: service.resources.time,
            folder: folder,
            stateBytesPerSlot: service.options.stateBytes / max(1, service.options.slots),
            blockCache: service.blockCache,
            store: service.store,
            stores: service.resources.stores,
            layout: CheckpointLayout(jobID: deployment.jobID)
        )
        let task = JobTask(
            deployment,
            localSlots: deployment.slots(of: own),
            environment: environment,
            remote: PeerSlots(deployment, service.plane, onFailure: fail),
            events: { connection.send(.event(deployment: id, $0)) }
        )
        // Mail of other slots is taken from now on.
        service.tasks.add(task)
        workers[id] = WorkerThread(name: "deploy") {
            do {
                try service.plane.connect(
                    to: peers.map { PeerAddress(id: $0.id.text, host: $0.host, port: $0.port) },
                    timeoutMicroseconds: TaskManagerLimits.connectMicroseconds
                )
                try task.load()
                connection.send(.deployed(deployment: id))
            } catch {
                var failure = WrappedFailure(error)
                if error is TransportError {
                    failure = WrappedFailure(
                        blame: .external,
                        isRetryable: true,
                        message: failure.message
                    )
                }
                fail(failure)
            }
        }
    }

    /// Ends an attempt's threads in the background; `ended` follows.
    mutating func stop(_ id: UInt64) {
        guard !stopping.contains(id) else { return }
        let service = service
        guard let task = service.tasks.task(id) else {
            // It never came here, or is gone already.
            service.connection.send(.stopped(deployment: id))
            return
        }
        stopping.insert(id)
        let deploying = workers[id]
        let timeout = welcome?.cancellationMicroseconds
        let isOver = ThreadSignal()
        // Before the process is given up for it.
        let grace = (timeout ?? .max) / 2
        workers[id] = WorkerThread(name: "stop") {
            task.abandonCheckpoints()
            deploying?.join()
            task.stop(graceMicroseconds: min(DataflowLimits.sinkGraceMicroseconds, grace))
            isOver.raise()
            service.tasks.remove(id)
            service.plane.retire(deployment: id)
            service.removeFolder(task.folder)
            service.connection.send(.stopped(deployment: id))
            service.mailbox.send(.ended(deployment: id))
        }
        guard let timeout else { return }
        _ = WorkerThread(name: "stop-watch") {
            guard !isOver.wait(forMicroseconds: timeout) else { return }
            service.resources.giveUp(
                """
                The tasks of job \(task.deployment.jobID) did not end within \
                \(timeout / 1_000_000) s ('task.cancellation.timeout'): a connector hangs. The \
                process ends, so that nothing of them goes on.
                """
            )
        }
    }

    /// Waits until all that was told to stop has.
    mutating func awaitStopped() {
        for (_, thread) in workers { thread.join() }
        workers = [:]
        stopping = []
    }
}
