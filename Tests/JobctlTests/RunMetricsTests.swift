import Foundation
import TestKit
import Testing

/// `jobctl run --metrics-port`.
@Suite struct RunMetricsTests {
    /// A count that goes on, and a file with one good record and one that cannot be decoded.
    private func script(_ folder: TestFolder) -> String {
        """
        SET 'execution.checkpointing.interval' = '200 ms';
        CREATE TABLE numbers (n BIGINT) WITH (
          'connector' = 'datagen', 'rows-per-second' = '1000',
          'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '100000000');
        CREATE TABLE totals (c BIGINT) WITH ('connector' = 'blackhole');
        CREATE TABLE letters (n BIGINT) WITH (
          'connector' = 'filesystem', 'path' = '\(folder.path)/letters.json', 'format' = 'json',
          'error.mode' = 'skip');
        CREATE TABLE kept (n BIGINT) WITH ('connector' = 'blackhole');
        INSERT INTO totals SELECT COUNT(*) FROM numbers;
        INSERT INTO kept SELECT n FROM letters;
        """
    }

    private func status(_ address: String) throws -> String {
        let process = try ChildProcess.start(
            ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", address],
            capturing: true
        )
        let text = process.readAll()
        process.wait()
        return text
    }

    @Test func `a run serves the metrics of its job under the names of a cluster`() throws {
        let folder = try TestFolder()
        try folder.write("letters.json", "{\"n\": 1}\nbroken\n")
        try folder.write("count.sql", script(folder))
        let run = try Jobctl.start(["run", "\(folder.path)/count.sql", "--metrics-port", "0"])
        try run.wait(for: "Metrics at ")
        let start = try #require(run.text.firstRange(of: "Metrics at "))
        let address = String(run.text[start.upperBound...].prefix { !$0.isWhitespace }.dropLast())
        #expect(address.hasPrefix("http://127.0.0.1:") && address.hasSuffix("/metrics"))
        let root = String(address.dropLast("/metrics".count))
        #expect(try status(root + "/healthz") == "200")

        let wanted = [
            "flink_jobmanager_job_uptime", "flink_jobmanager_job_lastCompletedCheckpointId",
            "flink_taskmanager_job_task_numRecordsIn",
            "flink_taskmanager_job_task_numRecordsInPerSecond",
            "flink_taskmanager_job_task_operator_numRecordsSend",
            "flink_taskmanager_job_task_operator_numRecordsInErrors",
            "flink_taskmanager_Status_Flink_Memory_Managed_Used", "process_open_fds",
        ]
        try run.wait(for: "all families") { _ in
            let scrape = try Scrape.get(address)
            return wanted.allSatisfy { scrape.sum($0) > 0 }
        }
        let scrape = try Scrape.get(address)
        #expect(scrape.defects.isEmpty, "\(scrape.defects)")
        #expect(scrape.sum("flink_taskmanager_job_task_operator_numRecordsInErrors") == 1)
        #expect(try status(root + "/readyz") == "200")
        run.send(SIGINT)
        #expect(try run.end() == 130)
        #expect(try status(root + "/healthz") == "000")
    }
}
