import ClusterKit
import Foundation
import TestKit
import Testing

/// Which savepoints a script may start from, as `jobctl submit` says at once.
@Suite(.serialized) struct ClusterRestoreTests {
    /// Counts clicks by a column.
    private func script(by column: String) -> String {
        """
        SET 'execution.checkpointing.interval' = '200 ms';
        CREATE TABLE clicks (page STRING, visitor INT) WITH (
          'connector' = 'datagen', 'rows-per-second' = '1000', 'fields.page.length' = '1');
        CREATE TABLE counts (name STRING, clicks BIGINT) WITH ('connector' = 'blackhole');
        INSERT INTO counts
        SELECT CAST(\(column) AS STRING), COUNT(*) FROM clicks GROUP BY \(column);

        """
    }

    /// Another job in the same script.
    private let unrelated = """
        CREATE TABLE ticks (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '10');
        CREATE TABLE seen (n BIGINT) WITH ('connector' = 'blackhole');
        INSERT INTO seen SELECT n FROM ticks;
        """

    /// A cluster on which a job has been stopped, and where its savepoint is.
    private func stopped() throws -> (TestCluster, savepoint: String) {
        let cluster = try TestCluster.start(taskManagers: 1)
        let file = try cluster.write("first.sql", script(by: "page"))
        let submitted = try cluster.jobctl(["submit", file, "--parallelism", "2"])
        try #require(submitted.exit == 0, "\(submitted.text)")
        try cluster.wait(["checkpoints", "first"], for: "COMPLETED")
        let place = "\(cluster.folder)/savepoints"
        let stopped = try cluster.jobctl(["stop", "first", "--savepoint-path", place])
        try #require(stopped.exit == 0, "\(stopped.text)\n\(cluster.log)")
        let path = stopped.text.split(whereSeparator: \.isWhitespace)
            .first { $0.contains("/savepoint-") }
        return (cluster, String(try #require(path)))
    }

    private func submit(
        _ sql: String,
        as name: String,
        to cluster: TestCluster,
        from savepoint: String,
        _ more: [String] = []
    ) throws -> (exit: Int32, text: String) {
        let file = try cluster.write("\(name).sql", sql)
        return try cluster.jobctl(
            ["submit", file, "--parallelism", "2", "--from-savepoint", savepoint] + more
        )
    }

    /// What the registry has of jobs.
    private func registered(_ cluster: TestCluster) throws -> Set<String> {
        let path = "\(cluster.folder)/checkpoints/test/jobs"
        return Set(try FileManager.default.contentsOfDirectory(atPath: path))
    }

    @Test func `a script with an unrelated change goes on from the savepoint`() throws {
        let (cluster, savepoint) = try stopped()
        let sql = script(by: "page") + unrelated
        let (exit, text) = try submit(sql, as: "more", to: cluster, from: savepoint)
        #expect(exit == 0, "\(text)")
        try cluster.wait(["status", "more"], for: "RUNNING")
        #expect(try cluster.jobctl(["status", "more"]).text.contains("restored "))
        #expect(!cluster.log.contains("start without state"))
    }

    @Test func `a related change is refused at once, unless its state may be dropped`() throws {
        let (cluster, savepoint) = try stopped()
        let before = try registered(cluster)
        #expect(before.count == 1)
        let sql = script(by: "visitor")
        let refused = try submit(sql, as: "changed", to: cluster, from: savepoint)
        #expect(refused.exit == 4, "\(refused.text)")
        for words in [
            "Cannot map checkpoint/savepoint state to the new program",
            "GroupAggregate(groupBy=[page]", "groups: value [STRING] -> [",
            "GroupAggregate(groupBy=[visitor]", "groups: value [INT] -> [",
            "--allow-non-restored-state",
        ] {
            #expect(refused.text.contains(words), "\(refused.text)")
        }
        #expect(try registered(cluster) == before)
        #expect(try !cluster.jobctl(["list", "--all"]).text.contains("changed"))

        let allowed = try submit(
            sql,
            as: "changed",
            to: cluster,
            from: savepoint,
            ["--allow-non-restored-state"]
        )
        #expect(allowed.exit == 0, "\(allowed.text)")
        try cluster.wait(["status", "changed"], for: "RUNNING")
    }

    @Test func `a savepoint that is not there, or is damaged, is refused at once`() throws {
        let (cluster, savepoint) = try stopped()
        let before = try registered(cluster)
        let sql = script(by: "page")
        let missing = try submit(sql, as: "lost", to: cluster, from: savepoint + "0")
        #expect(missing.exit == 4, "\(missing.text)")
        #expect(missing.text.contains("There is no savepoint or checkpoint at '\(savepoint)0'"))

        let manifest = URL(filePath: savepoint).appending(path: "_metadata")
        var bytes = try Data(contentsOf: manifest)
        bytes[bytes.count / 2] ^= 0xFF
        try FileManager.default.removeItem(at: manifest)
        try bytes.write(to: manifest)
        let damaged = try submit(sql, as: "lost", to: cluster, from: savepoint)
        #expect(damaged.exit == 4, "\(damaged.text)")
        #expect(damaged.text.contains("has changed: checksum"), "\(damaged.text)")
        #expect(try registered(cluster) == before)
        #expect(try !cluster.jobctl(["list", "--all"]).text.contains("lost"))
    }
}
