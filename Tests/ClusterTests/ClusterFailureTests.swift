import ClusterKit
import Foundation
import TestKit
import Testing

/// Failures that no restart heals.
@Suite(.serialized) struct ClusterFailureTests {
    @Test func `a division by zero on a task manager fails the job, which is not tried again`()
        throws
    {
        let cluster = try TestCluster.start(taskManagers: 2)
        let file = try cluster.write(
            "shares.sql",
            """
            SET 'execution.checkpointing.interval' = '200 ms';
            SET 'restart-strategy.exponential-delay.initial-backoff' = '1 ms';
            CREATE TABLE numbers (n BIGINT) WITH (
              'connector' = 'datagen', 'rows-per-second' = '1000',
              'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '100000000');
            CREATE TABLE shares (share BIGINT) WITH ('connector' = 'blackhole');
            INSERT INTO shares SELECT 1000 / (n - 2000) FROM numbers;
            """
        )
        let (exit, text) = try cluster.jobctl(
            ["submit", file, "--name", "shares", "--parallelism", "4", "--wait"]
        )
        #expect(exit == 1, "\(text)\n\(cluster.log)")
        #expect(text.contains("/ by zero"), "\(text)")
        let id = try #require(text.firstMatch(of: #/as job (\w+)/#)?.1)
        let failures = try cluster.http("/jobs/\(id)/exceptions")
        #expect(failures.split(separator: "\"exceptionName\":").count == 2, "\(failures)")
        #expect(failures.contains("\"exceptionName\":\"user\""), "\(failures)")
        let status = try cluster.jobctl(["status", "shares"]).text
        #expect(status.contains("FAILED") && status.contains("0 restarts"), "\(status)")
        // The task managers are there for the next job.
        let job = NumbersJob(cluster: cluster, rows: 1000)
        try job.submit(["--parallelism", "4"])
        try cluster.wait(["status", "numbers"], for: "FINISHED")
        if let defects = try job.defects() { Issue.record("\(defects)") }
    }
}
