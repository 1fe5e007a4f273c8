import Columnar
import Connectors
import Core
import PostgresConnector
import TestKit
import Testing

/// Each thing that can be wrong at the start is named, with what puts it right.
@Suite(.serialized) struct StartCheckTests {
    private func start(_ tables: [TableDefinition]) -> String {
        message {
            let driver = Capture.driver(tables)
            defer { driver.crash() }
            try driver.start(parallelism: 1)
        }
    }

    private func capture(_ database: String, _ setup: String) throws -> Capture {
        Capture(server: try SharedServer.database(database, setup), database: database)
    }

    @Test func `a server that is down is tried again, with notes`() throws {
        let port = try PostgresServer.freePort()
        let capture = Capture(server: try SharedServer.server.get(), database: "x", port: port)
        let driver = Capture.driver([capture.table("t", [.int("id")], key: ["id"])])
        let text = message { try driver.start(parallelism: 1) }
        #expect(text.contains("The PostgreSQL server at 127.0.0.1:\(port)/x cannot be reached"))
        #expect(driver.reports.warnings.count == 2)
        #expect(driver.reports.warnings[0].contains("Retry 1 of 2"))
    }

    @Test func `a wrong password, user or database is named, the password never`() throws {
        var capture = try capture("chk_login", "CREATE TABLE t(id int PRIMARY KEY)")
        capture.password = "hunter2"
        let wrong = start([capture.table("t", [.int("id")], key: ["id"])])
        #expect(wrong.contains("refused the login of user 'postgres': the password is wrong"))
        #expect(!wrong.contains("hunter2"))
        let missing = Capture(server: capture.server, database: "nowhere")
        #expect(
            start([missing.table("t", [.int("id")], key: ["id"])])
                .contains("has no database 'nowhere'")
        )
        let url = capture.table(
            "t",
            [.int("id")],
            key: ["id"],
            ["url": "postgres://postgres:hunter2@127.0.0.1/%zz"]
        )
        let text = message { _ = try PostgresCDCFactory().source(url) }
        #expect(!text.contains("hunter2") && !text.isEmpty)
    }

    @Test func `missing privileges are named with the statement that grants them`() throws {
        var capture = try capture(
            "chk_rights",
            """
            DROP ROLE IF EXISTS poor; CREATE ROLE poor LOGIN PASSWORD 'secret';
            CREATE TABLE t(id int PRIMARY KEY)
            """
        )
        capture.user = "poor"
        let table = capture.table("t", [.int("id")], key: ["id"])
        #expect(start([table]).contains("ALTER ROLE \"poor\" REPLICATION;"))
        try capture.server.sql("ALTER ROLE poor REPLICATION", database: "chk_rights")
        #expect(start([table]).contains("GRANT SELECT ON \"public\".\"t\" TO \"poor\";"))
        try capture.server.sql("GRANT SELECT ON t TO poor", database: "chk_rights")
        let text = start([table])
        #expect(text.contains("user 'poor' may not make it"))
        #expect(
            text.contains("CREATE PUBLICATION \"slot_chk_rights\" FOR TABLE ONLY \"public\".\"t\"")
        )
        try capture.server.sql(
            "CREATE PUBLICATION slot_chk_rights; CREATE TABLE u(id int)",
            database: "chk_rights"
        )
        #expect(
            start([table]).contains(
                "ALTER PUBLICATION \"slot_chk_rights\" ADD TABLE ONLY \"public\".\"t\";"
            )
        )
        try capture.server.sql(
            """
            ALTER PUBLICATION slot_chk_rights ADD TABLE t; CREATE TABLE sink(id int PRIMARY KEY);
            ALTER TABLE t ENABLE ROW LEVEL SECURITY
            """,
            database: "chk_rights"
        )
        #expect(start([table]).contains("ALTER ROLE \"poor\" BYPASSRLS;"))
        let delivery = Delivery(
            capture.server,
            "chk_rights",
            "sink",
            [.int("id")],
            key: ["id"],
            user: "poor"
        )
        #expect(
            message { _ = try delivery.writer() }
                .contains(
                    "GRANT INSERT, UPDATE, DELETE, SELECT ON \"public\".\"sink\" TO \"poor\";"
                )
        )
    }

    @Test func `missing tables, columns and keys are named with the nearest one`() throws {
        let capture = try capture(
            "chk_table",
            """
            CREATE TABLE orders(id int PRIMARY KEY, total numeric(12,2),
                twice int GENERATED ALWAYS AS (id * 2) STORED);
            CREATE TABLE bare(a int); ALTER TABLE bare REPLICA IDENTITY NOTHING
            """
        )
        let id = TableColumn.int("id")
        #expect(
            start([capture.table("order", [id], key: ["id"])])
                .contains(
                    "does not exist in 127.0.0.1:\(capture.server.port)/chk_table. "
                        + "Did you mean 'orders'?"
                )
        )
        let misspelt = start([capture.table("orders", [id, .int("totl")], key: ["id"])])
        #expect(misspelt.contains("Column 'totl'"))
        #expect(misspelt.contains("Did you mean 'total'?"))
        #expect(misspelt.contains("Table's columns:  [id: integer, total: numeric(12,2)"))
        #expect(
            start([capture.table("orders", [id, .int("total")], key: ["id"])])
                .contains("is numeric(12,2), which that cannot hold. Declare it DECIMAL(12, 2).")
        )
        #expect(
            start([capture.table("orders", [id, .int("twice")], key: ["id"])])
                .contains("PostgreSQL does not replicate generated columns")
        )
        let total = TableColumn("total", .decimal(12, 2))
        #expect(
            start([capture.table("orders", [id, total], key: ["total"])])
                .contains(
                    "declares PRIMARY KEY (total), but table \"public\".\"orders\" has "
                        + "PRIMARY KEY (id)"
                )
        )
        #expect(
            start([capture.table("orders", [id])])
                .contains("Run: ALTER TABLE \"public\".\"orders\" REPLICA IDENTITY FULL;")
        )
        #expect(
            start([capture.table("bare", [.int("a")])]).contains("has REPLICA IDENTITY NOTHING")
        )
    }

    @Test func `a table whose own users would be refused is never published`() throws {
        let capture = try capture(
            "chk_harm",
            """
            CREATE TABLE late(id int PRIMARY KEY DEFERRABLE, v int);
            CREATE TABLE full_late(id int PRIMARY KEY DEFERRABLE, v int);
            ALTER TABLE full_late REPLICA IDENTITY FULL;
            CREATE TABLE p(id int PRIMARY KEY) PARTITION BY LIST (id);
            CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
            ALTER TABLE p1 REPLICA IDENTITY NOTHING;
            INSERT INTO late VALUES (1, 1); INSERT INTO p VALUES (1)
            """
        )
        let late = start([capture.table("late", [.int("id")], key: ["id"])])
        #expect(late.contains("has a DEFERRABLE PRIMARY KEY (id), which does not tell rows apart"))
        // Two rows may have the same deferrable key for a moment, so that no upsert goes by it.
        let full = start([capture.table("full_late", [.int("id")], key: ["id"])])
        #expect(full.contains("has a DEFERRABLE PRIMARY KEY (id)"))
        #expect(start([capture.table("full_late", [.int("id")])]).isEmpty)
        let leaf = start([capture.table("p", [.int("id")], key: ["id"])])
        #expect(leaf.contains("Partition \"public\".\"p1\" of table \"public\".\"p\" has REPLICA"))
        try capture.server.sql("UPDATE late SET v = 2; DELETE FROM p", database: "chk_harm")
    }

    @Test func `publications that leave something out are refused`() throws {
        let capture = try capture(
            "chk_pub",
            """
            CREATE TABLE p(id int PRIMARY KEY) PARTITION BY LIST (id);
            CREATE TABLE t(id int PRIMARY KEY); CREATE PUBLICATION narrow FOR TABLE t
                WITH (publish = 'insert, update');
            CREATE PUBLICATION filtered FOR TABLE t WHERE (id > 5);
            CREATE PUBLICATION listed FOR TABLE t (id);
            CREATE PUBLICATION leaves FOR TABLE p
            """
        )
        func table(_ name: String, _ publication: String) -> TableDefinition {
            capture.table(
                name,
                [.int("id")],
                key: ["id"],
                [
                    "debezium.publication.name": publication,
                    "debezium.publication.autocreate.mode": "disabled",
                ]
            )
        }
        #expect(start([table("t", "narrow")]).contains("leaves out delete, truncate"))
        #expect(start([table("t", "filtered")]).contains("filters the rows of table"))
        #expect(start([table("t", "listed")]).contains("names the columns of table"))
        #expect(start([table("p", "leaves")]).contains("publish_via_partition_root = true"))
        #expect(start([table("t", "nothere")]).contains("forbids making it"))
    }

    @Test func `slots that are not ours to read are refused`() throws {
        let capture = try capture("chk_slot", "CREATE TABLE t(id int PRIMARY KEY)")
        let server = capture.server
        try server.sql("SELECT pg_create_logical_replication_slot('chk_plugin', 'test_decoding')")
        try server.sql("SELECT pg_create_logical_replication_slot('chk_other', 'pgoutput')")
        defer {
            _ = try? server.sql("SELECT pg_drop_replication_slot('chk_plugin')")
            _ = try? server.sql("SELECT pg_drop_replication_slot('chk_other')")
        }
        func table(_ slot: String, _ more: [String: String] = [:]) -> TableDefinition {
            let options = ["slot.name": slot].merging(more) { $1 }
            return capture.table("t", [.int("id")], key: ["id"], options)
        }
        #expect(start([table("chk_plugin")]).contains("decodes with 'test_decoding'"))
        #expect(start([table("chk_other")]).contains("belongs to database 'postgres'"))
        #expect(
            start([table("chk_none", ["scan.startup.mode": "committed-offset"])])
                .contains("needs the replication slot 'chk_none'")
        )
        let first = Capture.driver([table("chk_busy", ["scan.startup.mode": "latest-offset"])])
        try first.start(parallelism: 1)
        for _ in 0..<5 { try first.step() }
        let text = start([table("chk_busy", ["connect.max-retries": "0"])])
        #expect(text.contains("Replication slot 'chk_busy'") && text.contains("in use by process"))
        first.crash()
    }

    @Test func `settings of the server that are missing are named`() throws {
        let server = try PostgresServer(["wal_level": "replica"])
        try server.sql("CREATE TABLE t(id int PRIMARY KEY, v text)")
        let capture = Capture(server: server, database: "postgres")
        func table(_ slot: String) -> TableDefinition {
            capture.table(
                "t",
                [.int("id"), .text("v")],
                key: ["id"],
                [
                    "slot.name": slot, "scan.startup.mode": "latest-offset",
                    "connect.max-retries": "1",
                ]
            )
        }
        #expect(start([table("a")]).contains("ALTER SYSTEM SET wal_level = logical;"))
        try server.restart([
            "wal_level": "logical", "max_replication_slots": "1", "max_wal_senders": "1",
            "max_slot_wal_keep_size": "1MB", "min_wal_size": "32MB", "max_wal_size": "64MB",
        ])
        let driver = Capture.driver([table("a")])
        try driver.start(parallelism: 1)
        for _ in 0..<3 { try driver.step() }
        try driver.checkpoint()
        #expect(start([table("b")]).contains("All max_replication_slots"))
        // One walsender is all there is, and the stream has it.
        try server.sql("SELECT pg_drop_replication_slot('none') WHERE false")
        let second = message {
            _ = try PostgresConnection.connect(server.address(), purpose: .replication)
        }
        #expect(second.contains("All max_wal_senders"))
        driver.crash()
        // The log runs away from the slot: a state with instructions, not a retry loop.
        for _ in 0..<6 {
            try server.sql("INSERT INTO t SELECT g, 'x' FROM generate_series(1, 1000) g")
            try server.sql("DELETE FROM t")
            try server.sql("SELECT pg_switch_wal()")
            try server.sql("CHECKPOINT")
        }
        let text = message { try driver.start(parallelism: 1) }
        #expect(text.contains("Replication slot 'a'") && text.contains("is lost"))
        #expect(text.contains("pg_drop_replication_slot('a')"))
    }

    @Test func `options that mean nothing here are refused by name`() throws {
        let capture = try capture("chk_options", "")
        func refusal(_ options: [String: String], key: [String] = ["id"]) -> String {
            message {
                _ = try PostgresCDCFactory().source(
                    capture.table("t", [.int("id")], key: key, options)
                )
            }
        }
        #expect(
            refusal(["decoding.plugin.name": "wal2json"]).contains("Only 'pgoutput' can be read")
        )
        #expect(
            refusal(["debezium.publicaton.name": "p"])
                .contains("Did you mean 'publication.name'?")
        )
        #expect(refusal(["scan.startup.mode": "initail"]).contains("Did you mean 'initial'?"))
        #expect(refusal(["slot.name": "Not-OK"]).contains("lower-case letters"))
        #expect(refusal(["changelog-mode": "upsert"], key: []).contains("PRIMARY KEY"))
        #expect(refusal(["slot.nam": "x"]).contains("Did you mean 'slot.name'?"))
        let other = capture.table(
            "u",
            [.int("id")],
            key: ["id"],
            ["scan.startup.mode": "latest-offset"]
        )
        let text = start([capture.table("t", [.int("id")], key: ["id"]), other])
        #expect(text.contains("share a replication slot but differ in the option"))
    }

    @Test func `a sink table that does not fit is refused with both schemas`() throws {
        let server = try SharedServer.database(
            "chk_sink",
            "CREATE TABLE t(id int, n text, must int NOT NULL)"
        )
        func refusal(_ columns: [TableColumn], _ key: [String] = [], _ name: String = "t") -> String
        {
            message { _ = try Delivery(server, "chk_sink", name, columns, key: key).writer() }
        }
        let must = TableColumn.int("must")
        #expect(refusal([.int("id")], [], "tt").contains("Did you mean 't'?"))
        #expect(refusal([.int("idd"), must]).contains("Did you mean 'id'?"))
        let mismatch = refusal([.int("n"), must])
        #expect(mismatch.contains("Sink's schema:  [n: INT, must: INT]"))
        #expect(mismatch.contains("Table's schema: [id: integer, n: text, must: integer]"))
        #expect(refusal([.int("id")]).contains("Column 'must' of table"))
        #expect(
            refusal([.int("id"), must], ["id"])
                .contains("ALTER TABLE \"public\".\"t\" ADD PRIMARY KEY (\"id\");")
        )
        let immediate = message {
            _ = try JdbcFactory().sink(
                Delivery(
                    server,
                    "chk_sink",
                    "t",
                    [.int("id")],
                    ["sink.commit-mode": "immediate"]
                ).table
            )
        }
        #expect(immediate.contains("It needs a declared PRIMARY KEY"))
        let wrong = message {
            _ = try Delivery(server, "chk_sink", "t", [.int("id"), must], password: "no").writer()
        }
        #expect(wrong.contains("the password is wrong or missing"))
    }
}
