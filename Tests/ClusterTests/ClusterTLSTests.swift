import ClusterKit
import TestKit
import Testing

/// A cluster whose programs show certificates to each other, with HTTPS and a token for callers.
@Suite(.serialized) struct ClusterTLSTests {
    @Test func `a job runs over two task managers with TLS everywhere`() throws {
        let certificates = try TestCertificates()
        let cluster = try TestCluster(certificates: certificates, token: "right")
        try cluster.startJobManager()
        for name in ["tm0", "tm1"] { try cluster.startTaskManager(name) }
        try cluster.waitForSlots(4)
        let job = NumbersJob(cluster: cluster, rows: 60_000)
        try job.submit(["--parallelism", "4"])
        try cluster.wait(["checkpoints", "numbers"], for: "COMPLETED")
        // Connections of the data plane are made again, too.
        try cluster.killTaskManager("tm1")
        try cluster.startTaskManager("tm1")
        try cluster.wait(["list", "--all"], for: "FINISHED")
        if let defects = try job.defects() { Issue.record("\(defects)") }
        #expect(!cluster.log.contains("right"), "a secret is in the log:\n\(cluster.log)")
    }

    @Test func `task managers that cannot prove who they are are refused with a sentence`() throws {
        let ours = try TestCertificates()
        let theirs = try TestCertificates()
        let cluster = try TestCluster(certificates: ours, token: "right")
        try cluster.startJobManager()
        // Its authority is another: it does not take the job manager for one of its cluster.
        try cluster.startTaskManager("foreign", theirs.inside)
        // It trusts our authority, which has not signed what it shows.
        try cluster.startTaskManager(
            "forged",
            theirs.inside + [("security.ssl.internal.ca-file", ours.authorityFile)]
        )
        try cluster.startTaskManager("plain", [("security.ssl.internal.enabled", "false")])
        try cluster.startTaskManager("wrong", [("cluster.token", "wrong")])
        try cluster.taskManager("foreign")?.wait(for: "is not of an authority that this end trusts")
        try cluster.taskManager("forged")?
            .wait(for: "does not trust the authority of this end's certificate")
        try cluster.taskManager("plain")?.wait(for: "one end with TLS and the other without")
        try cluster.taskManager("wrong")?.wait(for: "is not the token of the cluster")
        // The job manager says whom it refused, and why.
        try cluster.jobManager?.wait(for: "(tls)", times: 3)
        try cluster.jobManager?.wait(for: "(wrong-token)")
        try cluster.startTaskManager("friend")
        try cluster.waitForSlots(2)
    }

    @Test func `callers of REST without the authority or the token are told what is missing`()
        throws
    {
        let certificates = try TestCertificates()
        let cluster = try TestCluster(certificates: certificates, token: "right")
        try cluster.startJobManager()
        try cluster.waitForSlots(0)
        let stranger = try cluster.jobctl(["list"], flags: [])
        #expect(stranger.exit != 0)
        #expect(
            stranger.text.contains("--ca-file names the authority to trust"),
            "\(stranger.text)"
        )
        for environment in [["APUS_TOKEN=wrong"], []] {
            let (exit, text) = try cluster.jobctl(["list"], environment: environment)
            #expect(exit != 0)
            #expect(text.contains("token"), "\(text)")
            #expect(text.contains("--token-file"), "\(text)")
        }
        let plain = try cluster.jobctl(
            ["list", "--jobmanager", cluster.address().replacing("https", with: "http")]
        )
        #expect(plain.exit != 0)
        #expect(plain.text.contains("https"), "\(plain.text)")
        let friend = try cluster.jobctl(["list"])
        #expect(friend.exit == 0, "\(friend.text)")
    }
}
