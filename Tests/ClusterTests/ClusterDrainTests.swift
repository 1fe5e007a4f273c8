import ClusterKit
import Foundation
import TestKit
import Testing

/// `jobctl stop --drain`: what waits for event time is sent before the job ends.
@Suite(.serialized) struct ClusterDrainTests {
    private func script(_ cluster: TestCluster) -> String {
        """
        SET 'execution.checkpointing.interval' = '200 ms';
        CREATE TABLE numbers (
          n BIGINT, ts AS TO_TIMESTAMP_LTZ(n, 3), WATERMARK FOR ts AS ts
        ) WITH (
          'connector' = 'datagen', 'rows-per-second' = '1000',
          'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '100000000');
        CREATE TABLE days (start_at TIMESTAMP_LTZ(3), rows_seen BIGINT, largest BIGINT) WITH (
          'connector' = 'filesystem', 'path' = '\(cluster.folder)/days', 'format' = 'csv');
        INSERT INTO days
        SELECT window_start, COUNT(*), MAX(n)
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
        let file = try cluster.write("days.sql", script(cluster))
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
        #expect(row.count == 3 && row[1] == row[2] && row[1] != "0", "\(row)")
    }
}
