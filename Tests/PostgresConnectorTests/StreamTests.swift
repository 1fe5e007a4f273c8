import Columnar
import Connectors
import Core
import PostgresConnector
import TestKit
import Testing

/// The stream: values that are not sent, schema changes, broken connections, positions.
@Suite(.serialized) struct StreamTests {
    private func start(
        _ database: String,
        _ setup: String,
        port: Int? = nil,
        _ tables: (Capture) -> [TableDefinition]
    ) throws -> (PostgresServer, SourceDriver) {
        let server = try SharedServer.database(database, setup)
        let capture = Capture(server: server, database: database, port: port)
        let driver = Capture.driver(tables(capture))
        try driver.start(parallelism: 1)
        return (server, driver)
    }

    private let latest = ["scan.startup.mode": "latest-offset"]

    /// Steps until the driver throws; the message of what it threw.
    private func failure(_ driver: SourceDriver, seconds: Double = 10) -> String {
        message { _ = try driver.run(seconds: seconds) { false } }
    }

    @Test func `an unchanged large value is never delivered as a value`() throws {
        let big = "(SELECT string_agg(md5(g::text), '') FROM generate_series(1, 200) g)"
        let setup = """
            CREATE TABLE t(id int PRIMARY KEY, big text, n int);
            ALTER TABLE t ALTER big SET STORAGE EXTERNAL; INSERT INTO t VALUES (1, \(big), 1);
            CREATE TABLE f(id int PRIMARY KEY, big text, n int);
            ALTER TABLE f ALTER big SET STORAGE EXTERNAL; INSERT INTO f VALUES (1, \(big), 1);
            ALTER TABLE f REPLICA IDENTITY FULL
            """
        let (server, driver) = try start("st_toast", setup) { capture in
            let columns: [TableColumn] = [.int("id"), .text("big"), .int("n")]
            return [
                capture.table(
                    "t",
                    columns + [.meta("$unchanged", .bytes)],
                    key: ["id"],
                    latest
                ),
                capture.table("f", columns, key: ["id"], latest),
                capture.table("t", [.int("id"), .int("n")], key: ["id"], latest),
            ]
        }
        defer { driver.crash() }
        for _ in 0..<3 { try driver.step() }
        try server.sql("UPDATE t SET n = 2; UPDATE f SET n = 2", database: "st_toast")
        #expect(try driver.run { driver.rows(1).count == 1 && driver.rows(2).count == 1 })
        #expect(driver.rows(0) == ["+U[1, null, 2, [2]]"])
        #expect(driver.rows(2) == ["+U[1, 2]"])
        #expect(driver.rows(1)[0].count > 6400)
        let refused = Capture.driver([
            Capture(server: server, database: "st_toast")
                .table(
                    "t",
                    [.int("id"), .text("big")],
                    key: ["id"],
                    latest.merging(["slot.name": "st_toast_2"]) { $1 }
                )
        ])
        try refused.start(parallelism: 1)
        for _ in 0..<3 { try refused.step() }
        try server.sql("UPDATE t SET n = 3", database: "st_toast")
        let text = failure(refused)
        #expect(text.contains("Column 'big' of table \"public\".\"t\" holds a large (TOAST) value"))
        #expect(text.contains("REPLICA IDENTITY FULL"))
        refused.crash()
    }

    @Test func `an unchanged large value under a new key is refused, or whole with FULL`() throws {
        let big = "(SELECT string_agg(md5(g::text), '') FROM generate_series(1, 200) g)"
        let (server, driver) = try start(
            "st_moved",
            """
            CREATE TABLE t(id int PRIMARY KEY, big text);
            ALTER TABLE t ALTER big SET STORAGE EXTERNAL; INSERT INTO t VALUES (1, \(big));
            CREATE TABLE f(id int PRIMARY KEY, big text);
            ALTER TABLE f ALTER big SET STORAGE EXTERNAL; INSERT INTO f VALUES (1, \(big));
            ALTER TABLE f REPLICA IDENTITY FULL
            """
        ) { capture in
            [
                capture.table(
                    "t",
                    [.int("id"), .text("big"), .meta("$unchanged", .bytes)],
                    key: ["id"],
                    latest
                ),
                capture.table("f", [.int("id"), .text("big")], key: ["id"], latest),
            ]
        }
        defer { driver.crash() }
        for _ in 0..<3 { try driver.step() }
        try server.sql("UPDATE f SET id = 2", database: "st_moved")
        #expect(try driver.run { driver.rows(1).count == 2 })
        #expect(driver.rows(1)[1].count > 6400)
        try server.sql("UPDATE t SET id = 2", database: "st_moved")
        let text = failure(driver)
        #expect(text.contains("An update changed the key of a row of table \"public\".\"t\""))
        #expect(text.contains("column 'big'") && text.contains("REPLICA IDENTITY FULL;"))
    }

    @Test func `metadata tells where and when a change was made`() throws {
        let (server, driver) = try start(
            "st_meta",
            "CREATE TABLE t(id int PRIMARY KEY); INSERT INTO t VALUES (1)"
        ) {
            [
                $0.table(
                    "t",
                    [
                        .meta("table_name", DataType.string.notNull), .int("id"),
                        .meta("schema_name", DataType.string.notNull),
                        .meta("database_name", DataType.string.notNull),
                        .meta("row_kind", DataType.string.notNull),
                        .meta("op_ts", DataType.timestampLTZ(3).notNull),
                        .meta("lsn", DataType.bigint.notNull),
                    ],
                    key: ["id"]
                )
            ]
        }
        defer { driver.crash() }
        #expect(try driver.run { driver.rows().count == 1 })
        #expect(driver.rows()[0] == "+I[t, 1, public, st_meta, +I, 1970-01-01T00:00:00Z, 0]")
        try server.sql("DELETE FROM t", database: "st_meta")
        #expect(try driver.run { driver.rows().count == 2 })
        #expect(driver.rows()[1].hasPrefix("-D[t, 1, public, st_meta, -D, 20"))
        #expect(!driver.rows()[1].hasSuffix(", 0]"))
    }

    @Test func `a new column is ignored, a changed or dropped one stops the job`() throws {
        let (server, driver) = try start("st_ddl", "CREATE TABLE t(id int PRIMARY KEY, v int)") {
            [$0.table("t", [.int("id"), .int("v")], key: ["id"], latest)]
        }
        for _ in 0..<3 { try driver.step() }
        try server.sql(
            """
            INSERT INTO t VALUES (1, 1); ALTER TABLE t ADD extra text;
            INSERT INTO t VALUES (2, 2, 'x')
            """,
            database: "st_ddl"
        )
        #expect(try driver.run { driver.rows() == ["+I[1, 1]", "+I[2, 2]"] })
        try driver.checkpoint()
        try server.sql(
            """
            INSERT INTO t VALUES (3, 3); ALTER TABLE t ALTER v TYPE text;
            INSERT INTO t VALUES (4, '4')
            """,
            database: "st_ddl"
        )
        let changed = failure(driver)
        #expect(
            changed.contains("Column 'v' of table \"public\".\"t\" was integer and is text now")
        )
        driver.crash()
        // Back in place before the restart: the checkpoint goes on, and nothing is lost.
        let text = message { try driver.start(parallelism: 1) }
        #expect(text.contains("Declare it STRING"))
        driver.crash()
        let other = try start("st_drop", "CREATE TABLE t(id int PRIMARY KEY, v int)") {
            [$0.table("t", [.int("id"), .int("v")], key: ["id"], latest)]
        }
        for _ in 0..<3 { try other.1.step() }
        try other.0.sql(
            "ALTER TABLE t RENAME v TO w; INSERT INTO t VALUES (1, 1)",
            database: "st_drop"
        )
        #expect(failure(other.1).contains("Column 'v' of table \"public\".\"t\", which the job"))
        other.1.crash()
    }

    @Test func `a truncated table stops the job unless told otherwise`() throws {
        let (server, driver) = try start("st_trunc", "CREATE TABLE t(id int PRIMARY KEY)") {
            [$0.table("t", [.int("id")], key: ["id"], latest)]
        }
        defer { driver.crash() }
        for _ in 0..<3 { try driver.step() }
        try server.sql("INSERT INTO t VALUES (1); TRUNCATE t", database: "st_trunc")
        #expect(failure(driver).contains("'scan.truncate' = 'ignore'"))
    }

    @Test func `a replica identity that is taken away is noticed at the next change`() throws {
        let (server, driver) = try start(
            "st_identity",
            "CREATE TABLE t(id int PRIMARY KEY); ALTER TABLE t REPLICA IDENTITY FULL"
        ) { [$0.table("t", [.int("id")], latest)] }
        defer { driver.crash() }
        for _ in 0..<3 { try driver.step() }
        try server.sql(
            "INSERT INTO t VALUES (1); ALTER TABLE t REPLICA IDENTITY DEFAULT; DELETE FROM t",
            database: "st_identity"
        )
        #expect(failure(driver).contains("ALTER TABLE \"public\".\"t\" REPLICA IDENTITY FULL"))
    }

    @Test func `a table taken out of the publication is noticed at a heartbeat`() throws {
        let beat = ["heartbeat.interval.ms": "50 ms"].merging(latest) { $1 }
        let (server, driver) = try start("st_unpub", "CREATE TABLE t(id int PRIMARY KEY)") {
            [$0.table("t", [.int("id")], key: ["id"], beat)]
        }
        defer { driver.crash() }
        for _ in 0..<3 { try driver.step() }
        try server.sql("ALTER PUBLICATION slot_st_unpub DROP TABLE t", database: "st_unpub")
        #expect(failure(driver).contains("was taken out of publication \"slot_st_unpub\""))
    }

    @Test func `connections cut at any moment lose and double nothing`() throws {
        let shared = try SharedServer.server.get()
        let proxy = try CuttingProxy(to: shared.port)
        defer { proxy.close() }
        let (server, driver) = try start(
            "st_cut",
            "CREATE TABLE t(id int PRIMARY KEY, v int)",
            port: proxy.port
        ) {
            [
                $0.table(
                    "t",
                    [.int("id"), .int("v")],
                    key: ["id"],
                    ["connect.max-retries": "20"].merging(latest) { $1 }
                )
            ]
        }
        defer { driver.crash() }
        driver.batchRows = 16
        var random = Seeded(7)
        for _ in 0..<3 { try driver.step() }
        for round in 0..<12 {
            try server.sql(
                """
                INSERT INTO t SELECT g, 0
                FROM generate_series(\(round * 100 + 1), \(round * 100 + 100)) g
                """,
                database: "st_cut"
            )
            for _ in 0..<Int.random(in: 0...6, using: &random) { try driver.step() }
            proxy.cut()
            if round % 4 == 3 { try driver.checkpoint() }
            if round % 5 == 4 {
                driver.crash()
                try driver.start(parallelism: 1)
            }
        }
        #expect(try driver.run { driver.rows().count >= 1200 })
        #expect(driver.rows() == (1...1200).map { "+I[\($0), 0]" })
        #expect(driver.reports.warnings.contains { $0.contains("The replication stream of slot") })
        #expect(driver.reports.messages.contains { $0.contains("connected again after") })
    }

    @Test func `a barrier inside a large transaction is exact for every table`() throws {
        let setup = "CREATE TABLE a(id int PRIMARY KEY); CREATE TABLE b(id int PRIMARY KEY)"
        let (server, driver) = try start("st_large", setup) { capture in
            [
                capture.table("a", [.int("id")], key: ["id"], latest),
                capture.table("b", [.int("id")], key: ["id"], latest),
            ]
        }
        defer { driver.crash() }
        driver.batchRows = 10
        for _ in 0..<3 { try driver.step() }
        try driver.checkpoint()
        let inserts = (1...150).map {
            "INSERT INTO a VALUES (\($0)); INSERT INTO b VALUES (\($0));"
        }
        try server.sql("BEGIN; \(inserts.joined()) COMMIT", database: "st_large")
        var random = Seeded(3)
        while driver.rows(0).count < 150 || driver.rows(1).count < 150 {
            for _ in 0..<Int.random(in: 1...5, using: &random) { try driver.step() }
            try driver.checkpoint(completes: Bool.random(using: &random))
            if Int.random(in: 0..<3, using: &random) == 0 {
                driver.crash()
                // The stretch that is read again is cut in other places.
                driver.batchRows = Int.random(in: 1...20, using: &random)
                try driver.start(parallelism: 2)
            }
        }
        let wanted = (1...150).map { "+I[\($0)]" }
        #expect(driver.rows(0) == wanted)
        #expect(driver.rows(1) == wanted)
    }

    // Only one of two outputs had its rows of a stretch when the checkpoint was taken. After the
    // restore the stretch is read in other pieces, and a checkpoint falls between them.
    @Test(arguments: [true, false])
    func `what one output has already is not given twice by the restore after the next`(
        isOneTransaction: Bool
    ) throws {
        let database = "st_ahead_\(isOneTransaction)"
        let setup = "CREATE TABLE a(id int PRIMARY KEY); CREATE TABLE b(id int PRIMARY KEY)"
        let (server, driver) = try start(database, setup) { capture in
            [
                capture.table("a", [.int("id")], key: ["id"], latest),
                capture.table("b", [.int("id")], key: ["id"], latest),
            ]
        }
        defer { driver.crash() }
        for _ in 0..<3 { try driver.step() }
        try driver.checkpoint()
        driver.crash()
        let inserts = (1...40).map {
            "INSERT INTO a VALUES (\($0)); INSERT INTO b VALUES (\($0));"
        }
        let all = inserts.joined()
        try server.sql(isOneTransaction ? "BEGIN; \(all) COMMIT" : all, database: database)
        try driver.start(parallelism: 1)
        #expect(try driver.run(checkpointEvery: .max) { !driver.rows(0).isEmpty })
        let ahead = driver.rows(0).count
        #expect(driver.rows(1).isEmpty)
        for batchRows in [1, 3] {
            try driver.checkpoint()
            driver.crash()
            driver.batchRows = batchRows
            try driver.start(parallelism: 1)
            let before = driver.rows(1).count
            #expect(try driver.run(checkpointEvery: .max) { driver.rows(1).count > before })
            #expect(driver.rows(0).count == ahead)
        }
        let wanted = (1...40).map { "+I[\($0)]" }
        #expect(
            try driver.run { driver.rows(0).count >= 40 && driver.rows(1).count >= 40 }
        )
        #expect(driver.rows(0) == wanted)
        #expect(driver.rows(1) == wanted)
    }

    @Test func `only a completed checkpoint lets the server forget, also when nothing comes`()
        throws
    {
        let beat = ["heartbeat.interval.ms": "20 ms"].merging(latest) { $1 }
        let (server, driver) = try start(
            "st_idle",
            "CREATE TABLE t(id int PRIMARY KEY); CREATE TABLE other(id int)"
        ) { [$0.table("t", [.int("id")], key: ["id"], beat)] }
        func confirmed() throws -> LSN {
            let text = try server.sql(
                """
                SELECT confirmed_flush_lsn FROM pg_replication_slots
                WHERE slot_name = 'slot_st_idle'
                """
            )
            return LSN(text: text[0][0] ?? "") ?? LSN(0)
        }
        for _ in 0..<3 { try driver.step() }
        let before = try confirmed()
        try server.sql("INSERT INTO other SELECT generate_series(1, 1000)", database: "st_idle")
        for _ in 0..<40 { try driver.step() }
        #expect(try confirmed() == before)
        let written = LSN(text: try server.sql("SELECT pg_current_wal_lsn()")[0][0] ?? "") ?? LSN(0)
        #expect(try driver.run { try confirmed() >= written })
        // An older checkpoint cannot be restored any more, and it says so.
        let older = try #require(driver.completed)
        try server.sql("INSERT INTO other SELECT generate_series(1, 1000)", database: "st_idle")
        let later = LSN(text: try server.sql("SELECT pg_current_wal_lsn()")[0][0] ?? "") ?? LSN(0)
        #expect(try driver.run { try confirmed() >= later })
        driver.crash()
        driver.rewind(to: older)
        #expect(message { try driver.start(parallelism: 1) }.contains("is ahead of the checkpoint"))
        driver.crash()
        try server.sql("SELECT pg_drop_replication_slot('slot_st_idle')")
        #expect(message { try driver.start(parallelism: 1) }.contains("does not exist any more"))
    }

    @Test func `a server that is killed in the middle is waited for, and nothing is lost`() throws {
        let server = try PostgresServer(["synchronous_commit": "on"])
        try server.sql("CREATE TABLE t(id int PRIMARY KEY)")
        let capture = Capture(server: server, database: "postgres")
        let more = ["connect.max-retries": "50"].merging(latest) { $1 }
        let driver = Capture.driver([capture.table("t", [.int("id")], key: ["id"], more)])
        defer { driver.crash() }
        try driver.start(parallelism: 1)
        for _ in 0..<3 { try driver.step() }
        try server.sql("INSERT INTO t SELECT generate_series(1, 500)")
        #expect(try driver.run { driver.rows().count >= 64 })
        server.kill()
        for _ in 0..<5 { try driver.step() }
        try server.start()
        try server.sql("INSERT INTO t SELECT generate_series(501, 600)")
        #expect(try driver.run { driver.rows().count >= 600 })
        #expect(driver.rows() == (1...600).map { "+I[\($0)]" })
    }
}
