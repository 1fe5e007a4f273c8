import ClusterKit
import Foundation
import ManagementAPI
import TestKit
import Testing

/// What the programs of a cluster tell Prometheus.
@Suite(.serialized) struct ClusterMetricsTests {
    /// Counts by key and by window, so that there is state, event time and an exchange.
    private let script = """
        SET 'execution.checkpointing.interval' = '200 ms';
        CREATE TABLE numbers (
          n BIGINT, k BIGINT, t AS TO_TIMESTAMP_LTZ(n, 3), WATERMARK FOR t AS t
        ) WITH (
          'connector' = 'datagen', 'rows-per-second' = '2000',
          'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '100000000',
          'fields.k.min' = '0', 'fields.k.max' = '30');
        CREATE TABLE totals (k BIGINT, c BIGINT) WITH ('connector' = 'blackhole');
        CREATE TABLE windows (k BIGINT, c BIGINT) WITH ('connector' = 'blackhole');
        INSERT INTO totals SELECT k, COUNT(*) FROM numbers GROUP BY k;
        INSERT INTO windows SELECT k, COUNT(*) FROM TABLE(
          TUMBLE(TABLE numbers, DESCRIPTOR(t), INTERVAL '1' SECOND))
          GROUP BY window_start, window_end, k;
        """

    /// Metrics of tasks that are above 0 once rows flow.
    private static let growing = [
        TaskManagerMetrics.managedMemoryUsed, TaskManagerMetrics.recordsIn,
        TaskManagerMetrics.recordsOut, TaskManagerMetrics.recordsInPerSecond,
        TaskManagerMetrics.recordsOutPerSecond, TaskManagerMetrics.operatorRecordsIn,
        TaskManagerMetrics.recordsSent, TaskManagerMetrics.outputWatermark,
        TaskManagerMetrics.watermarkLag, TaskManagerMetrics.accumulatedIdleTime,
    ]

    private func runningCluster() throws -> TestCluster {
        var settings = TestCluster.Settings()
        settings.taskManagers = [("taskmanager.memory.managed.size", "24m")]
        let cluster = try TestCluster.start(taskManagers: 2, .shipped, settings)
        let file = try cluster.write("counts.sql", script)
        let (exit, text) = try cluster.jobctl(
            ["submit", file, "--name", "counts", "--parallelism", "4"]
        )
        #expect(exit == 0, "\(text)")
        return cluster
    }

    /// Reads until every name is there and some have grown, or a long time is over.
    ///
    /// No other name may be there, and each is declared.
    private func read(
        _ wanted: [Metric],
        growing: [Metric],
        _ scrape: () throws -> Scrape
    ) throws -> Scrape {
        let names = Set(wanted.map(\.name))
        var last = try scrape()
        for _ in 0..<600 {
            if names.isSubset(of: last.families.keys),
                growing.allSatisfy({ last.sum($0.name) > 0 })
            {
                break
            }
            usleep(100_000)
            last = try scrape()
        }
        #expect(names.subtracting(last.families.keys).isEmpty)
        #expect(Set(last.families.keys).subtracting(names).isEmpty)
        #expect(last.defects.isEmpty, "\(last.defects)")
        for metric in wanted { #expect(last.families[metric.name] == metric.kind.rawValue) }
        return last
    }

    private func metricsAddress(_ cluster: TestCluster, _ name: String) throws -> String {
        let process = try #require(cluster.taskManager(name))
        try process.wait(for: "metrics at ")
        let start = try #require(process.text.firstRange(of: "metrics at "))
        return process.text[start.upperBound...].prefix { !$0.isWhitespace }
            .trimmingCharacters(in: CharacterSet(charactersIn: ".")) + "/metrics"
    }

    @Test func `job manager and task manager tell all that is declared, and nothing else`() throws {
        let cluster = try runningCluster()
        let shared = ProcessMetrics.all + NetworkMetrics.all
        let manager = try read(
            JobManagerMetrics.all + shared,
            growing: [JobManagerMetrics.uptime, JobManagerMetrics.checkpointsCompleted]
        ) {
            Scrape(try cluster.http("/metrics"))
        }
        func value(_ metric: Metric) -> Double { manager.sum(metric.name) }
        #expect(value(JobManagerMetrics.isLeader) == 1)
        #expect(value(JobManagerMetrics.registeredTaskManagers) == 2)
        #expect(value(JobManagerMetrics.slotsTotal) == 4)
        #expect(value(JobManagerMetrics.slotsAvailable) == 0)
        #expect(value(JobManagerMetrics.checkpointsCompleted) > 0)
        #expect(value(JobManagerMetrics.lastCheckpointID) > 0)
        #expect(value(JobManagerMetrics.lastCheckpointRestoreTimestamp) == -1)
        #expect(value(JobManagerMetrics.uptime) > 0)
        #expect(value(JobManagerMetrics.runningTime) >= value(JobManagerMetrics.uptime))
        #expect(value(JobManagerMetrics.downtime) == 0)
        #expect(value(NetworkMetrics.bytesIn) > 0)
        #expect(value(NetworkMetrics.refused) == 0)
        #expect(value(ProcessMetrics.openFiles) > 3)

        let address = try metricsAddress(cluster, "tm0")
        let worker = try read(TaskManagerMetrics.all + shared, growing: Self.growing) {
            try Scrape.get(address)
        }
        try checkTasks(worker)
        #expect(worker.sum(NetworkMetrics.framesIn.name) > 0)
    }

    private func checkTasks(_ worker: Scrape) throws {
        func values(_ metric: Metric) -> [Double] { worker.values(metric.name) }
        #expect(values(TaskManagerMetrics.managedMemoryTotal) == [Double(24 << 20)])
        let used = try #require(values(TaskManagerMetrics.managedMemoryUsed).first)
        #expect(used > 0 && used == values(TaskManagerMetrics.stateBytes).reduce(0, +))
        for metric in Self.growing {
            #expect(values(metric).contains { $0 > 0 }, "\(metric.name)")
        }
        for metric in [
            TaskManagerMetrics.busyTime, TaskManagerMetrics.idleTime,
            TaskManagerMetrics.backPressuredTime,
        ] {
            #expect(values(metric).allSatisfy { (0...1000).contains($0) }, "\(metric.name)")
        }
        // Two slots, each with every stage once.
        let slots = (0..<4).filter { slot in
            !worker.values(TaskManagerMetrics.recordsIn.name, "subtask_index=\"\(slot)\"")
                .isEmpty
        }
        #expect(slots.count == 2)
    }

    @Test func `task managers tell their processors and what of their memory is for state`()
        throws
    {
        let cluster = try TestCluster()
        try cluster.startJobManager()
        try cluster.startTaskManager(
            "tm0",
            [("taskmanager.memory.managed.size", "24m"), ("taskmanager.numberOfTaskSlots", "3")]
        )
        try cluster.waitForSlots(3)
        let answer = try JSONDecoder().decode(
            Answer.self,
            from: Data(try cluster.http("/taskmanagers").utf8)
        )
        let only = try #require(answer.taskmanagers.first)
        #expect(only.hardware.cpuCores == ProcessInfo.processInfo.activeProcessorCount)
        #expect(only.hardware.managedMemory == 24 << 20)
        #expect(only.memoryConfiguration.managedMemory == 24 << 20)
        #expect(only.totalResource.managedMemory == 24)
    }

    /// What the test reads of `/taskmanagers`.
    private struct Answer: Decodable {
        struct TaskManager: Decodable {
            let hardware: Hardware
            let memoryConfiguration: Memory
            let totalResource: Memory
        }

        struct Hardware: Decodable {
            let cpuCores: Int
            let managedMemory: Int
        }

        struct Memory: Decodable {
            let managedMemory: Int
        }

        let taskmanagers: [TaskManager]
    }
}
