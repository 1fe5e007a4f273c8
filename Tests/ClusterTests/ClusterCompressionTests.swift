import ClusterKit
import TestKit
import Testing

/// `taskmanager.network.compression.codec`.
@Suite(.serialized) struct ClusterCompressionTests {
    /// The bytes that both task managers have sent when a job is through; its rows are right.
    private func sentBytes(codec: String) throws -> Int {
        let cluster = try TestCluster()
        try cluster.startJobManager()
        for name in ["tm0", "tm1"] {
            try cluster.startTaskManager(
                name,
                [("taskmanager.network.compression.codec", codec)]
            )
        }
        try cluster.waitForSlots(4)
        let job = NumbersJob(cluster: cluster, rows: 100_000, rowsPerSecond: 1_000_000)
        try job.submit(["--parallelism", "4"])
        try cluster.wait(["list", "--all"], for: "FINISHED")
        if let defects = try job.defects() { Issue.record("\(defects)") }
        return try ["tm0", "tm1"].map { try sentBytes(cluster, $0) }.reduce(0, +)
    }

    private func sentBytes(_ cluster: TestCluster, _ name: String) throws -> Int {
        let log = cluster.taskManager(name)?.text ?? ""
        let start = try #require(log.firstRange(of: "metrics at ")).upperBound
        let address = log[start...].prefix { !$0.isWhitespace }.dropLast()
        let process = try ChildProcess.start(["curl", "-s", "\(address)/metrics"], capturing: true)
        let text = process.readAll()
        #expect(process.wait() == 0)
        let samples = text.split(separator: "\n").filter {
            $0.hasPrefix("apus_network_sent_bytes_total")
        }
        #expect(!samples.isEmpty, "\(text)")
        return samples.reduce(0) { sum, line in
            sum + (line.split(separator: " ").last.flatMap { Double($0) }.map { Int($0) } ?? 0)
        }
    }

    @Test func `rows that go compressed arrive as others do, with fewer bytes`() throws {
        let plain = try sentBytes(codec: "NONE")
        let compressed = try sentBytes(codec: "lz4")
        // Half of 200,000 rows with two numbers each have to go to the other task manager.
        #expect(plain > 1_000_000)
        #expect(compressed < plain * 3 / 4, "\(compressed) bytes instead of \(plain)")
    }
}
