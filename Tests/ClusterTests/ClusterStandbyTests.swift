import ClusterKit
import TestKit
import Testing

/// Two job managers side by side.
@Suite(.serialized) struct ClusterStandbyTests {
    /// A leader at the first address, a standby at the second, and four slots.
    private func cluster() throws -> TestCluster {
        let cluster = try TestCluster(jobManagers: 2)
        try cluster.startJobManager(at: 0)
        try cluster.jobManager(0)?.wait(for: "Leads the cluster in epoch 1")
        try cluster.startJobManager(at: 1)
        try cluster.jobManager(1)?.wait(for: "The leader is 'first")
        for name in ["tm0", "tm1"] { try cluster.startTaskManager(name) }
        try cluster.waitForSlots(4)
        return cluster
    }

    @Test func `a standby sends callers to the leader and says that it stands by`() throws {
        let cluster = try cluster()
        let answer = try cluster.http("/jobs/overview?a=b", at: 1, flags: ["-i"])
        let lines = answer.split(separator: "\r\n").map { $0.lowercased() }
        #expect(lines.first?.hasPrefix("http/1.1 307") == true, "\(answer)")
        let leader = cluster.address(of: 0)
        #expect(lines.contains("location: \(leader)/jobs/overview?a=b"), "\(answer)")
        let readiness = try cluster.http("/readyz", at: 1)
        #expect(readiness.contains("stands by; the leader is \(leader)"), "\(readiness)")
        let (exit, text) = try cluster.jobctl(["taskmanagers"], at: 1)
        #expect(exit == 0 && text.contains("tm0") && text.contains("tm1"), "\(text)")
    }

    @Test func `a standby takes over when the leader beside it is killed, and nothing is lost`()
        throws
    {
        let cluster = try cluster()
        let job = NumbersJob(cluster: cluster, rows: 120_000)
        try job.submit(["--parallelism", "4"], at: 1)
        try cluster.wait(["checkpoints", "numbers"], for: "COMPLETED", at: 1)
        try cluster.killJobManager(0)
        // Whoever only knows the standby is asked to wait until it leads, and then answered.
        let (exit, text) = try cluster.jobctl(["list", "--all"], at: 1)
        #expect(exit == 0 && text.contains("numbers"), "\(text)")
        try cluster.jobManager(1)?.wait(for: "Leads the cluster in epoch 2")
        try cluster.waitForSlots(4, at: 1)
        // The former leader comes back and stands by: it sends its callers to the new one.
        try cluster.startJobManager(at: 0)
        try cluster.jobManager(0)?.wait(for: "The leader is 'standby1")
        try cluster.wait(["list", "--all"], for: "FINISHED", at: 0)
        if let defects = try job.defects() { Issue.record("\(defects)") }
    }

    @Test func `a leader that is told to stop hands over to the standby, and the job goes on`()
        throws
    {
        let cluster = try cluster()
        let job = NumbersJob(cluster: cluster, rows: 120_000)
        try job.submit(["--parallelism", "4"])
        try cluster.wait(["checkpoints", "numbers"], for: "COMPLETED")
        cluster.jobManager(0)?.send(15)
        #expect(try cluster.jobManager(0)?.end() == 0)
        try cluster.wait(["list", "--all"], for: "FINISHED", at: 1)
        if let defects = try job.defects() { Issue.record("\(defects)") }
    }
}
