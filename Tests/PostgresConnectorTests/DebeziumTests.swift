import Columnar
import Connectors
import Core
import Foundation
import PostgresConnector
import TestKit
import Testing

/// The schema and statements that a real Debezium was recorded with, captured by us.
@Suite(.serialized) struct DebeziumTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Debezium")

    private static func script(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    private let textColumns = [
        "c", "vc", "t", "ci", "u", "j", "jb", "x", "tmtz", "iv", "e", "ip", "cd", "mac", "bv",
        "pt", "hs", "lt", "rg", "tr", "dv",
    ]

    private var allTypes: [TableColumn] {
        [
            TableColumn("id", .bigint.notNull), TableColumn("b", .boolean),
            TableColumn("i2", DataType(.smallint)), TableColumn("i4", .integer),
            TableColumn("i8", .bigint), TableColumn("r", .float), TableColumn("d", .double),
            TableColumn("n", .decimal(38, 10)), TableColumn("n102", .decimal(10, 2)),
            TableColumn("n20", .decimal(20, 0)), TableColumn("n385", .decimal(38, 5)),
            TableColumn("m", .decimal(19, 2)), TableColumn("bin", .bytes),
            TableColumn("dt", .date), TableColumn("tm", .time(3)), TableColumn("tm3", .time(3)),
            TableColumn("ts", .timestamp(6)), TableColumn("ts0", .timestamp(0)),
            TableColumn("ts3", .timestamp(3)), TableColumn("tstz", .timestampLTZ(6)),
            TableColumn("ia", .array(.integer)), TableColumn("ta", .array(.string)),
            TableColumn("na", .array(.decimal(10, 2))), TableColumn("ua", .array(.string)),
            TableColumn("tsa", .array(.timestampLTZ(6))), TableColumn("b1", .boolean),
            TableColumn("o", .bigint), TableColumn("dm", .integer),
        ] + textColumns.map { .text($0) }
    }

    private func start(
        _ database: String,
        _ tables: (Capture) -> [TableDefinition]
    ) throws
        -> (PostgresServer, SourceDriver)
    {
        let server = try SharedServer.database(database, try Self.script("setup.sql"))
        try server.sql("ALTER TABLE inv.nopk REPLICA IDENTITY FULL", database: database)
        let driver = Capture.driver(tables(Capture(server: server, database: database)))
        try driver.start(parallelism: 2)
        return (server, driver)
    }

    @Test func `every column type has the right value in snapshot and stream`() throws {
        let (server, driver) = try start("dbz_types") {
            [$0.table("all_types", allTypes, key: ["id"], schema: "inv")]
        }
        defer { driver.crash() }
        #expect(try driver.run { driver.rows().count == 3 })
        let statements = try Self.script("dml.sql")
        try server.sql(
            """
            INSERT INTO inv.all_types (b,i2,i4,i8,r,d,n,n102,n20,n385,m,c,vc,t,ci,bin,u,j,jb,x,dt,
            tm,tm3,tmtz,ts,ts0,ts3,tstz,iv,ia,ta,na,ua,tsa,e,ip,cd,mac,b1,bv,pt,hs,lt,rg,tr,o,dm)
            SELECT b,i2,i4,i8,r,d,n,n102,n20,n385,m,c,vc,t,ci,bin,u,j,jb,x,dt,tm,tm3,tmtz,ts,ts0,
            ts3,tstz,iv,ia,ta,na,ua,tsa,e,ip,cd,mac,b1,bv,pt,hs,lt,rg,tr,o,dm
            FROM inv.all_types WHERE id <= 2 ORDER BY id
            """,
            database: "dbz_types"
        )
        #expect(statements.contains("insert into inv.nopk"))
        #expect(try driver.run { driver.rows().count == 5 })
        let rows = driver.rows().map { row in
            row.split(separator: "[", maxSplits: 1)[1].split(separator: ",", maxSplits: 1)[1]
        }
        #expect(rows[0] == rows[3], "the stream differs from the snapshot")
        #expect(rows[1] == rows[4], "the stream differs from the snapshot")
        #expect(
            String(rows[0]) == """
                 true, 32767, 2147483647, 9223372036854775807, 1.5, 3.141592653589793, \
                123456789.1234567890, 99999999.99, 12345678901234567890, \
                123456789012345678901234567890123.12345, 1234.56, [-34, -83, -66, -17, 0, -1], \
                2024-02-29, 13:14:15.123, 13:14:15.123, 2024-02-29T13:14:15.123456, \
                2024-02-29T13:14:15, 2024-02-29T13:14:15.123, 2024-02-29T11:14:15.123456Z, \
                [1, null, 3], [a, b,c, null, q"x], [1.50, 2.25], \
                [6f1c1b1e-8f3a-4f1e-9a50-0123456789ab], [2024-01-01T00:00:00Z], true, 4294967295, \
                5, ab   , varchar, Ünïcödé "quoted" \\ 日本語 🎉, CiText, \
                6f1c1b1e-8f3a-4f1e-9a50-0123456789ab, {"a": 1, "b":[true,null]}, \
                {"a": {"k": "v"}, "z": 1.10}, <a>1</a>, 13:14:15.123456+02, \
                1 year 2 mons 3 days 04:05:06.789, happy, 192.168.1.1, 10.0.0.0/8, \
                08:00:2b:01:02:03, 10101, (1.5,2.5), "a"=>"1", "b"=>NULL, top.sci, [1,10), \
                ["2024-01-01 00:00:00+00","2024-02-01 00:00:00+00"), dflt]
                """
        )
        #expect(
            String(rows[1]) == """
                 false, -32768, -2147483648, -9223372036854775808, -Infinity, NaN, null, -0.01, -1, \
                0.00000, -0.01, [], 9999-12-31, 00:00, 00:00, 9999-12-31T23:59:59.999999, \
                0001-01-01T00:00, 1969-12-31T23:59:59.999, 0001-01-01T00:00:00Z, [], [], [], [], \
                [], false, 0, 1,      , , ,  , 00000000-0000-0000-0000-000000000000, null, [], \
                <b/>, 00:00:00-12, -1 days -00:00:01, sad, ::1, ::/0, ff:ff:ff:ff:ff:ff, , (0,0), \
                , , empty, (,), dflt]
                """
        )
        #expect(driver.reports.warnings.contains { $0.contains("column 'n'") })
        #expect(driver.reports.warnings.contains { $0.contains("column 'dt'") })
    }

    /// The tables behind the outputs from 1 on, with the columns of their keys.
    private let states: [(query: String, key: [Int])] = [
        ("SELECT * FROM inv.full_ri", []), ("SELECT * FROM inv.toasty_full", []),
        ("SELECT a, b FROM inv.nopk", []), ("SELECT a, b FROM inv.comp", [0, 1]),
        ("SELECT * FROM inv.ri_idx", [1]), ("SELECT * FROM inv.\"Mixed Case\"", [0]),
        ("SELECT * FROM inv.part", [0, 1]),
    ]

    @Test func `the recorded statements give exactly the tables' states`() throws {
        let truncate = ["scan.truncate": "ignore"]
        let (server, driver) = try start("dbz_states") { capture in
            [
                capture.table("all_types", allTypes, key: ["id"], schema: "inv", truncate),
                capture.table(
                    "full_ri",
                    [.int("id"), .text("v"), TableColumn("n", .decimal(10, 2))],
                    schema: "inv",
                    truncate
                ),
                capture.table(
                    "toasty_full",
                    [.int("id"), .text("big"), .int("small")],
                    schema: "inv",
                    ["changelog-mode": "all"]
                ),
                capture.table("nopk", [.int("a"), .text("b")], schema: "inv", truncate),
                capture.table(
                    "comp",
                    [.int("a"), .text("b")],
                    key: ["a", "b"],
                    schema: "inv",
                    truncate
                ),
                capture.table(
                    "ri_idx",
                    [.int("id"), .text("code"), .text("v")],
                    key: ["code"],
                    schema: "inv"
                ),
                capture.table(
                    "Mixed Case",
                    [.int("Id"), .text("Val-1")],
                    key: ["Id"],
                    schema: "inv"
                ),
                capture.table(
                    "part",
                    [.int("id"), .text("region"), .int("v")],
                    key: ["id", "region"],
                    schema: "inv"
                ),
            ]
        }
        defer { driver.crash() }
        let all = try Self.script("dml.sql")
        let cut = try #require(all.range(of: "truncate inv.comp"))
        // Each line by itself: a transaction control statement cannot share a message.
        try run(String(all[..<cut.lowerBound]), server, "dbz_states")
        for (place, (query, key)) in states.enumerated() {
            let wanted = try server.sql(query, database: "dbz_states")
                .map { $0.map { ($0 ?? "null") + "|" }.joined() }.sorted()
            var image = TableImage()
            let isEqual = try driver.run(seconds: 10) {
                image = TableImage(key: key)
                for (output, batch) in driver.delivered where output == place + 1 {
                    image.apply(batch)
                }
                return image.rows == wanted
            }
            #expect(isEqual, "\(query): \(image.rows) is not \(wanted)")
            #expect(image.contradictions == [])
        }
        var ids = TableImage(key: [0])
        for (output, batch) in driver.delivered where output == 0 { ids.apply(batch) }
        let count = try server.sql("SELECT count(*) FROM inv.all_types", database: "dbz_states")
        #expect(count[0][0] == String(ids.rows.count) && ids.contradictions == [])
        try run(String(all[cut.lowerBound...]), server, "dbz_states")
        #expect(try driver.run { driver.rows(4).contains("+I[140, bulk]") })
        #expect(driver.reports.warnings.filter { $0.contains("was truncated") }.count >= 3)
    }

    private func run(_ script: String, _ server: PostgresServer, _ database: String) throws {
        let connection = try server.connect(database: database)
        for line in script.split(separator: "\n") {
            for statement in line.split(separator: ";")
            where statement.contains(where: { $0 != " " }) {
                try connection.execute(String(statement))
            }
        }
    }
}
