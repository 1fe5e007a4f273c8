import Columnar
import Connectors
import Core
import PostgresConnector
import Synchronization
import TestKit
import Testing
import Threads

/// Writes to a table without pause until it is told to stop: every kind of transaction.
private final class Scribbler: Sendable {
    private let isStopped = Mutex(false)
    private let thread = Mutex<WorkerThread?>(nil)
    let failures = Mutex<[String]>([])

    init(
        _ server: PostgresServer,
        _ database: String,
        seed: UInt64,
        keyOf: @escaping @Sendable (Int) -> String
    ) {
        let worker = WorkerThread(name: "scribbler") { [self] in
            do {
                let connection = try server.connect(database: database)
                var random = Seeded(seed)
                var round = 0
                while !isStopped.withLock({ $0 }) {
                    round += 1
                    try scribble(connection, &random, "\(seed)_\(round)", keyOf)
                }
            } catch {
                failures.withLock { $0.append(String(describing: error)) }
            }
        }
        thread.withLock { $0 = worker }
    }

    func stop() {
        isStopped.withLock { $0 = true }
        thread.withLock { $0 }?.join()
    }

    private func scribble(
        _ connection: PostgresConnection,
        _ random: inout Seeded,
        _ name: String,
        _ keyOf: (Int) -> String
    ) throws {
        func change() -> String {
            let key = keyOf(Int.random(in: 0..<600, using: &random))
            let other = keyOf(Int.random(in: 0..<600, using: &random))
            let value = Int.random(in: 0..<1_000_000, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                return "INSERT INTO t VALUES (\(key), \(value)) ON CONFLICT DO NOTHING"
            case 4..<7: return "UPDATE t SET v = \(value) WHERE k = \(key)"
            case 7: return "DELETE FROM t WHERE k = \(key)"
            default:
                return """
                    UPDATE t SET k = \(other) WHERE k = \(key) \
                    AND NOT EXISTS (SELECT 1 FROM t o WHERE o.k = \(other))
                    """
            }
        }
        let changes = (0..<Int.random(in: 1...4, using: &random)).map { _ in change() }
        let body = changes.joined(separator: "; ")
        // Two writers may move rows to the same key: that transaction is simply lost.
        func tolerating(_ sql: String) throws {
            do throws(PostgresError) {
                try connection.execute(sql)
            } catch {
                guard ["23", "40"].contains(error.sqlState?.prefix(2) ?? "") else { throw error }
                if connection.isInTransaction { try connection.execute("ROLLBACK") }
            }
        }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: try tolerating("BEGIN; \(body); ROLLBACK")
        case 1:
            try tolerating(
                "BEGIN; \(changes[0]); SAVEPOINT s; \(body); ROLLBACK TO s; \(change()); COMMIT"
            )
        case 2:
            try tolerating("BEGIN; \(body); PREPARE TRANSACTION 'p\(name)'")
            let prepared = try connection.execute(
                "SELECT count(*) FROM pg_prepared_xacts WHERE gid = 'p\(name)'"
            )
            if prepared.integer(0, 0) == 1 {
                let end = Bool.random(using: &random) ? "COMMIT" : "ROLLBACK"
                try connection.execute("\(end) PREPARED 'p\(name)'")
            }
        case 3: try tolerating("BEGIN; \(body); SELECT pg_sleep(0.02); COMMIT")
        default: try tolerating("BEGIN; \(body); COMMIT")
        }
    }
}

/// A small generator with a seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite(.serialized) struct SeamTests {
    /// Captures a table that two sessions change all the time, with crashes at random moments and
    /// restores at another parallelism, and compares at the end.
    private func check(
        _ name: String,
        keyType: String,
        declared: DataType,
        seed: UInt64,
        isFull: Bool = false,
        hasKey: Bool = true,
        keyOf: @escaping @Sendable (Int) -> String
    ) throws {
        let database = "seam_\(name)_\(seed)"
        let server = try SharedServer.database(
            database,
            "CREATE TABLE t(k \(keyType) \(hasKey ? "PRIMARY KEY" : ""), v int);"
                + (isFull ? "ALTER TABLE t REPLICA IDENTITY FULL;" : "")
        )
        let values = stride(from: 0, to: 600, by: 2).map { "(\(keyOf($0)), \($0))" }
        try server.sql("INSERT INTO t VALUES \(values.joined(separator: ","))", database: database)
        let capture = Capture(server: server, database: database)
        let table = capture.table(
            "t",
            [TableColumn("k", declared), .int("v")],
            key: isFull ? [] : ["k"],
            [
                "scan.incremental.snapshot.chunk.size": "40", "scan.snapshot.fetch.size": "7",
                "connect.max-retries": "6",
            ]
        )
        let driver = Capture.driver([table])
        driver.batchRows = 5
        var random = Seeded(seed)
        let writers = [
            Scribbler(server, database, seed: seed &* 2, keyOf: keyOf),
            Scribbler(server, database, seed: seed &* 2 &+ 1, keyOf: keyOf),
        ]
        defer { driver.crash() }
        try driver.start(parallelism: 2)
        for _ in 0..<14 {
            for _ in 0..<Int.random(in: 1...14, using: &random) {
                try driver.step(waitingMicroseconds: 1000)
            }
            let between = Int.random(in: 0...2, using: &random)
            try driver.checkpoint(
                completes: Int.random(in: 0..<4, using: &random) > 0,
                roundsBetween: between
            )
            if Int.random(in: 0..<3, using: &random) == 0 {
                driver.crash()
                try driver.start(parallelism: Int.random(in: 1...3, using: &random))
            }
        }
        for writer in writers { writer.stop() }
        for writer in writers { #expect(writer.failures.withLock { $0 } == []) }
        let wanted = try server.sql("SELECT k, v FROM t", database: database)
            .map { "\($0[0] ?? "null")|\($0[1] ?? "null")|" }.sorted()
        var image = TableImage()
        let isEqual = try driver.run(seconds: 20) {
            image = TableImage(key: isFull ? [] : [0])
            for (_, batch) in driver.delivered { image.apply(batch) }
            return image.rows == wanted
        }
        #expect(isEqual, "seed \(seed): \(image.rows.count) rows, not \(wanted.count)")
        #expect(image.contradictions == [], "seed \(seed)")
    }

    @Test(arguments: 1...6)
    func `no change is lost or doubled at the seam`(seed: UInt64) throws {
        try check("int", keyType: "int", declared: .integer, seed: seed) { String($0) }
    }

    @Test(arguments: 1...2)
    func `keys that only the server can order are judged by it`(seed: UInt64) throws {
        try check("text", keyType: "text", declared: .string, seed: seed) {
            "'Key \($0 * 7 % 600)'"
        }
    }

    @Test(arguments: 1...2)
    func `whole rows before changes stay right across the seam`(seed: UInt64) throws {
        try check("full", keyType: "numeric", declared: .decimal(10, 2), seed: seed, isFull: true) {
            "\($0 - 300).25"
        }
    }

    @Test func `more keys than are remembered change while a table is read`() throws {
        let server = try SharedServer.database(
            "seam_many",
            """
            CREATE TABLE t(k text COLLATE "und-x-icu" PRIMARY KEY, v int);
            INSERT INTO t SELECT 'k' || i, i FROM generate_series(1, 25000) i
            """
        )
        let capture = Capture(server: server, database: "seam_many")
        let columns = [TableColumn("k", .string), .int("v")]
        let table = capture.table(
            "t",
            columns,
            key: ["k"],
            ["scan.incremental.snapshot.chunk.size": "5000"]
        )
        let driver = Capture.driver([table])
        driver.batchRows = 5000
        defer { driver.crash() }
        try driver.start(parallelism: 1)
        for _ in 0..<3 { try driver.step() }
        // Keys that are known by then, and many that are not.
        try server.sql(
            "UPDATE t SET v = -v WHERE k < 'k17'; UPDATE t SET v = v - 1",
            database: "seam_many"
        )
        let wanted = try server.sql("SELECT k, v FROM t", database: "seam_many")
            .map { "\($0[0] ?? "")|\($0[1] ?? "")|" }.sorted()
        var steps = 0
        var taken = 0
        var image = TableImage(key: [0])
        let isEqual = try driver.run(seconds: 60) {
            steps += 1
            if steps % 50 == 0 { _ = try? driver.checkpoint() }
            for (_, batch) in driver.delivered[taken...] { image.apply(batch) }
            taken = driver.delivered.count
            return steps % 50 == 0 && image.rows == wanted
        }
        #expect(isEqual)
    }

    @Test func `a table without a key is read in one piece`() throws {
        try check(
            "nokey",
            keyType: "int",
            declared: .integer,
            seed: 1,
            isFull: true,
            hasKey: false
        ) { String($0) }
    }

    @Test func `no row is handed over before the server has flushed what its snapshot counts`()
        throws
    {
        // Aborts are flushed by the WAL writer, in its own time.
        let server = try PostgresServer(["wal_writer_delay": "2s"])
        try server.sql("CREATE TABLE t(k int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)")
        let capture = Capture(server: server, database: "postgres")
        let driver = Capture.driver([capture.table("t", [.int("k"), .int("v")], key: ["k"])])
        defer { driver.crash() }
        try driver.start(parallelism: 1)
        try server.sql("BEGIN; INSERT INTO t VALUES (2, 2); ROLLBACK")
        let end = try server.sql("SELECT pg_current_wal_insert_lsn()")[0][0] ?? ""
        #expect(try driver.run { !driver.rows().isEmpty })
        #expect(try server.sql("SELECT pg_current_wal_flush_lsn() >= '\(end)'") == [["t"]])
        #expect(driver.rows() == ["+I[1, 1]"])
    }
}
