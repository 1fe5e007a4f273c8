import ClusterKit
import TestKit
import Testing

/// Checkpoints of a job that may be under way side by side.
@Suite(.serialized) struct ClusterOverlapTests {
    private let key = "execution.checkpointing.max-concurrent-checkpoints"

    @Test func `checkpoints overlap, and a kill among them loses and doubles nothing`() throws {
        let cluster = try TestCluster.start(taskManagers: 2)
        var job = NumbersJob(cluster: cluster, rows: 240_000)
        // Due at once: as many are under way as may be.
        job.settings = """
            SET '\(key)' = '4';
            SET 'execution.checkpointing.interval' = '1 ms';
            """
        try job.submit(["--parallelism", "4"])
        try cluster.wait(["checkpoints", "numbers"], for: "COMPLETED")
        let most = try (0..<20).map { _ in try underWay(cluster) }.max() ?? 0
        #expect((2...4).contains(most))
        try cluster.killTaskManager("tm0")
        try cluster.startTaskManager("tm0")
        try cluster.wait(["list", "--all"], for: "FINISHED")
        if let defects = try job.defects() { Issue.record("\(defects)") }
    }

    /// How many checkpoints are being made.
    private func underWay(_ cluster: TestCluster) throws -> Int {
        let text = try cluster.jobctl(["status", "numbers"]).text
        let words = text.split(whereSeparator: \.isWhitespace)
        let place = try #require(words.firstIndex(of: "progress."), "\(text)")
        return try #require(Int(words[place - 2]), "\(text)")
    }

    @Test(arguments: ["0", "-1", "many"])
    func `a number of checkpoints that makes no sense is refused`(value: String) throws {
        let cluster = try TestCluster()
        try cluster.startJobManager()
        try cluster.waitForSlots(0)
        var job = NumbersJob(cluster: cluster, rows: 10)
        job.settings = "SET '\(key)' = '\(value)';"
        let file = try cluster.write("overlap.sql", job.sql)
        let (exit, text) = try cluster.jobctl(["submit", file])
        #expect(exit != 0)
        #expect(
            text.contains(
                "Invalid value '\(value)' for key '\(key)': expected a whole number from 1 to 100"
            ),
            "\(text)"
        )
    }
}
