import Checkpoints
package import ClusterMessages
package import Connectors
package import Core
import Dataflow
import KeyedState
package import ObjectStore
import Synchronization
import Telemetry
import Threads
package import Transport

/// What a task manager gets from its process.
package struct TaskManagerResources: Sendable {
    package let network: ClusterNetwork
    package let connectors: ConnectorRegistry
    package let stores: any StoreOpening
    package let time: any TimeSource
    /// Takes what people should know: a level and a sentence.
    package let log: @Sendable (_ level: ProgramLogLevel, _ text: String) -> Void
    /// Gives the newest lines of the log, behind a number.
    package let logLines: @Sendable (_ after: UInt64, _ limit: Int) -> [LogEntry]
    /// Ends the process because tasks do not stop; does not return.
    package let giveUp: @Sendable (_ reason: String) -> Void

    package init(
        network: ClusterNetwork,
        connectors: ConnectorRegistry,
        stores: any StoreOpening,
        time: any TimeSource,
        log: @escaping @Sendable (_ level: ProgramLogLevel, _ text: String) -> Void,
        logLines: @escaping @Sendable (_ after: UInt64, _ limit: Int) -> [LogEntry],
        giveUp: @escaping @Sendable (_ reason: String) -> Void
    ) {
        self.network = network
        self.connectors = connectors
        self.stores = stores
        self.time = time
        self.log = log
        self.logLines = logLines
        self.giveUp = giveUp
    }
}

/// A task manager: dials the leader, offers slots, runs what it is told to.
///
/// ```
///        ┌────────── connection lost, silence: all tasks are stopped ──────────┐
///        ▼                                                                     │
///  dialling ──▶ registering ──▶ serving: deploy, command, stop ────────────────┘
/// ```
/// Without a job manager nothing that a task does can be committed, and another may be told to do
/// it: so tasks end with the connection.
package final class TaskManagerService: Sendable {
    enum Mail: Sendable {
        case message([UInt8], session: Int)
        case closed(reason: String, session: Int)
        /// A deployment's threads have ended.
        case ended(deployment: UInt64)
        case leave(reason: String)
        case wake
    }

    let options: TaskManagerOptions
    let resources: TaskManagerResources
    let store: any ObjectStore
    let blockCache: BlockCache
    let folder: WorkFolder
    let tasks: DeployedTasks
    let plane: DataPlane
    let mailbox = Mailbox<Mail>(bound: TaskManagerLimits.mail)
    let connection: ConnectionHolder
    let readings = TaskReadings()
    /// The newest leader that has ever taken this task manager in.
    let newestEpoch = Mutex<UInt64>(0)
    private let leader = Mutex<String?>(nil)

    /// Opens the store, the local folder and the data port.
    ///
    /// - Throws: `TransportError`, `ObjectStoreError` or `SystemFault`.
    package init(_ options: TaskManagerOptions, _ resources: TaskManagerResources) throws {
        folder = try WorkFolder(in: options.folder, id: options.id)
        self.options = options
        self.resources = resources
        store = try resources.stores.open(options.checkpoints)
        store.removeAbandoned()
        blockCache = BlockCache(bytes: MemoryPlan(options.memoryBytes).blockCacheBytes)
        let connection = ConnectionHolder()
        self.connection = connection
        tasks = DeployedTasks { deployment, failure in
            connection.send(.event(deployment: deployment, .failed(failure)))
        }
        plane = try DataPlane.listen(
            resources.network,
            host: options.bindHost,
            port: options.dataPort,
            receiver: tasks
        )
    }

    package var dataPort: Int { plane.port }

    /// The job manager that has taken this task manager in; nil while there is none.
    package var registeredWith: String? { leader.withLock { $0 } }

    /// Runs until `leave`; blocks.
    package func run() {
        var isLeaving = false
        var session = 0
        var dialler = Dialler(options.jobManagers, seed: .random(in: 0 ... .max))
        while !isLeaving {
            guard let opened = dial(&dialler, &isLeaving) else { continue }
            session += 1
            let number = session
            opened.setHandlers(
                onMessage: { [mailbox] in mailbox.send(.message($0, session: number)) },
                onClose: { [mailbox] in mailbox.send(.closed(reason: $0, session: number)) }
            )
            connection.replace(opened)
            var serving = ServingLoop(self, session: number)
            let reason = serving.run(&isLeaving)
            leader.withLock { $0 = nil }
            connection.replace(nil)
            stopAll(&serving)
            if !isLeaving {
                resources.log(
                    .warning,
                    "The job manager \(opened.remoteAddress) is lost: \(reason) All tasks were "
                        + "stopped; dialling again."
                )
            }
            opened.close(reason)
            if serving.wasWelcome { dialler.reset() } else { dialler.pause(mailbox) }
        }
        plane.close("The task manager ends.")
        do throws(SystemFault) {
            try folder.remove()
        } catch {
            resources.log(.warning, "The folder '\(folder.path)' could not be removed: \(error)")
        }
    }

    /// Ends in good order: tells the job manager and stops all tasks; from any thread.
    package func leave(reason: String) {
        mailbox.send(.leave(reason: reason))
    }

    func register(_ welcome: Welcome, _ address: String) {
        leader.withLock { $0 = address }
        resources.log(
            .info,
            "Registered with the job manager \(address), leader epoch \(welcome.leaderEpoch): "
                + "\(options.slots) slots."
        )
    }

    private func dial(_ dialler: inout Dialler, _ isLeaving: inout Bool) -> ControlConnection? {
        let address = dialler.next()
        do {
            return try ControlClient.connect(
                resources.network,
                host: address.host,
                port: address.port
            )
        } catch {
            if dialler.shouldReport {
                resources.log(
                    .warning,
                    "No job manager takes it in at \(address): \(Self.reason(error)) Trying again."
                )
            }
            dialler.pause(mailbox)
            var mail: [Mail] = []
            mailbox.drain(into: &mail)
            for case .leave in mail { isLeaving = true }
            return nil
        }
    }

    /// What the other end said, where it said something; else that nobody answers.
    private static func reason(_ error: TransportError) -> String {
        (error.cause as? any Failure)?.message ?? error.message
    }

    /// Ends everything that runs and waits for it.
    private func stopAll(_ serving: inout ServingLoop) {
        for task in tasks.all { serving.stop(task.deployment.id) }
        serving.awaitStopped()
    }

    func removeFolder(_ folder: String) {
        do throws(SystemFault) {
            try LocalFiles.removeAll(folder)
        } catch {
            resources.log(.warning, "The folder '\(folder)' could not be removed: \(error)")
        }
    }
}
