import BenchmarkKit
import Core
import ObjectStore
import PostgresConnector
import TestKit

/// From the commit of a change in one PostgreSQL server to the commit that shows it in another.
///
/// `LatencyBenchmark [SECONDS] [CHANGES A SECOND] [CHANGES A TRANSACTION]`
///
/// `jobctl run` copies a table by change capture and the JDBC sink. Both servers note the time of
/// each commit (`track_commit_timestamp`), on the same clock; their difference is the latency.
@main struct LatencyBenchmark {
    private struct Mode {
        let name: String
        let checkpointInterval: String
        let budgets: (p50: Figure.Budget, p99: Figure.Budget)?
    }

    private static let modes = [
        Mode(
            name: "immediate",
            checkpointInterval: "1 s",
            budgets: (.atMost(20), .atMost(100))
        ),
        // Rows show when their checkpoint is complete: half an interval and the checkpoint.
        Mode(name: "checkpoint", checkpointInterval: "100 ms", budgets: nil),
    ]

    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let load = ChangeLoad(
            seconds: numbers.first ?? 30,
            changesPerSecond: numbers.dropFirst().first ?? 3333,
            changesPerTransaction: numbers.dropFirst(2).first ?? 1
        )
        let settings = ["track_commit_timestamp": "on", "max_wal_size": "4GB"]
        let source = try PostgresServer(settings)
        let target = try PostgresServer(settings)
        Report.begin(
            """
            Commit to commit, \(load.changesPerSecond) changes/s for \(load.seconds) s, \
            \(load.changesPerTransaction) in a transaction
            """
        )
        for mode in modes { try measure(mode, load, source, target) }
    }

    private static func measure(
        _ mode: Mode,
        _ load: ChangeLoad,
        _ source: PostgresServer,
        _ target: PostgresServer
    ) throws {
        let table = "changes_\(mode.name)"
        let columns = "id bigint PRIMARY KEY, account bigint, amount numeric(18, 2), note text"
        for server in [source, target] { try server.sql("CREATE TABLE \(table) (\(columns))") }
        let folder = "/tmp/apus-benchmark-\(LocalFiles.processNumber)-\(mode.name)"
        try LocalFiles.makeFolders(folder)
        defer {
            do { try LocalFiles.removeAll(folder) } catch { Report.note("\(error)") }
        }
        let script = CopyScript(
            table: table,
            sourcePort: source.port,
            targetPort: target.port,
            commitMode: mode.name,
            checkpointInterval: mode.checkpointInterval
        )
        let job = try JobProcess(script: script.text, folder: folder)
        defer { job.stop() }
        // Row 0 tells that the job is up: snapshot done, streaming.
        try source.sql("INSERT INTO \(table) VALUES (0, 0, 0, 'first')")
        try job.waitUntil(within: 60) { try count(table, target) == 1 }
        try source.sql("UPDATE \(table) SET amount = 1 WHERE id = 0")
        try job.waitUntil(within: 60) {
            try target.sql("SELECT 1 FROM \(table) WHERE amount = 1").count == 1
        }
        let cpuBefore = job.cpuSeconds
        let written = try load.write(to: table, source)
        try job.waitUntil(within: 120) { try count(table, target) == written.rows + 1 }
        let cpu = job.cpuSeconds - cpuBefore
        let latencies = try latencies(table, source, target)
        guard latencies.count == written.rows else {
            throw BenchmarkFailure(
                "\(latencies.count) of \(written.rows) rows have commit times"
            )
        }
        let name = "'\(mode.name)', checkpoint every \(mode.checkpointInterval)"
        let rate = "\(Figure.text(Double(written.rows) / written.seconds)) changes/s written"
        func quantile(_ part: Double) -> Double { latencies[Int(Double(latencies.count) * part)] }
        Report.line("\(name): p50", Figure(quantile(0.5), "ms", mode.budgets?.p50), rate)
        Report.line("  p99", Figure(quantile(0.99), "ms", mode.budgets?.p99))
        Report.line("  worst", Figure(latencies[latencies.count - 1], "ms"))
        Report.line(
            "  CPU of the job",
            Figure(cpu * 100 / written.seconds, "% of one"),
            "\(job.peakMegabytes) MB resident"
        )
    }

    private static func count(_ table: String, _ server: PostgresServer) throws -> Int {
        Int(try server.sql("SELECT count(*) FROM \(table)")[0][0] ?? "") ?? 0
    }

    /// Milliseconds between the two commits of every row but the first, rising.
    private static func latencies(
        _ table: String,
        _ source: PostgresServer,
        _ target: PostgresServer
    ) throws -> [Double] {
        let query = """
            SELECT id, (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000000)::bigint
            FROM \(table) WHERE id > 0
            """
        var commits: [String: Int64] = [:]
        for row in try source.sql(query) {
            if let id = row[0], let time = row[1] { commits[id] = Int64(time) }
        }
        return try target.sql(query).compactMap { row -> Double? in
            guard let id = row[0], let time = row[1].flatMap({ Int64($0) }),
                let start = commits[id]
            else { return nil }
            return Double(time - start) / 1000
        }.sorted()
    }
}
