import ClusterKit
import Foundation
import TestKit
import Testing

/// A source of 16 files, read by fewer readers than there are files, and by as many.
@Suite(.serialized) struct ClusterScaleTests {
    private static let files = 16
    private static let rows = 16_000
    private static let keys = 37
    private static let hourMilliseconds = 3_600_000
    /// Rows come every so many milliseconds of event time, for a day.
    private static let stepMilliseconds = 24 * hourMilliseconds / rows

    private func script(_ cluster: TestCluster) -> String {
        func table(_ name: String, _ columns: String) -> String {
            """
            CREATE TABLE \(name) (\(columns)) WITH (
              'connector' = 'filesystem', 'path' = '\(cluster.folder)/\(name)', 'format' = 'json');
            """
        }
        // Readers go from file to file, each of which has rows of the whole day.
        return """
            SET 'execution.checkpointing.interval' = '200 ms';
            \(table(
                "readings",
                "n BIGINT, k BIGINT, ms BIGINT, ts AS TO_TIMESTAMP_LTZ(ms, 3), "
                    + "WATERMARK FOR ts AS ts - INTERVAL '1' DAY"
            ))
            \(table("sensors", "k BIGINT, code BIGINT"))
            \(table("hours", "code BIGINT, c BIGINT, s BIGINT, least BIGINT, largest BIGINT"))
            INSERT INTO hours
            SELECT d.code, w.c, w.s, w.least, w.largest
            FROM (
              SELECT k, COUNT(*) AS c, SUM(n) AS s, MIN(ms) AS least, MAX(ms) AS largest
              FROM TABLE(TUMBLE(TABLE readings, DESCRIPTOR(ts), INTERVAL '1' HOUR))
              GROUP BY k, window_start, window_end
            ) w
            JOIN sensors d ON w.k = d.k;
            """
    }

    private func code(_ key: Int) -> Int { key * 1000 + 7 }

    private func writeFiles(_ cluster: TestCluster) throws {
        for folder in ["readings", "sensors"] {
            try FileManager.default.createDirectory(
                atPath: "\(cluster.folder)/\(folder)",
                withIntermediateDirectories: true
            )
        }
        for file in 0..<Self.files {
            let readings = stride(from: file, to: Self.rows, by: Self.files).map { n in
                #"{"n": \#(n), "k": \#(n % Self.keys), "ms": \#(n * Self.stepMilliseconds)}"#
            }
            let sensors = stride(from: file, to: Self.keys, by: Self.files).map { key in
                #"{"k": \#(key), "code": \#(code(key))}"#
            }
            _ = try cluster.write("readings/\(file).json", readings.joined(separator: "\n"))
            _ = try cluster.write("sensors/\(file).json", sensors.joined(separator: "\n"))
        }
    }

    /// The rows that must come: one for each hour and key.
    private var wanted: [[Int]] {
        var groups: [[Int]: [Int]] = [:]
        for n in 0..<Self.rows {
            let ms = n * Self.stepMilliseconds
            groups[[ms / Self.hourMilliseconds, n % Self.keys], default: []].append(n)
        }
        return groups.map { group, all in
            let times = [all[0], all[all.count - 1]].map { $0 * Self.stepMilliseconds }
            return [code(group[1]), all.count, all.reduce(0, +)] + times
        }
    }

    @Test(arguments: [4, 16])
    func `sixteen files are joined and counted by the hour as in a recomputation`(
        parallelism: Int
    ) throws {
        let cluster = try TestCluster()
        try writeFiles(cluster)
        try cluster.startJobManager()
        for name in ["tm0", "tm1"] {
            try cluster.startTaskManager(
                name,
                [
                    ("taskmanager.numberOfTaskSlots", "\(parallelism / 2)"),
                    ("taskmanager.memory.process.size", "64m"),
                ]
            )
        }
        try cluster.waitForSlots(parallelism)
        let file = try cluster.write("hours.sql", script(cluster))
        let (exit, text) = try cluster.jobctl(
            ["submit", file, "--name", "hours", "--parallelism", "\(parallelism)"]
        )
        #expect(exit == 0, "\(text)")
        try cluster.wait(["list", "--all"], for: "FINISHED")
        let found = try FileRows(cluster.folder + "/hours").rows.map { row in
            try ["code", "c", "s", "least", "largest"].map { try row.number($0) }
        }
        let isBefore: ([Int], [Int]) -> Bool = { $0.lexicographicallyPrecedes($1) }
        #expect(found.sorted(by: isBefore) == wanted.sorted(by: isBefore), "\(cluster.log)")
    }
}
