import Columnar
import Connectors
import JobManager
import TestKit
import Testing

/// State that is larger than its memory.
@Suite struct LargeStateTests {
    private static let keys = 1_000_000
    private static let sql = """
        CREATE TABLE events (k BIGINT, price BIGINT) WITH ('connector' = 'script');
        CREATE TABLE results (n BIGINT, keys BIGINT, total BIGINT) WITH ('connector' = 'collect');
        INSERT INTO results
        SELECT n, COUNT(*), SUM(total)
        FROM (SELECT k, COUNT(*) AS n, SUM(price) AS total FROM events GROUP BY k)
        GROUP BY n;
        """

    /// Events from `first` on; a million of them have all keys, each once.
    private static func events(from first: Int, count: Int) -> ScriptRows {
        .generated(count: count) { range in
            let events = range.map { first + $0 }
            return RecordBatch(
                [
                    Column(.bigint, FixedValues(events.map { Int64($0 * 999_983 % keys) })),
                    Column(.bigint, FixedValues(events.map { Int64($0 % 1000) })),
                ],
                count: range.count
            )
        }
    }

    private static func total(_ events: Range<Int>) -> Int {
        events.reduce(0) { $0 + $1 % 1000 }
    }

    @Test
    func `a million groups in 16 MB give what they give in memory, also at another parallelism`()
        async throws
    {
        let rows = try await JobThreads.run {
            let script = Script([
                Script.Step("events", Self.events(from: 0, count: Self.keys)),
                Script.Step("events", Self.events(from: Self.keys, count: Self.keys / 2)),
            ])
            let tables = CollectedTables()
            var job = EmbeddedJob(
                ConnectorRegistry([ScriptFactory(script), CollectFactory(tables)])
            )
            job.stateBytesPerSlot = 16 << 20
            job.settings = ["apus.batch-rows": "4096", "execution.checkpointing.interval": "0 s"]
            job.parallelism = 2
            script.faults.stopsAfter = 0
            var outcome = try StreamRun.run(job, Self.sql, script)
            guard case .cancelled = outcome else { throw StreamProblem("\(outcome)") }
            job.parallelism = 3
            script.faults.stopsAfter = nil
            outcome = try StreamRun.run(job, Self.sql, script)
            guard case .finished = outcome else { throw StreamProblem("\(outcome)") }
            return tables.rows
        }
        let half = Self.keys / 2
        let once = Self.total(half..<Self.keys)
        let twice = Self.total(0..<half) + Self.total(Self.keys..<Self.keys + half)
        #expect(rows == ["+I[1, \(half), \(once)]", "+I[2, \(half), \(twice)]"])
    }
}
