import ClusterKit
import Foundation
import PostgresConnector
import TestKit
import Testing

/// `jobctl stop --drain`: what waits for event time is sent before the job ends.
@Suite(.serialized) struct ClusterDrainTests {
    private func script(_ target: String) -> String {
        """
        SET 'execution.checkpointing.interval' = '200 ms';
        CREATE TABLE numbers (
          n BIGINT, ts AS TO_TIMESTAMP_LTZ(n, 3), WATERMARK FOR ts AS ts
        ) WITH (
          'connector' = 'datagen', 'rows-per-second' = '1000',
          'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '100000000');
        CREATE TABLE days (
          begins TIMESTAMP_LTZ(3), ends TIMESTAMP_LTZ(3), c BIGINT, n BIGINT
        ) WITH (\(target));
        INSERT INTO days
        SELECT window_start, window_end, COUNT(*), MAX(n)
        FROM TABLE(TUMBLE(TABLE numbers, DESCRIPTOR(ts), INTERVAL '1' DAY))
        GROUP BY window_start, window_end;
        """
    }

    private func rows(_ cluster: TestCluster) throws -> [[String]] {
        let path = "\(cluster.folder)/days"
        let names = try? FileManager.default.contentsOfDirectory(atPath: path)
        return try (names ?? []).filter { !$0.hasPrefix(".") && !$0.hasPrefix("_") }.flatMap {
            try String(contentsOfFile: "\(path)/\($0)", encoding: .utf8).split(separator: "\n")
                .map { $0.split(separator: ",").map(String.init) }
        }
    }

    @Test(arguments: [true, false])
    func `windows that are open are sent with --drain and kept without`(isDrained: Bool) throws {
        let cluster = try TestCluster.start(taskManagers: 2)
        let file = try cluster.write(
            "days.sql",
            script(
                "'connector' = 'filesystem', 'path' = '\(cluster.folder)/days', 'format' = 'csv'"
            )
        )
        let (exit, text) = try cluster.jobctl(
            ["submit", file, "--name", "days", "--parallelism", "1"]
        )
        #expect(exit == 0, "\(text)")
        try cluster.wait(["checkpoints", "days"], for: "COMPLETED")
        let place = ["--savepoint-path", "\(cluster.folder)/savepoints"]
        let stopped = try cluster.jobctl(["stop", "days"] + place + (isDrained ? ["--drain"] : []))
        #expect(stopped.exit == 0, "\(stopped.text)\(cluster.log)")
        let rows = try rows(cluster)
        guard isDrained else {
            #expect(rows.isEmpty)
            return
        }
        #expect(rows.count == 1, "\(rows)")
        let row = try #require(rows.first)
        // No number is missing below the largest.
        #expect(row.count == 4 && row[2] == row[3] && row[2] != "0", "\(row)")
    }

    /// A job that is being drained into a table that a session of `blocker` has locked: its
    /// savepoint is there, and nothing of it is committed.
    private func blockedDrain(
        _ server: PostgresServer,
        _ blocker: PostgresConnection
    ) throws -> (cluster: TestCluster, stop: WatchedProcess) {
        try server.sql(
            "CREATE TABLE days (begins TIMESTAMPTZ, ends TIMESTAMPTZ, c BIGINT, n BIGINT)"
        )
        let cluster = try TestCluster.start(taskManagers: 2)
        let file = try cluster.write(
            "days.sql",
            script(
                """
                'connector' = 'jdbc', 'table-name' = 'days', 'username' = 'postgres',
                'password' = 'secret', 'url' = 'jdbc:postgresql://127.0.0.1:\(server.port)/postgres'
                """
            )
        )
        let submitted = try cluster.jobctl(
            ["submit", file, "--name", "days", "--parallelism", "1"]
        )
        #expect(submitted.exit == 0, "\(submitted.text)")
        try cluster.wait(["checkpoints", "days"], for: "COMPLETED")
        try blocker.execute("BEGIN; LOCK TABLE days IN ACCESS EXCLUSIVE MODE")
        let stop = try WatchedProcess(
            [
                "env", "APUS_JOBMANAGER=\(cluster.address())", "\(TestCluster.programs)/jobctl",
                "stop", "days", "--drain", "--savepoint-path", "\(cluster.folder)/savepoints",
            ]
        )
        try stop.wait(for: "the savepoint exists") { _ in
            let files = FileManager.default.enumerator(atPath: "\(cluster.folder)/savepoints")
            return files?.contains { "\($0)".hasSuffix("/_metadata") } ?? false
        }
        return (cluster, stop)
    }

    /// Its windows have fired for good: a job that went on reading would drop every row as late.
    @Test func `a job that is drained ends in its next attempt if it cannot commit at first`()
        throws
    {
        let server = try PostgresServer()
        let blocker = try server.connect()
        let (cluster, stop) = try blockedDrain(server, blocker)
        for name in ["tm0", "tm1"] { try cluster.killTaskManager(name) }
        for name in ["tm2", "tm3"] { try cluster.startTaskManager(name) }
        try blocker.execute("ROLLBACK")
        try cluster.wait(["list", "--all"], for: "FINISHED")
        #expect(try stop.end() == 0, "\(stop.text)\(cluster.log)")
        let rows = try server.sql("SELECT count(*), sum(c), max(n) FROM days")
        #expect(rows.first?.first == "1")
        #expect(rows.first?[1] == rows.first?[2], "\(rows)")
    }

    @Test func `a drained job that is cancelled before it could commit has not been drained`()
        throws
    {
        let server = try PostgresServer()
        let blocker = try server.connect()
        let (cluster, stop) = try blockedDrain(server, blocker)
        for name in ["tm0", "tm1"] { try cluster.killTaskManager(name) }
        let cancelled = try cluster.jobctl(["cancel", "days"])
        #expect(cancelled.exit == 0, "\(cancelled.text)")
        #expect(try stop.end() != 0, "\(stop.text)")
        #expect(stop.text.contains("sinks may not have committed it"), "\(stop.text)")
        try blocker.execute("ROLLBACK")
        #expect(try server.sql("SELECT count(*) FROM days").first?.first == "0")
    }
}
