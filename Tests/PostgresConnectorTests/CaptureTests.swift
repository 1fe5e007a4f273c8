import Columnar
import Connectors
import Core
import PostgresConnector
import TestKit
import Testing

@Suite(.serialized) struct CaptureTests {
    @Test func `rows of the snapshot come first, then every kind of change`() throws {
        let server = try SharedServer.database(
            "basics",
            """
            CREATE TABLE t(id int PRIMARY KEY, v text);
            INSERT INTO t SELECT g, 'v' || g FROM generate_series(1, 5) g;
            """
        )
        let capture = Capture(server: server, database: "basics")
        let table = capture.table(
            "t",
            [.int("id"), .text("v")],
            key: ["id"],
            ["scan.incremental.snapshot.chunk.size": "2"]
        )
        let driver = Capture.driver([table])
        try driver.start(parallelism: 2)
        #expect(try driver.run(until: { driver.rows().count == 5 }))
        try server.sql(
            """
            INSERT INTO t VALUES (6, 'six'); UPDATE t SET v = 'one' WHERE id = 1;
            UPDATE t SET id = 20 WHERE id = 2; DELETE FROM t WHERE id = 3
            """,
            database: "basics"
        )
        #expect(try driver.run(until: { driver.rows().count == 10 }))
        #expect(
            driver.rows().dropFirst(5) == [
                "+I[6, six]", "+U[1, one]", "-D[2, null]", "+I[20, v2]", "-D[3, null]",
            ]
        )
        driver.crash()
    }

    @Test func `a bounded capture reads the rows as they are and ends`() throws {
        let server = try SharedServer.database(
            "bounded",
            "CREATE TABLE t(id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED);"
                + "INSERT INTO t SELECT generate_series(1, 100)"
        )
        let table = Capture(server: server, database: "bounded").table(
            "t",
            [.int("id"), .int("twice")],
            ["scan.startup.mode": "snapshot", "scan.incremental.snapshot.chunk.size": "9"]
        )
        let source = try PostgresCDCFactory().source(table)
        #expect(source.isBounded && source.changelogMode == .append)
        let driver = Capture.driver([table])
        try driver.start(parallelism: 3)
        #expect(try driver.run { driver.isFinished })
        #expect(Set(driver.rows()) == Set((1...100).map { "+I[\($0), \($0 * 2)]" }))
        #expect(driver.rows().count == 100)
        let slots = try server.sql(
            "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'slot_bounded'"
        )
        #expect(slots[0][0] == "0")
        driver.crash()
    }

    @Test func `a time beyond the last one stands as the last one, never as another`() throws {
        let server = try SharedServer.database(
            "cap_far",
            """
            CREATE TABLE t(id int PRIMARY KEY, a timestamp, b timestamptz);
            INSERT INTO t VALUES
                (1, '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00'),
                (2, '4713-01-01 00:00:00 BC', '4713-01-02 00:00:00+00 BC')
            """
        )
        let capture = Capture(server: server, database: "cap_far")
        let columns = [
            TableColumn.int("id"), TableColumn("a", .timestamp(6)),
            TableColumn("b", .timestampLTZ(9)),
        ]
        let options = ["scan.startup.mode": "snapshot"]
        let driver = Capture.driver([capture.table("t", columns, key: ["id"], options)])
        defer { driver.crash() }
        try driver.start(parallelism: 1)
        #expect(try driver.run { driver.rows().count == 2 })
        #expect(driver.rows()[0].hasPrefix("+I[1, +294247-01-10T04:00:54.775807, 2262-04-11T"))
        #expect(driver.rows()[1].hasPrefix("+I[2, -4712-01-01T00:00, "))
        #expect(driver.reports.warnings.contains { $0.contains("out of range") })
    }

    @Test func `another thread ends a read that waits`() throws {
        let server = try SharedServer.database("woken", "CREATE TABLE t(id int PRIMARY KEY)")
        let table = Capture(server: server, database: "woken").table(
            "t",
            [.int("id")],
            key: ["id"],
            ["scan.startup.mode": "latest-offset"]
        )
        let driver = Capture.driver([table])
        try driver.start(parallelism: 1)
        for _ in 0..<3 { try driver.step() }
        let time = SystemTime()
        let start = time.monotonicMicroseconds
        driver.interruptAll()
        try driver.step(waitingMicroseconds: 20_000_000)
        #expect(time.monotonicMicroseconds - start < 10_000_000)
        driver.crash()
    }

    @Test func `the planner is told what a source sends and which tables share it`() throws {
        let capture = Capture(server: try SharedServer.server.get(), database: "x")
        let keyed = try PostgresCDCFactory().source(capture.table("a", [.int("id")], key: ["id"]))
        let plain = try PostgresCDCFactory().source(capture.table("b", [.int("id")]))
        let apart = try PostgresCDCFactory().source(
            capture.table("b", [.int("id")], ["slot.name": "other"])
        )
        #expect(keyed.changelogMode == .upsert && plain.changelogMode == .retract)
        #expect(keyed.sharingKey == plain.sharingKey && plain.sharingKey != apart.sharingKey)
        #expect(keyed.metadata.map(\.name).last == "$unchanged" && !keyed.isBounded)
    }
}
