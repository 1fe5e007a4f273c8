import ClusterMessages
import ClusterProtocol
import Connectors
import Core
import Dataflow
import JobManager
import ObjectStore
import Synchronization
import TaskManager
import Threads
import Transport

/// What has come over a control connection.
final class Received<Message: Decodable & Sendable>: Sendable {
    private struct State {
        var messages: [Message] = []
        var closed: String?
    }

    private let state = Mutex(State())
    let connection: ControlConnection

    /// - Parameters:
    ///   - connection: what it comes over.
    ///   - answers: what is said at once to a message.
    init(
        _ connection: ControlConnection,
        answers: @escaping @Sendable (Message) -> [ToTaskManager] = { _ in [] }
    ) {
        self.connection = connection
        connection.setHandlers(
            onMessage: { body in
                guard let message = try? ControlCodec.decode(Message.self, body) else { return }
                self.state.withLock { $0.messages.append(message) }
                for answer in answers(message) { self.send(answer) }
            },
            onClose: { reason in self.state.withLock { $0.closed = reason } }
        )
    }

    var messages: [Message] { state.withLock { $0.messages } }
    var closed: String? { state.withLock { $0.closed } }

    func send(_ message: some Encodable) {
        connection.send(ControlCodec.encode(message))
    }

    /// Why the connection ended; waits for it.
    func closeReason() async throws -> String {
        try await eventually("the end of the connection") { self.closed }
    }

    /// The first message that has something; waits for it.
    func first<Part>(_ what: String, _ part: (Message) -> Part?) async throws -> Part {
        try await eventually(what) { self.messages.lazy.compactMap(part).first }
    }
}

/// A task manager that says what the test has it say.
final class ScriptedTaskManager: Sendable {
    let received: Received<ToTaskManager>
    private let network: ClusterNetwork
    private let id: String

    init(_ id: String, _ leader: TestLeader) throws {
        self.id = id
        network = try ClusterNetwork.test(id, .taskManager)
        received = Received(
            try ControlClient.connect(network, host: "127.0.0.1", port: leader.port)
        )
    }

    func stop() { network.close() }

    func send(_ message: ToJobManager) { received.send(message) }

    /// A registration that is in order but for what the test changes.
    func registration(
        id: String? = nil,
        dataPort: Int = 6000,
        slots: Int = 1,
        memoryBytes: Int64 = 1 << 30,
        dataHost: String = "127.0.0.1",
        managedBytes: Int64 = 1 << 29
    ) -> Registration {
        Registration(
            id: TaskManagerID(id ?? self.id),
            dataHost: dataHost,
            dataPort: dataPort,
            restAddress: nil,
            slots: slots,
            memoryBytes: memoryBytes,
            softwareVersion: "test",
            processID: 1,
            checkpoints: "memory",
            cpuCores: 1,
            managedBytes: managedBytes
        )
    }

    /// The newest attempt that it was told to run; waits for the first.
    func deployment() async throws -> TaskDeployment {
        try await received.first("a deployment") { message in
            if case .deploy(let deployment, _) = message { return deployment }
            return nil
        }
    }
}

/// A job manager that answers registrations as the test says, whatever else the machine does.
final class ScriptedJobManager: Sendable {
    let network: ClusterNetwork
    private let server: ControlServer
    private let list: ConnectionList

    /// Opens its control port.
    ///
    /// `answers` gives what it says to a registration over the connection of that number, from 0 on.
    init(
        answers: @escaping @Sendable (_ connection: Int) -> [ToTaskManager] = { _ in [] }
    ) throws {
        let list = ConnectionList(answers: answers)
        network = try ClusterNetwork.test("jm", .jobManager)
        server = try ControlServer.listen(
            network,
            host: "127.0.0.1",
            port: 0,
            accepting: [.taskManager],
            onConnect: { list.add($0) }
        )
        self.list = list
    }

    var port: Int { server.port }

    var connections: [Received<ToJobManager>] { list.all }

    func stop() {
        server.close()
        network.close()
    }

    /// The connection of that number, from 0 on.
    func connection(_ number: Int) async throws -> Received<ToJobManager> {
        try await eventually("connection \(number)") { self.list.all[at: number] }
    }
}

/// The connections that were made, in order.
private final class ConnectionList: Sendable {
    private let list = Mutex<[Received<ToJobManager>]>([])
    private let answers: @Sendable (Int) -> [ToTaskManager]

    init(answers: @escaping @Sendable (Int) -> [ToTaskManager]) {
        self.answers = answers
    }

    func add(_ connection: ControlConnection) {
        list.withLock { list in
            let answers = answers(list.count)
            list.append(
                Received<ToJobManager>(connection) { message in
                    if case .register = message { return answers }
                    return []
                }
            )
        }
    }

    var all: [Received<ToJobManager>] { list.withLock { $0 } }
}

extension Array {
    /// The element, if there is one.
    fileprivate subscript(at index: Int) -> Element? {
        indices.contains(index) ? self[index] : nil
    }
}

/// A task manager as users run it, in this process.
final class TestTaskManager: Sendable {
    let service: TaskManagerService
    let network: ClusterNetwork
    let log: LogLines
    private let folder: String
    private let thread: WorkerThread

    init(
        _ id: String,
        port: Int,
        store: any ObjectStore = MemoryStore(),
        messageBytesMax: Int = ProtocolLimits.controlBytesMax
    ) throws {
        folder = "/tmp/apus-control-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        network = try ClusterNetwork.test(id, .taskManager, messageBytesMax)
        var options = TaskManagerOptions(
            id: id,
            jobManagers: [JobManagerAddress(host: "127.0.0.1", port: port)],
            dataHost: "127.0.0.1",
            folder: folder,
            checkpoints: store.location
        )
        options.bindHost = "127.0.0.1"
        options.memoryBytes = 64 << 20
        options.slots = 2
        let log = LogLines()
        self.log = log
        let service = try TaskManagerService(
            options,
            TaskManagerResources(
                network: network,
                connectors: ConnectorRegistry(ConnectorRegistry.builtIn),
                stores: OneStore(store: store),
                time: SystemTime(),
                log: { log.add($1) },
                logLines: { _, _ in [] },
                giveUp: { log.add($0) }
            )
        )
        self.service = service
        thread = WorkerThread(name: "control") { service.run() }
    }

    func stop() throws {
        service.leave(reason: "the test is over")
        thread.join()
        network.close()
        try LocalFiles.removeAll(folder)
    }
}

/// What a program has logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    var all: [String] { lines.withLock { $0 } }
}
