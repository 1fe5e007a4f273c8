import ClusterKit
import Foundation
import TestKit
import Testing

/// What becomes of checkpoints, and of the memory of jobs, when a job has ended.
@Suite(.serialized) struct ClusterRetentionTests {
    private let key = "execution.checkpointing.externalized-checkpoint-retention"

    private func setting(_ value: String) -> String { "SET '\(key)' = '\(value)';" }

    /// The checkpoints of all jobs, and the files that several of them share.
    private func checkpoints(_ cluster: TestCluster) throws -> [String] {
        let root = "\(cluster.folder)/checkpoints"
        let all = try FileManager.default.subpathsOfDirectory(atPath: root)
        return all.filter { $0.contains("/chk-") && $0.hasSuffix("/_metadata") }
    }

    private func shared(_ cluster: TestCluster) throws -> [String] {
        let root = "\(cluster.folder)/checkpoints"
        return try FileManager.default.subpathsOfDirectory(atPath: root)
            .filter { $0.contains("/shared/") }
    }

    private func started(_ value: String?) throws -> (TestCluster, NumbersJob) {
        let cluster = try TestCluster.start(taskManagers: 2)
        var job = NumbersJob(cluster: cluster, rows: 240_000)
        job.settings = value.map(setting) ?? ""
        try job.submit(["--parallelism", "2"])
        try cluster.wait(["checkpoints", "numbers"], for: "COMPLETED")
        return (cluster, job)
    }

    @Test
    func `DELETE_ON_CANCELLATION deletes the checkpoints of a cancelled job but no savepoint`()
        throws
    {
        let (cluster, _) = try started("DELETE_ON_CANCELLATION")
        let taken = try cluster.jobctl(["savepoint", "numbers"])
        #expect(taken.exit == 0, "\(taken.text)")
        let savepoint =
            taken.text.split(whereSeparator: \.isWhitespace)
            .first { $0.contains("/savepoint-") }.map(String.init) ?? ""
        let (exit, text) = try cluster.jobctl(["cancel", "numbers"])
        #expect(exit == 0, "\(text)")
        try cluster.jobManager?.wait(for: "checkpoints were deleted")
        #expect(try checkpoints(cluster).isEmpty)
        #expect(try shared(cluster).isEmpty)
        let shown = try cluster.jobctl(["checkpoints", "numbers"]).text
        #expect(shown.contains("deleted"), "\(shown)")
        let inspected = try cluster.jobctl(["savepoint", "inspect", savepoint, "--checksums"])
        #expect(inspected.exit == 0, "\(inspected.text)")
    }

    @Test(arguments: ["RETAIN_ON_CANCELLATION", nil])
    func `a cancelled job's checkpoints stay, and another job goes on from them`(
        value: String?
    ) throws {
        let (cluster, job) = try started(value)
        // State that has been uploaded is what the next job must not take for its own.
        try cluster.wait(["checkpoints", "numbers"], for: "5 completed")
        _ = try cluster.jobctl(["cancel", "numbers"])
        try cluster.wait(["status", "numbers"], for: "CANCELED")
        let kept = try checkpoints(cluster)
        #expect(!kept.isEmpty)
        let newest = try #require(kept.max { number($0) < number($1) })
        let path = "\(cluster.folder)/checkpoints/\(newest.dropLast("/_metadata".count))"
        try job.submit(["--parallelism", "2", "--from-savepoint", path], name: "heir")
        try cluster.wait(["checkpoints", "heir"], for: "5 completed")
        // The heir's own checkpoints must have everything, with the first job's folder gone.
        let folder = newest.prefix { $0 != "/" }
        try FileManager.default.removeItem(atPath: "\(cluster.folder)/checkpoints/\(folder)")
        try cluster.killTaskManager("tm0")
        try cluster.startTaskManager("tm0")
        try cluster.wait(["list", "--all"], for: "FINISHED")
        if let defects = try job.defects() { Issue.record("\(defects)") }
    }

    private func number(_ path: String) -> Int {
        let folder = path.split(separator: "/").first { $0.hasPrefix("chk-") } ?? ""
        return Int(folder.dropFirst(4)) ?? 0
    }

    @Test func `checkpoints that another job was started from stay while it runs`() throws {
        let (cluster, job) = try started("DELETE_ON_CANCELLATION")
        let newest = try #require(try checkpoints(cluster).max { number($0) < number($1) })
        let path = "\(cluster.folder)/checkpoints/\(newest.dropLast("/_metadata".count))"
        var heir = job
        // So few slots that it has to wait for those of the first job.
        heir.settings = setting("RETAIN_ON_CANCELLATION")
        try heir.submit(["--parallelism", "3", "--from-savepoint", path], name: "heir")
        _ = try cluster.jobctl(["cancel", "numbers"])
        try cluster.wait(["status", "heir"], for: "RUNNING")
        #expect(FileManager.default.fileExists(atPath: path + "/_metadata"))
        #expect(!cluster.log.contains("checkpoints were deleted"))
        _ = try cluster.jobctl(["cancel", "heir"])
        try cluster.jobManager?.wait(for: "checkpoints were deleted")
        #expect(!FileManager.default.fileExists(atPath: path + "/_metadata"))
    }

    @Test func `NO_EXTERNALIZED_CHECKPOINTS leaves none of a job that has finished`() throws {
        let cluster = try TestCluster.start(taskManagers: 1)
        var job = NumbersJob(cluster: cluster, rows: 30_000)
        job.settings = setting("no_externalized_checkpoints")
        try job.submit(["--parallelism", "2"])
        try cluster.wait(["list", "--all"], for: "FINISHED")
        try cluster.jobManager?.wait(for: "checkpoints were deleted")
        #expect(try checkpoints(cluster).isEmpty)
        if let defects = try job.defects() { Issue.record("\(defects)") }
    }

    @Test func `a retention that does not exist is refused with those that do`() throws {
        let cluster = try TestCluster()
        try cluster.startJobManager()
        try cluster.waitForSlots(0)
        var job = NumbersJob(cluster: cluster, rows: 10)
        job.settings = setting("KEEP")
        let file = try cluster.write("wrong.sql", job.sql)
        let (exit, text) = try cluster.jobctl(["submit", file])
        #expect(exit != 0)
        #expect(
            text.contains(
                "Invalid value 'KEEP' for key '\(key)': expected one of: RETAIN_ON_CANCELLATION, "
                    + "DELETE_ON_CANCELLATION, NO_EXTERNALIZED_CHECKPOINTS."
            ),
            "\(text)"
        )
    }

    @Test func `jobs that ended long ago are forgotten, also by the next leader`() throws {
        let cluster = try TestCluster()
        try cluster.startJobManager([("jobstore.max-capacity", "1")])
        for name in ["tm0", "tm1"] { try cluster.startTaskManager(name) }
        try cluster.waitForSlots(4)
        let job = NumbersJob(cluster: cluster, rows: 2000)
        for name in ["first", "second"] {
            try job.submit(name: name)
            try cluster.wait(["status", name], for: "FINISHED")
        }
        try cluster.wait(["list", "--all"], for: "second")
        for _ in 0..<100 where try cluster.jobctl(["list", "--all"]).text.contains("first") {
            usleep(100_000)
        }
        try cluster.killJobManager()
        try cluster.startJobManager([("jobstore.expiration-time", "1 h")])
        try cluster.wait(["list", "--all"], for: "second")
        #expect(try !cluster.jobctl(["list", "--all"]).text.contains("first"))
        try cluster.killJobManager()
        try cluster.startJobManager([("jobstore.expiration-time", "1 ms")])
        try cluster.wait(["list", "--all"], for: "There are no jobs")
    }
}
