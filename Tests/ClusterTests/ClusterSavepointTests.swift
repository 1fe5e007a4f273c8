import ClusterKit
import Foundation
import TestKit
import Testing

/// Savepoints and rescaling on a cluster.
@Suite(.serialized) struct ClusterSavepointTests {
    /// The path that a command told.
    private func path(_ text: String) -> String {
        let start = text.firstRange(of: "/tmp/apus-cluster")?.lowerBound ?? text.startIndex
        return String(text[start...].prefix { !$0.isWhitespace })
    }

    @Test(arguments: [1, 3, 4])
    func `a savepoint taken at parallelism 2 goes on at another`(parallelism: Int) throws {
        let cluster = try TestCluster.start(taskManagers: 2)
        let job = NumbersJob(cluster: cluster, rows: 100_000)
        try job.submit(["--parallelism", "2"])
        try cluster.wait(["checkpoints", "numbers"], for: "COMPLETED")
        let (exit, text) = try cluster.jobctl(
            ["stop", "numbers", "--savepoint-path", "\(cluster.folder)/savepoints"]
        )
        #expect(exit == 0, "\(text)\n\(cluster.log)")
        let file = "\(cluster.folder)/numbers.sql"
        let again = try cluster.jobctl(
            [
                "submit", file, "--name", "again", "--parallelism", "\(parallelism)",
                "--from-savepoint", path(text),
            ]
        )
        #expect(again.exit == 0, "\(again.text)")
        try cluster.wait(["status", "again"], for: "FINISHED")
        for folder in ["written", "pairs"] {
            if let defect = try job.defect(in: folder) {
                Issue.record("\(defect)\n\(cluster.log)")
            }
        }
    }

    @Test func `a job is rescaled while it runs, and a savepoint in between changes nothing`()
        throws
    {
        let cluster = try TestCluster.start(taskManagers: 2)
        let job = NumbersJob(cluster: cluster, rows: 300_000)
        try job.submit(["--parallelism", "2"])
        try cluster.wait(["status", "numbers"], for: "RUNNING")
        let up = try cluster.jobctl(["rescale", "numbers", "--parallelism", "4"])
        #expect(up.exit == 0, "\(up.text)\n\(cluster.log)")
        let savepoint = try cluster.jobctl(
            ["savepoint", "numbers", "\(cluster.folder)/savepoints"]
        )
        #expect(savepoint.exit == 0, "\(savepoint.text)\n\(cluster.log)")
        let down = try cluster.jobctl(["rescale", "numbers", "--parallelism", "1"])
        #expect(down.exit == 0, "\(down.text)\n\(cluster.log)")
        try cluster.wait(["list", "--all"], for: "FINISHED")
        for folder in ["written", "pairs"] {
            if let defect = try job.defect(in: folder) {
                Issue.record("\(defect)\n\(cluster.log)")
            }
        }
        let inspected = try cluster.jobctl(["savepoint", "inspect", path(savepoint.text)])
        #expect(inspected.exit == 0)
        #expect(inspected.text.contains("with 4 slots"))
    }
}
