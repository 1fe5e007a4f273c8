import ClusterKit
import Foundation
import TestKit
import Testing

/// Jobs on a cluster whose processes are killed.
@Suite(.serialized) struct ClusterKillTests {
    private func run(
        rows: Int,
        parallelism: Int = 4,
        _ disturb: (TestCluster) throws -> Void
    ) throws {
        let cluster = try TestCluster.start(taskManagers: 2)
        let job = NumbersJob(cluster: cluster, rows: rows)
        try job.submit(["--parallelism", "\(parallelism)"])
        try cluster.wait(["checkpoints", "numbers"], for: "COMPLETED")
        try disturb(cluster)
        try cluster.wait(["list", "--all"], for: "FINISHED")
        for folder in ["written", "pairs"] {
            if let defect = try job.defect(in: folder) {
                Issue.record("\(defect)\n\(cluster.log)")
            }
        }
    }

    @Test func `a task manager that is killed and started again costs no row`() throws {
        try run(rows: 120_000) { cluster in
            try cluster.killTaskManager("tm0")
            try cluster.startTaskManager("tm0")
        }
    }

    @Test func `a job manager that is killed and started again goes on with its jobs`() throws {
        try run(rows: 120_000) { cluster in
            try cluster.killJobManager()
            try cluster.startJobManager()
            try cluster.waitForSlots(4)
            try cluster.wait(["status", "numbers"], for: "RUNNING")
        }
    }

    @Test func `a standby takes over from a leader that is killed`() throws {
        try run(rows: 120_000) { cluster in
            try cluster.killJobManager()
            // The address is free again: the standby of this machine gets it.
            try cluster.startJobManager([("jobmanager.name", "second")])
            try cluster.waitForSlots(4)
            try cluster.wait(["status", "numbers"], for: "RUNNING")
        }
    }

    /// Tells a task manager that runs part of the job to stop.
    private func stop(_ name: String, of cluster: TestCluster) throws {
        let leaving = try #require(cluster.taskManager(name))
        leaving.send(15)
        #expect(try leaving.end() == 0)
        #expect(leaving.text.contains("Stopping: tasks are being ended."), "\(leaving.text)")
        #expect(leaving.text.hasSuffix("Stopped.\n"), "\(leaving.text)")
        try cluster.jobManager?.wait(for: "it leaves: it was told to stop")
    }

    @Test func `a task manager that stops in good order costs no row, and another takes over`()
        throws
    {
        try run(rows: 120_000) { cluster in
            try stop("tm0", of: cluster)
            try cluster.wait(["status", "numbers"], for: "waits for 4 slots")
            try cluster.startTaskManager("tm2")
            try cluster.wait(["status", "numbers"], for: "RUNNING")
            #expect(cluster.log.contains("starts again from"), "\(cluster.log)")
        }
    }

    @Test func `a job that has room elsewhere goes on there when its task manager is told to stop`()
        throws
    {
        try run(rows: 120_000, parallelism: 2) { cluster in
            // The job may have both of its slots on either.
            let places = try cluster.jobctl(["status", "numbers"]).text
            try stop(places.contains("tm0-") ? "tm0" : "tm1", of: cluster)
            try cluster.wait(["status", "numbers"], for: "RUNNING")
            #expect(cluster.log.contains("starts again from"), "\(cluster.log)")
        }
    }

    @Test func `a job waits for slots and says so`() throws {
        let cluster = try TestCluster.start(taskManagers: 1)
        let job = NumbersJob(cluster: cluster, rows: 20_000)
        try job.submit(["--parallelism", "4"])
        try cluster.wait(
            ["status", "numbers"],
            for: "waits for 4 slots: the cluster has 2 in all (1 task manager)"
        )
        try cluster.startTaskManager("tm1")
        try cluster.wait(["list", "--all"], for: "FINISHED")
        #expect(try job.defect(in: "written") == nil)
    }
}
