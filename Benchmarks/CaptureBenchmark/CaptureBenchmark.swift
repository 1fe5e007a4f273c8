import BenchmarkKit
import Columnar
import Connectors
import Core
import PostgresConnector
import TestKit

/// Rows a second of change capture against `pg_recvlogical` on the same log, the time from a
/// statement to the batch that holds its change, and rows a second of the sink in both modes.
///
/// `swift run -c release CaptureBenchmark [rows]`
@main struct CaptureBenchmark {
    static func main() throws {
        let rows = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 300_000
        let server = try PostgresServer(["synchronous_commit": "on", "max_wal_size": "4GB"])
        Report.begin("PostgreSQL, \(rows) rows of 6 columns")
        try capture(server, rows)
        try latency(server)
        try deliver(server, rows, "checkpoint")
        try deliver(server, rows, "immediate")
    }

    private static func table(_ server: PostgresServer, _ slot: String) -> TableDefinition {
        TableDefinition(
            path: "default_catalog.default_database.t",
            columns: [
                TableColumn("id", .bigint), TableColumn("account", .integer),
                TableColumn("amount", .decimal(12, 2)), TableColumn("status", .string),
                TableColumn("at", .timestamp(6)), TableColumn("note", .string),
            ],
            primaryKey: [0],
            options: [
                "connector": "postgres-cdc", "hostname": "127.0.0.1", "port": String(server.port),
                "username": "postgres", "password": "secret", "database-name": "postgres",
                "table-name": "t", "slot.name": slot, "scan.startup.mode": "committed-offset",
                "debezium.publication.name": "bench",
                "debezium.publication.autocreate.mode": "disabled",
            ]
        )
    }

    private static func capture(_ server: PostgresServer, _ rows: Int) throws {
        try server.sql(
            """
            CREATE TABLE t(id bigint PRIMARY KEY, account int, amount numeric(12,2), status text,
                at timestamp, note text);
            CREATE PUBLICATION bench FOR TABLE t
            """
        )
        for round in 0..<3 {
            for slot in ["ours\(round)", "theirs\(round)"] {
                try server.sql("SELECT pg_create_logical_replication_slot('\(slot)', 'pgoutput')")
            }
        }
        let step = 1000
        for start in stride(from: 0, to: rows, by: step) {
            try server.sql(
                """
                INSERT INTO t SELECT g, g % 5000, g / 7.0, 'completed', now(), 'note ' || g
                FROM generate_series(\(start + 1), \(min(start + step, rows))) g
                """
            )
        }
        let end = try server.sql("SELECT pg_current_wal_lsn()")[0][0] ?? ""
        var theirs: [Double] = []
        var ours: [Double] = []
        var cpu: [Double] = []
        for round in 0..<3 {
            theirs.append(Double(rows) / (try receive(server, "theirs\(round)", end)) / 1000)
            let read = try read(server, "ours\(round)", rows)
            ours.append(Double(rows) / read.seconds / 1000)
            cpu.append(read.cpuSeconds * 1e6 / Double(rows))
        }
        let percent = zip(ours, theirs).map { $0 / $1 * 100 }
        Report.line("pg_recvlogical to /dev/null", medianOf: theirs, "k rows/s")
        Report.line("change capture to batches", medianOf: ours, "k rows/s")
        Report.line("  of pg_recvlogical's on the same log", medianOf: percent, "%", .atLeast(80))
        Report.line("  CPU of the client", medianOf: cpu, "µs/row")
        for round in 0..<3 {
            for slot in ["ours\(round)", "theirs\(round)"] {
                try server.sql("SELECT pg_drop_replication_slot('\(slot)')")
            }
        }
    }

    private static func receive(
        _ server: PostgresServer,
        _ slot: String,
        _ end: String
    ) throws -> Double {
        let meter = Meter()
        try PostgresServer.run(
            "env",
            [
                "PGPASSWORD=secret", "pg_recvlogical", "-h", "127.0.0.1", "-p",
                String(server.port), "-U", "postgres", "-d", "postgres", "-S", slot, "--start",
                "-o", "proto_version=1", "-o", "publication_names=bench", "--endpos", end,
                "-f", "/dev/null",
            ]
        )
        return meter.wall
    }

    private static func read(
        _ server: PostgresServer,
        _ slot: String,
        _ rows: Int
    ) throws -> (seconds: Double, cpuSeconds: Double) {
        let definition = table(server, slot)
        let request = SourceRequest(table: definition, projection: .all(of: definition))
        let factory = PostgresCDCFactory()
        let context = SourceContext(
            subtask: 0,
            parallelism: 1,
            batchRows: 4096,
            time: SystemTime(),
            jobID: JobID(text: "bench"),
            claim: 1,
            report: { _ in }
        )
        let enumerator = try factory.makeEnumerator([request], context)
        try enumerator.start()
        let reader = try factory.makeReader([request], context)
        guard case .split(let split) = try enumerator.nextSplit(forSubtask: 0) else {
            return (.infinity, 0)
        }
        let meter = Meter()
        try reader.assign(split)
        var count = 0
        while count < rows {
            if case .batch(let batch, _) = try reader.read(waitingMicroseconds: 100_000) {
                count += batch.count
            }
        }
        let result = (meter.wall, meter.process)
        reader.close()
        enumerator.close()
        return result
    }

    private static func latency(_ server: PostgresServer) throws {
        let definition = table(server, "lat")
        try server.sql("SELECT pg_create_logical_replication_slot('lat', 'pgoutput')")
        let driver = SourceDriver(
            PostgresCDCFactory(),
            [SourceRequest(table: definition, projection: .all(of: definition))]
        )
        try driver.start(parallelism: 1)
        let connection = try server.connect()
        var waits: [Double] = []
        for id in 1...1000 {
            let meter = Meter()
            try connection.execute("UPDATE t SET account = \(id) WHERE id = \(id)")
            while driver.delivered.count < id { try driver.step(waitingMicroseconds: 100_000) }
            waits.append(meter.wall * 1000)
        }
        waits.sort()
        Report.line("statement to batch, one at a time, p50", Figure(waits[500], "ms"))
        Report.line("  p99", Figure(waits[990], "ms"))
        driver.crash()
    }

    private static func deliver(_ server: PostgresServer, _ rows: Int, _ mode: String) throws {
        try server.sql(
            """
            DROP TABLE IF EXISTS sink;
            CREATE TABLE sink(id bigint PRIMARY KEY, n numeric(12,2), s text)
            """
        )
        let columns = [
            TableColumn("id", .bigint), TableColumn("n", .decimal(12, 2)),
            TableColumn("s", .string),
        ]
        let definition = TableDefinition(
            path: "default_catalog.default_database.sink",
            columns: columns,
            primaryKey: [0],
            options: [
                "connector": "jdbc", "table-name": "sink", "username": "postgres",
                "password": "secret", "sink.commit-mode": mode,
                "url": "jdbc:postgresql://127.0.0.1:\(server.port)/postgres",
            ]
        )
        let context = SinkContext(
            subtask: 0,
            parallelism: 1,
            jobID: JobID(text: "bench\(mode)"),
            uid: OperatorUID("sink"),
            claim: 1,
            time: SystemTime(),
            scratchPath: "\(server.folder)-scratch",
            report: { _ in }
        )
        let writer = try JdbcFactory().makeWriter(definition, context)
        try writer.recover(nil, [])
        let meter = Meter()
        var epoch: CheckpointID = 0
        for first in stride(from: 0, to: rows, by: 4096) {
            let ids = (first..<min(first + 4096, rows)).map { Int64($0) }
            let batch = RecordBatch(
                [
                    Column(.bigint, FixedValues(ids)),
                    Column(.decimal(12, 2), FixedValues(ids.map { $0 * 3 })),
                    Column(.string, BytesValues(ids.map { "value \($0)" })),
                ],
                count: ids.count
            )
            try writer.write(batch)
            if first / 4096 % 12 == 11 {
                epoch += 1
                try writer.commit(epoch, writer.prepareCommit(epoch))
            }
        }
        epoch += 1
        try writer.commit(epoch, writer.prepareCommit(epoch))
        let (seconds, cpu) = (meter.wall, meter.process)
        writer.close()
        Report.line(
            "sink, commit mode '\(mode)'",
            Figure(Double(rows) / seconds / 1000, "k rows/s"),
            "\(Figure.text(cpu * 1e6 / Double(rows))) µs of client CPU a row"
        )
    }
}
