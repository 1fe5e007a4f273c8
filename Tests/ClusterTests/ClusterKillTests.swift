import ClusterKit
import Foundation
import TestKit
import Testing

/// Jobs on a cluster whose processes are killed.
@Suite(.serialized) struct ClusterKillTests {
    private func run(
        rows: Int,
        _ disturb: (TestCluster) throws -> Void
    ) throws {
        let cluster = try TestCluster.start(taskManagers: 2)
        let job = NumbersJob(cluster: cluster, rows: rows)
        try job.submit(["--parallelism", "4"])
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
