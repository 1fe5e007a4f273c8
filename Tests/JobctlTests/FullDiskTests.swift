import Foundation
import TestKit
import Testing

/// A disk that takes nothing more: the system refuses every write of the process to a file.
@Suite struct FullDiskTests {
    /// What every run has to count in the end.
    private static let rows = 6000

    private static func counting(_ rows: Int) -> String {
        """
        SET 'execution.checkpointing.interval' = '100 ms';
        CREATE TABLE clicks (id BIGINT, page STRING) WITH (
            'connector' = 'datagen', 'rows-per-second' = '1000', 'number-of-rows' = '\(rows)',
            'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '\(rows)'
        );
        CREATE TABLE counts (n BIGINT, total BIGINT) WITH ('connector' = 'print');
        INSERT INTO counts SELECT COUNT(*), SUM(id) FROM clicks;
        """
    }

    /// Lets the process write to files, or not.
    private static func setFull(_ isFull: Bool, _ job: WatchedProcess) throws {
        try PostgresServer.run(
            "prlimit",
            ["--pid", "\(job.id)", "--fsize=\(isFull ? "0" : "unlimited"):unlimited"]
        )
    }

    /// How to run the script in a folder of its own.
    private static func arguments(_ folder: TestFolder, counting rows: Int) throws -> [String] {
        try folder.write("job.sql", counting(rows))
        return [
            "run", "\(folder.path)/job.sql", "--state-dir", "\(folder.path)/state",
            "--output", "json",
        ]
    }

    @Test func `checkpoints fail, the job goes on, and later checkpoints hold everything`() throws {
        let folder = try TestFolder()
        let arguments = try Self.arguments(folder, counting: Self.rows)
        let job = try Jobctl.start(arguments)
        try job.waitForCheckpoints(2)
        try Self.setFull(true, job)
        try job.wait(for: "\"event\":\"checkpoint-failed\"", times: 2)
        let printed = job.count("+U[")
        try job.wait(for: "rows while the disk is full") { $0.count("+U[") > printed }
        try Self.setFull(false, job)
        try job.waitForCheckpoints(job.count("\"event\":\"checkpoint\"") + 2)
        // What was taken with a full disk behind it is whole.
        job.send(SIGKILL)
        _ = try job.end()
        #expect(job.count("\"event\":\"restarting\"") == 0, "\(job.text)")
        let next = try Jobctl.start(arguments + ["--restore", "latest"])
        #expect(try next.end() == 0, "\(next.text)")
        let last = next.lines.last { $0.contains("+U[") || $0.contains("+I[") }
        #expect(last?.hasSuffix("[\(Self.rows), \(Self.rows * (Self.rows + 1) / 2)]") == true)
    }

    @Test func `a job that is stopped then ends, with what failed`() throws {
        let folder = try TestFolder()
        let arguments = try Self.arguments(folder, counting: 1_000_000)
        let job = try Jobctl.start(arguments)
        try job.waitForCheckpoints(2)
        try Self.setFull(true, job)
        try job.wait(for: "\"event\":\"checkpoint-failed\"")
        job.send(SIGTERM)
        #expect(try job.end() == 1)
        #expect(job.text.contains("No last checkpoint could be taken in 8 tries: "))
        #expect(job.text.contains("File too large"))
        #expect(job.text.contains("Nothing is lost: a restored job goes on from checkpoint "))
        let next = try Jobctl.start(arguments + ["--restore", "latest"])
        try next.waitForCheckpoints(1)
        next.send(SIGTERM)
        #expect(try next.end() == 130)
    }

    @Test func `a job that is paused for the disk can be stopped`() throws {
        let folder = try TestFolder()
        try folder.write(
            "job.sql",
            """
            SET 'execution.checkpointing.interval' = '500 ms';
            CREATE TABLE events (k STRING, n BIGINT) WITH (
                'connector' = 'datagen', 'rows-per-second' = '100000', 'fields.k.length' = '200'
            );
            CREATE TABLE counts (k STRING, n BIGINT) WITH ('connector' = 'blackhole');
            INSERT INTO counts SELECT k, COUNT(*) FROM events GROUP BY k;
            """
        )
        let job = try Jobctl.start([
            "run", "\(folder.path)/job.sql", "--state-dir", "\(folder.path)/state",
            "--memory", "16m", "--output", "json",
        ])
        try job.waitForCheckpoints(1)
        try Self.setFull(true, job)
        try job.wait(for: "Changed state cannot be written to disk")
        // Its memory is full when no barrier comes through any more.
        sleep(3)
        let warnings = job.count("Changed state cannot be written to disk")
        #expect(warnings <= 3, "the pause between warnings doubles")
        job.send(SIGINT)
        #expect(try job.end() == 1)
        #expect(job.text.contains("No last checkpoint could be taken in 8 tries: "))
    }
}
