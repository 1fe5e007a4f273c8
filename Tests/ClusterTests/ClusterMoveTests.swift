import ClusterKit
import ObjectStore
import S3Store
import TestKit
import Testing

/// A savepoint that is carried to another cluster.
@Suite(.serialized) struct ClusterMoveTests {
    /// A cluster of that name whose checkpoints are in the bucket of that name.
    private func start(_ name: String, _ server: MotoServer) throws -> TestCluster {
        let common = [
            ("high-availability.cluster-id", name),
            ("execution.checkpointing.dir", "s3://\(name)/checkpoints"),
            ("s3.endpoint", server.endpoint), ("s3.access-key", server.accessKey),
            ("s3.secret-key", server.secretKey),
        ]
        var settings = TestCluster.Settings()
        settings.taskManagers = common
        // That server does one thing after the other, and the lease waits with the rest.
        settings.jobManagers =
            common + [
                ("high-availability.lease-duration", "6 s"),
                ("high-availability.renew-deadline", "4 s"),
            ]
        return try TestCluster.start(taskManagers: 2, .shipped, settings)
    }

    /// Moves all objects below a location to another.
    private func move(_ server: MotoServer, from source: String, to target: String) throws {
        var options = S3Options()
        options.endpoint = server.endpoint
        options.accessKey = server.accessKey
        options.secretKey = Secret(server.secretKey)
        let opener = StoreOpener(options: options)
        defer { opener.close() }
        let old = try opener.open(source)
        let new = try opener.open(target)
        let keys = try old.list("").map(\.key)
        for key in keys { try new.put(key, try old.get(key), ifAbsent: true) }
        try old.delete(keys)
    }

    @Test func `a savepoint that was moved to another bucket goes on in another cluster`() throws {
        let server = try MotoServer(buckets: ["one", "two"])
        let old = try start("one", server)
        let job = NumbersJob(cluster: old, rows: 120_000)
        try job.submit(["--parallelism", "2"])
        try old.wait(["checkpoints", "numbers"], for: "COMPLETED")
        let (exit, text) = try old.jobctl(
            ["stop", "numbers", "--savepoint-path", "s3://one/savepoints"]
        )
        #expect(exit == 0, "\(text)\n\(old.log)")
        let start = try #require(text.firstRange(of: "s3://one/savepoints/"), "\(text)")
        let name = text[start.upperBound...].prefix { !$0.isWhitespace }
        try old.killJobManager()
        for name in ["tm0", "tm1"] { try old.killTaskManager(name) }
        // Whatever the savepoint needs of the old cluster is gone.
        try move(server, from: "s3://one/savepoints", to: "s3://two/moved")
        try move(server, from: "s3://one/checkpoints", to: "s3://two/attic")

        let savepoint = "s3://two/moved/\(name)"
        let new = try self.start("two", server)
        let inspected = try new.jobctl(
            ["savepoint", "inspect", savepoint, "--checksums"],
            environment: [
                "AWS_ACCESS_KEY_ID=\(server.accessKey)",
                "AWS_SECRET_ACCESS_KEY=\(server.secretKey)",
                "AWS_ENDPOINT_URL_S3=\(server.endpoint)",
            ]
        )
        #expect(inspected.exit == 0, "\(inspected.text)")
        #expect(inspected.text.contains("with 2 slots"), "\(inspected.text)")
        let submitted = try new.jobctl(
            [
                "submit", "\(old.folder)/numbers.sql", "--name", "numbers", "--parallelism", "3",
                "--from-savepoint", savepoint,
            ]
        )
        #expect(submitted.exit == 0, "\(submitted.text)\n\(new.log)")
        try new.wait(["list", "--all"], for: "FINISHED")
        let checkpoints = try new.jobctl(["checkpoints", "numbers"])
        #expect(checkpoints.text.contains("restored once"), "\(checkpoints.text)")
        if let defects = try job.defects() { Issue.record("\(defects)\n\(new.log)") }
    }
}
