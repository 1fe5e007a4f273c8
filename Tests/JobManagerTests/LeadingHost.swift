import Core
import JobManager
import ObjectStore
import Testing

/// A leader in this process, without task managers: its jobs wait for slots.
struct LeadingHost {
    private static let layout = ClusterLayout(clusterID: "c1")
    private let store: any ObjectStore
    private let resources: ClusterResources
    let host: ClusterHost
    let service: ClusterService

    /// Leads from now on, and knows its jobs.
    init(_ store: any ObjectStore, epoch: UInt64) async throws {
        self.store = store
        resources = ClusterResources(
            store: store,
            stores: FolderOpening(),
            time: SystemTime(),
            log: { _, _ in },
            logLines: { _, _ in [] }
        )
        let options = ClusterOptions(clusterID: "c1", checkpoints: "/c")
        host = ClusterHost(options, resources, leaderEpoch: epoch, onFenced: { _ in })
        service = ClusterService(
            options,
            connectors: resources.connectors,
            time: resources.time,
            version: "test",
            logLines: { _, _ in [] }
        )
        try store.put(Self.layout.leaderKey(epoch), [], ifAbsent: true)
        host.start()
        service.lead(host)
        try await wait("the registry") { await host.ask { $0.isReady } == true }
    }

    static func record(
        _ number: Int,
        sql: String? = nil,
        savepoint: String? = nil
    ) -> JobRecord {
        let script = """
            CREATE TABLE a (n BIGINT) WITH ('connector' = 'datagen');
            CREATE TABLE b (n BIGINT) WITH ('connector' = 'blackhole');
            INSERT INTO b SELECT n FROM a;
            """
        return JobRecord(
            id: JobID(text: "job\(number)"),
            name: "orders-\(number)",
            sqlText: sql ?? script,
            parallelism: 1,
            maxParallelism: 128,
            savepointPath: savepoint,
            submittedMicroseconds: Int64(number)
        )
    }

    func submit(_ record: JobRecord) async throws -> Result<Void, RegistryError> {
        await host.submit(try JobPlanning.plan(record, resources.connectors).get())
    }

    /// As people see it; nil for a job that is not known.
    func status(_ job: JobRecord) async -> String? {
        let id = job.id
        return await host.ask { state in state.jobs[id].map { "\(state.status($0))" } } ?? nil
    }

    func wait(for status: String, of job: JobRecord) async throws {
        try await wait(status) { await self.status(job) == status }
    }

    private func wait(_ what: String, until isThere: () async -> Bool) async throws {
        for _ in 0..<3000 {
            if await isThere() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("\(what) never came")
    }

    /// What the leader after it finds in the registry.
    static func inherited(_ store: any ObjectStore, epoch: UInt64) throws -> [JobRecord] {
        try store.put(layout.leaderKey(epoch), [], ifAbsent: true)
        var registry = JobRegistry(store: store, layout: layout, leaderEpoch: epoch)
        return try registry.takeOver().jobs
    }

    /// Puts a job into the registry as an earlier leader left it.
    static func leave(_ record: JobRecord, in store: any ObjectStore, epoch: UInt64) throws {
        try store.put(layout.leaderKey(epoch), [], ifAbsent: true)
        var registry = JobRegistry(store: store, layout: layout, leaderEpoch: epoch)
        try registry.update(record)
    }
}
