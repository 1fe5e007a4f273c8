import ClusterKit
import Foundation
import TestKit
import Testing

/// Rows crawl through buffers that are as small as they can be made, with most of them for one
/// slot, while barriers follow each other closely: whoever waits for room in a circle hangs here.
@Suite(.serialized) struct ClusterPressureTests {
    /// The sequence is joined with itself by a unique key, and four of five pairs are for key 0.
    private func script(_ folder: String, rows: Int, batchRows: Int) -> String {
        func source(_ name: String) -> String {
            """
            CREATE TABLE \(name) (
              n BIGINT, k AS CASE WHEN MOD(n, 5) < 4 THEN 0 ELSE MOD(n, 31) + 1 END,
              t AS TO_TIMESTAMP_LTZ(n, 3), WATERMARK FOR t AS t
            ) WITH (
              'connector' = 'datagen', 'number-of-rows' = '\(rows)',
              'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '\(rows)');
            """
        }
        func sink(_ name: String, _ columns: String, _ format: String) -> String {
            """
            CREATE TABLE \(name) (\(columns)) WITH (
              'connector' = 'filesystem', 'path' = '\(folder)/\(name)', 'format' = '\(format)');
            """
        }
        return """
            SET 'execution.checkpointing.interval' = '100 ms';
            SET 'apus.batch-rows' = '\(batchRows)';
            \(source("numbers"))
            \(source("partners"))
            \(sink("pairs", "k BIGINT, n BIGINT", "json"))
            \(sink("totals", "k BIGINT, c BIGINT, s BIGINT", "debezium-json"))
            \(sink("windows", "k BIGINT, c BIGINT, s BIGINT", "json"))
            INSERT INTO pairs SELECT a.k, a.n FROM numbers a JOIN partners b ON a.n = b.n;
            INSERT INTO totals SELECT a.k, COUNT(*), SUM(a.n + b.n)
              FROM numbers a JOIN partners b ON a.n = b.n GROUP BY a.k;
            INSERT INTO windows SELECT k, COUNT(*), SUM(n) FROM TABLE(
              TUMBLE(TABLE numbers, DESCRIPTOR(t), INTERVAL '1' SECOND))
              GROUP BY window_start, window_end, k;
            """
    }

    @Test(arguments: [1, 5])
    func `skewed rows in the smallest batches arrive while barriers follow each other`(
        batchRows: Int
    ) throws {
        let rows = 30_000
        let cluster = try TestCluster()
        try cluster.startJobManager()
        for name in ["tm0", "tm1"] {
            // The least memory, so that state and epochs go over the disk, too.
            try cluster.startTaskManager(name, [("taskmanager.memory.process.size", "16m")])
        }
        try cluster.waitForSlots(4)
        let file = try cluster.write(
            "pressure.sql",
            script(cluster.folder, rows: rows, batchRows: batchRows)
        )
        let (exit, text) = try cluster.jobctl(
            ["submit", file, "--name", "pressure", "--parallelism", "4"]
        )
        #expect(exit == 0, "\(text)")
        try cluster.wait(["list", "--all"], for: "FINISHED", seconds: 180)
        // A job that hung and was started again would come to the right result, too.
        #expect(!cluster.log.contains("starts again from"), "\(cluster.log)")
        let checkpoints = try cluster.jobctl(["checkpoints", "pressure"]).text
        // Barriers did go through while rows did; most of them, whatever the machine is like.
        let completed = checkpoints.split(separator: "\n").first { $0.contains(" completed") }
            .flatMap { $0.split(separator: " ").first.flatMap { Int($0) } }
        #expect((completed ?? 0) >= 5, "\(checkpoints)")

        let key: (Int) -> Int = { $0 % 5 < 4 ? 0 : $0 % 31 + 1 }
        let pairs = try FileRows(cluster.folder + "/pairs").rows.map { try $0.number("n") }
        #expect(pairs.sorted() == Array(1...rows))
        var totals: [Int: [Int]] = [:]
        var windows: [[Int]: [Int]] = [:]
        for n in 1...rows {
            let total = totals[key(n)] ?? [0, 0]
            totals[key(n)] = [total[0] + 1, total[1] + 2 * n]
            let window = windows[[n / 1000, key(n)]] ?? [0, 0]
            windows[[n / 1000, key(n)]] = [window[0] + 1, window[1] + n]
        }
        #expect(try lastTotals(cluster.folder + "/totals") == totals)
        let found = try FileRows(cluster.folder + "/windows").rows
            .map { [try $0.number("k"), try $0.number("c"), try $0.number("s")] }
        let wanted = windows.map { [$0.key[1]] + $0.value }
        #expect(
            found.sorted { $0.lexicographicallyPrecedes($1) }
                == wanted.sorted {
                    $0.lexicographicallyPrecedes($1)
                }
        )
    }

    /// What is left of a changelog: every row that was inserted and not taken back.
    private func lastTotals(_ folder: String) throws -> [Int: [Int]] {
        var counts: [[Int]: Int] = [:]
        for change in try FileRows(folder).rows {
            for (image, sign) in [("before", -1), ("after", 1)] {
                guard let row = change.object(image) else { continue }
                let values = [try row.number("k"), try row.number("c"), try row.number("s")]
                counts[values, default: 0] += sign
            }
        }
        let left = counts.filter { $0.value != 0 }
        #expect(left.allSatisfy { $0.value == 1 }, "rows were doubled or taken back too often")
        return Dictionary(left.keys.map { ($0[0], Array($0[1...])) }) { first, _ in first + [-1] }
    }
}

/// The rows in the files of a folder, one object of JSON each.
struct FileRows {
    struct Row {
        fileprivate let fields: [String: Any]

        func number(_ name: String) throws -> Int {
            guard let number = fields[name] as? Int else {
                throw WatchedProcess.Failure(description: "no number '\(name)' in \(fields)")
            }
            return number
        }

        func object(_ name: String) -> Row? {
            (fields[name] as? [String: Any]).map { Row(fields: $0) }
        }
    }

    let rows: [Row]

    init(_ folder: String) throws {
        var rows: [Row] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where !name.hasPrefix(".") && !name.hasPrefix("_") {
            let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            for line in text.split(separator: "\n") {
                let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
                guard let fields = value as? [String: Any] else {
                    throw WatchedProcess.Failure(description: "no object: \(line)")
                }
                rows.append(Row(fields: fields))
            }
        }
        self.rows = rows
    }
}
