import ClusterMessages
import ClusterProtocol
import Core
import Dataflow
import JobManager
import ObjectStore
import Synchronization
import Testing
import Transport

/// A leader in this process, with its control port; what it stores is in memory.
final class TestLeader: Sendable {
    private static let layout = ClusterLayout(clusterID: "test")
    let store = MemoryStore()
    let network: ClusterNetwork
    let host: ClusterHost
    let service: ClusterService
    private let resources: ClusterResources
    private let server: ControlServer

    /// Leads from now on, and knows its jobs.
    init(messageBytesMax: Int = ProtocolLimits.controlBytesMax) async throws {
        resources = ClusterResources(
            store: store,
            stores: OneStore(store: store),
            time: SystemTime(),
            log: { _, _ in },
            logLines: { _, _ in [] }
        )
        var options = ClusterOptions(clusterID: "test", checkpoints: store.location)
        options.heartbeatMicroseconds = 100_000
        // Scripted task managers send none of their own accord.
        options.heartbeatTimeoutMicroseconds = 600_000_000
        options.messageBytesMax = messageBytesMax
        network = try ClusterNetwork.test("jm", .jobManager, messageBytesMax)
        host = ClusterHost(options, resources, leaderEpoch: 1, onFenced: { _ in })
        service = ClusterService(
            options,
            connectors: resources.connectors,
            time: resources.time,
            version: "test",
            logLines: { _, _ in [] }
        )
        try store.put(Self.layout.leaderKey(1), [], ifAbsent: true)
        host.start()
        service.lead(host)
        let host = host
        server = try ControlServer.listen(
            network,
            host: "127.0.0.1",
            port: 0,
            accepting: [.taskManager]
        ) { host.connected($0) }
        try await eventually("the registry") { await host.ask { $0.isReady } }
    }

    var port: Int { server.port }

    func stop() {
        server.close()
        host.stop()
        network.close()
    }

    /// A job that runs until somebody ends it.
    static func record(_ number: Int, _ query: String = "SELECT n FROM a") -> JobRecord {
        let script = """
            SET 'restart-strategy.type' = 'fixed-delay';
            SET 'restart-strategy.fixed-delay.attempts' = '1000000';
            SET 'restart-strategy.fixed-delay.delay' = '1 ms';
            CREATE TABLE a (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '10');
            CREATE TABLE b (n BIGINT) WITH ('connector' = 'blackhole');
            INSERT INTO b \(query);
            """
        return JobRecord(
            id: JobID(text: "job\(number)"),
            name: "orders-\(number)",
            sqlText: script,
            parallelism: 1,
            maxParallelism: 128,
            savepointPath: nil,
            submittedMicroseconds: Int64(number)
        )
    }

    /// Takes a job as a later leader does: whoever submits it is not asked.
    func submit(_ record: JobRecord) async throws {
        try await host.submit(try JobPlanning.plan(record, resources.connectors).get()).get()
    }

    func wait(for status: String, of job: JobRecord) async throws {
        let id = job.id
        try await eventually("\(job.name) is \(status)") {
            await self.host.ask { state in
                state.jobs[id].map { "\(state.status($0))" } == status ? true : nil
            } ?? nil
        }
    }
}

/// Opens the same store everywhere.
struct OneStore: StoreOpening {
    let store: any ObjectStore

    func open(_ location: String) throws(ObjectStoreError) -> any ObjectStore { store }
}

extension ClusterNetwork {
    /// The network of a program of the test's cluster.
    static func test(
        _ id: String,
        _ role: ClusterRole,
        _ messageBytesMax: Int = ProtocolLimits.controlBytesMax
    ) throws -> ClusterNetwork {
        var options = TransportOptions(clusterID: "test")
        options.frameLimits.controlBytes = messageBytesMax
        return try ClusterNetwork(
            options,
            identity: NetworkIdentity(role: role, id: id, softwareVersion: "test"),
            onRefused: { _ in }
        )
    }
}

/// What did not happen in time.
struct NeverCame: Error {
    let what: String
}

/// Asks again and again until there is an answer.
@discardableResult
func eventually<Answer>(
    _ what: String,
    _ find: () async throws -> Answer?
) async throws -> Answer {
    for _ in 0..<6000 {
        if let answer = try await find() { return answer }
        try await Task.sleep(for: .milliseconds(5))
    }
    throw NeverCame(what: what)
}
