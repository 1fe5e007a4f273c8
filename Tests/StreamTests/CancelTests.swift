import Columnar
import Connectors
import Core
import JobManager
import Synchronization
import TestKit
import Testing

/// Jobs that are ended at any moment and go on from their newest checkpoint.
@Suite struct CancelTests {
    private static let sql = """
        CREATE TABLE orders (id BIGINT, customer BIGINT, price BIGINT)
        WITH ('connector' = 'script');
        CREATE TABLE customers (id BIGINT, city BIGINT) WITH ('connector' = 'script');
        CREATE TABLE cities (city BIGINT, orders BIGINT, buyers BIGINT, total BIGINT, low BIGINT)
        WITH ('connector' = 'collect');
        CREATE TABLE buyers (customer BIGINT, n BIGINT, high BIGINT, PRIMARY KEY (customer) NOT ENFORCED)
        WITH ('connector' = 'collect', 'mode' = 'upsert');
        CREATE TABLE dear (id BIGINT, price BIGINT) WITH ('connector' = 'collect');
        EXECUTE STATEMENT SET
        BEGIN
        INSERT INTO cities
        SELECT c.city, COUNT(*), COUNT(DISTINCT o.customer), SUM(o.price), MIN(o.price)
        FROM orders o LEFT JOIN customers c ON o.customer = c.id GROUP BY c.city;
        INSERT INTO buyers SELECT customer, COUNT(*), MAX(price) FROM orders GROUP BY customer;
        INSERT INTO dear SELECT id, price FROM orders WHERE price > 990;
        END;
        """

    private static func column(_ values: [Int64]) -> Column {
        Column(.bigint, FixedValues(values))
    }

    private static func script() -> Script {
        let orders = ScriptRows.generated(count: 30_000) { range in
            let ids = range.map { Int64($0) }
            return RecordBatch(
                [
                    column(ids), column(ids.map { $0 * 7919 % 600 }),
                    column(ids.map { $0 * 31 % 1000 }),
                ],
                count: range.count
            )
        }
        let customers = ScriptRows.generated(count: 500) { range in
            let ids = range.map { Int64($0) }
            return RecordBatch([column(ids), column(ids.map { $0 % 7 })], count: range.count)
        }
        return Script(
            [Script.Step("orders", orders), Script.Step("customers", customers)],
            isGated: false
        )
    }

    private static func job(_ script: Script, _ tables: CollectedTables) -> EmbeddedJob {
        var job = EmbeddedJob(
            ConnectorRegistry([ScriptFactory(script), CollectFactory(tables)])
        )
        job.settings = [
            "apus.batch-rows": "32",
            "execution.checkpointing.interval": "2 ms",
            "restart-strategy.type": "none",
        ]
        return job
    }

    private static func rows() throws -> [String] {
        let tables = CollectedTables()
        let script = script()
        let outcome = try StreamRun.run(job(script, tables), sql, script)
        guard case .finished = outcome else { throw StreamProblem("\(outcome)") }
        return tables.rows
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `a job that is cancelled ten times delivers every row once`(
        _ seed: UInt64
    ) async throws {
        let (expected, tables, starts) = try await JobThreads.run {
            let expected = try Self.rows()
            let script = Self.script()
            let tables = CollectedTables()
            let observer = StartObserver()
            var job = Self.job(script, tables)
            job.observer = observer
            if seed == 3 { job.stateBytesPerSlot = 1 }
            var random = SplitMix(state: seed)
            for _ in 0..<10 {
                job.parallelism = Int.random(in: 1...3, using: &random)
                script.faults.readsBeforeStop = Int.random(in: 20...300, using: &random)
                let outcome = try StreamRun.run(job, Self.sql, script, isCancelled: true)
                if case .failed(let failure) = outcome { throw failure }
            }
            job.parallelism = 2
            script.faults.readsBeforeStop = nil
            let outcome = try StreamRun.run(job, Self.sql, script)
            guard case .finished = outcome else { throw StreamProblem("\(outcome)") }
            return (expected, tables, observer.starts)
        }
        #expect(expected.count > 500)
        #expect(tables.rows == expected)
        #expect(starts.count == 11)
        #expect(starts.contains { $0 != nil }, "some run went on from a checkpoint")
    }
}

/// Notes what the attempts of a job start from.
private final class StartObserver: JobObserver {
    private let noted = Mutex<[CheckpointID?]>([])

    var starts: [CheckpointID?] { noted.withLock { $0 } }

    func attemptStarted(_: Int, from checkpoint: CheckpointID?, notes _: [String]) {
        noted.withLock { $0.append(checkpoint) }
    }

    func running(_: JobCounters) {}
    func checkpointCompleted(_: CheckpointID, microseconds _: Int64, _: CheckpointStats) {}
    func checkpointGivenUp(_: CheckpointID, reason _: String) {}
    func restarting(_: WrappedFailure, afterMicroseconds _: Int64) {}
    func report(_: ConnectorReport, from _: String) {}
}
