import Columnar
import Connectors
import Core
import PostgresConnector
import TestKit
import Testing

@Suite(.serialized) struct SinkTests {
    private func delivery(
        _ database: String,
        _ options: [String: String] = [:],
        key: [String] = ["id"],
        ddl: String = "CREATE TABLE t(id int PRIMARY KEY, v text)"
    ) throws -> Delivery {
        let server = try SharedServer.database(database, ddl)
        return Delivery(server, database, "t", [.int("id"), .text("v")], key: key, options)
    }

    @Test func `rows of an epoch appear together when its checkpoint is complete`() throws {
        let delivery = try delivery("sink_epoch")
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        try writer.write(delivery.batch("+I 1 a\n+I 2 b\n+U 1 c\n+I 3 d\n-D 3 ."))
        try writer.flush()
        #expect(try delivery.rows("SELECT * FROM t") == [])
        let prepared = try writer.prepareCommit(1)
        #expect(try delivery.rows("SELECT * FROM t") == [])
        try writer.write(delivery.batch("-D 2 .\n+I 4 x"))
        try writer.commit(1, prepared)
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 c", "2 b"])
        try writer.commit(2, writer.prepareCommit(2))
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 c", "4 x"])
        writer.close()
    }

    @Test func `committing an epoch again changes nothing, in this process and the next`() throws {
        let delivery = try delivery("sink_again")
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        try writer.write(delivery.batch("+I 1 a"))
        let prepared = try writer.prepareCommit(1)
        try writer.commit(1, prepared)
        try delivery.server.sql("UPDATE t SET v = 'changed by hand'", database: "sink_again")
        try writer.commit(1, prepared)
        let next = try delivery.writer(subtask: 1, parallelism: 2)
        try next.recover(1, prepared)
        #expect(try delivery.rows("SELECT * FROM t") == ["1 changed by hand"])
        try next.write(delivery.batch("+U 1 b"))
        try next.commit(2, next.prepareCommit(2))
        #expect(try delivery.rows("SELECT * FROM t") == ["1 b"])
    }

    @Test func `a checkpoint that was complete is delivered by whoever restores it`() throws {
        let delivery = try delivery("sink_restore")
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        try writer.write(delivery.batch("+I 1 a\n+I 2 b"))
        let prepared = try writer.prepareCommit(1)
        writer.close()
        let other = try delivery.writer(subtask: 0, parallelism: 2, job: "job2")
        try other.recover(1, prepared)
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 a", "2 b"])
        let twin = try delivery.writer(subtask: 1, parallelism: 2, job: "job2")
        try twin.recover(1, prepared)
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 a", "2 b"])
    }

    @Test func `epochs after an older checkpoint count again`() throws {
        let delivery = try delivery("sink_rewind")
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        for epoch: CheckpointID in 1...3 {
            try writer.write(delivery.batch("+U 1 v\(epoch)"))
            try writer.commit(epoch, writer.prepareCommit(epoch))
        }
        let restored = try delivery.writer()
        try restored.recover(1, [])
        try restored.write(delivery.batch("+U 1 again"))
        try restored.commit(2, restored.prepareCommit(2))
        #expect(try delivery.rows("SELECT * FROM t") == ["1 again"])
    }

    @Test func `rows without a key are appended once`() throws {
        let delivery = try delivery("sink_append", key: [], ddl: "CREATE TABLE t(id int, v text)")
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        try writer.write(delivery.batch("1 \"tab\there\"\n1 \"back\\\\slash\"\n2 ."))
        let prepared = try writer.prepareCommit(1)
        try writer.commit(1, prepared)
        try writer.commit(1, prepared)
        #expect(
            try delivery.rows("SELECT * FROM t ORDER BY id, v")
                == ["1 back\\slash", "1 tab\there", "2 ."]
        )
    }

    @Test func `an epoch larger than its memory goes to disk and comes back whole`() throws {
        let delivery = try delivery("sink_spill", ["sink.epoch-buffer.max-bytes": "4kb"])
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        for round in 0..<5 {
            let lines = (0..<400).map { "+U \($0) round\(round)" }
            try writer.write(delivery.batch(lines.joined(separator: "\n")))
        }
        try writer.write(delivery.batch("-D 7 ."))
        try writer.commit(1, writer.prepareCommit(1))
        #expect(
            try delivery.rows("SELECT count(*), min(v), max(v) FROM t") == ["399 round4 round4"]
        )
    }

    @Test func `immediate rows are visible at once, and taken back after a crash`() throws {
        let delivery = try delivery("sink_now", ["sink.commit-mode": "immediate"])
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        try writer.write(delivery.batch("+I 1 a\n+I 2 b\n+I 3 c"))
        try writer.flush()
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 a", "2 b", "3 c"])
        let prepared = try writer.prepareCommit(1)
        try writer.commit(1, prepared)
        try writer.write(delivery.batch("+U 1 x\n-D 2 .\n+I 4 new"))
        try writer.flush()
        try writer.write(delivery.batch("+U 1 y"))
        try writer.flush()
        // A second epoch is prepared, but its checkpoint never completes.
        _ = try writer.prepareCommit(2)
        try writer.write(delivery.batch("+U 3 z\n+U 1 zz"))
        try writer.flush()
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 zz", "3 z", "4 new"])
        let restored = try delivery.writer()
        try restored.recover(1, prepared)
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 a", "2 b", "3 c"])
        #expect(try delivery.rows("SELECT count(*) FROM apus_sink_undo") == ["0"])
        try restored.write(delivery.batch("+U 1 after"))
        try restored.flush()
        try restored.commit(2, restored.prepareCommit(2))
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 after", "2 b", "3 c"])
        #expect(try delivery.rows("SELECT count(*) FROM apus_sink_undo") == ["0"])
    }

    @Test func `a writer may write a key before its former owner has taken it back`() throws {
        let delivery = try delivery("sink_rescale", ["sink.commit-mode": "immediate"])
        let old = try delivery.writer(subtask: 1, parallelism: 2)
        try old.recover(nil, [])
        try old.write(delivery.batch("+I 1 base"))
        let prepared = try old.prepareCommit(1)
        try old.commit(1, prepared)
        try old.write(delivery.batch("+U 1 dirty\n+I 2 dirty"))
        _ = try old.prepareCommit(2)
        try old.write(delivery.batch("+U 1 dirtier"))
        try old.flush()
        let first = try delivery.writer(subtask: 0, parallelism: 2)
        try first.recover(1, prepared)
        try first.write(delivery.batch("+U 1 right"))
        try first.flush()
        let second = try delivery.writer(subtask: 1, parallelism: 2)
        try second.recover(1, [])
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 right"])
        // And what the first one wrote can still be taken back to the checkpoint.
        let again = try delivery.writer(subtask: 0, parallelism: 1)
        try again.recover(1, prepared)
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 base"])
    }

    @Test func `a lost connection in the middle is opened again, and nothing is doubled`() throws {
        let server = try SharedServer.database("sink_cut", "CREATE TABLE t(id int, v text)")
        let proxy = try CuttingProxy(to: server.port)
        defer { proxy.close() }
        let delivery = Delivery(
            server,
            "sink_cut",
            "t",
            [.int("id"), .text("v")],
            port: proxy.port
        )
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        for epoch: CheckpointID in 1...5 {
            try writer.write(delivery.batch("\(epoch) v"))
            let prepared = try writer.prepareCommit(epoch)
            proxy.cut()
            try writer.commit(epoch, prepared)
        }
        #expect(try delivery.rows("SELECT count(*), sum(id) FROM t") == ["5 15"])
        #expect(delivery.reports.warnings.contains { $0.contains("Retry 1 of 3") })
    }

    @Test func `a row that breaks another constraint is the user's to look at, unseen`() throws {
        let ddl = "CREATE TABLE t(id int PRIMARY KEY, v text UNIQUE)"
        let delivery = try delivery("sink_unique", ddl: ddl)
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        try writer.write(delivery.batch("+I 1 private\n+I 2 private"))
        let prepared = try writer.prepareCommit(1)
        do throws(ConnectorError) {
            try writer.commit(1, prepared)
            Issue.record("a duplicate went through")
        } catch {
            #expect(error.blame == .user && !error.isRetryable)
            #expect(error.message.contains("t_v_key") && !error.message.contains("private"))
        }
        #expect(try delivery.rows("SELECT * FROM t") == [])
    }

    @Test func `a row waits for the one that its foreign key names`() throws {
        let ddl = """
            CREATE TABLE parent(id int PRIMARY KEY); CREATE TABLE t(
                id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY REFERENCES parent, v text)
            """
        let delivery = try delivery("sink_foreign", ddl: ddl)
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        // Another sink of the job delivers the parent a moment later.
        let other = try delivery.server.connect(database: "sink_foreign")
        try other.send("SELECT pg_sleep(0.5); INSERT INTO parent VALUES (1)")
        try writer.write(delivery.batch("+I 1 child"))
        try writer.commit(1, writer.prepareCommit(1))
        _ = try? other.pollResult(waitingMicroseconds: 10_000_000)
        #expect(try delivery.rows("SELECT * FROM t") == ["1 child"])
    }

    @Test func `a unique index will do for a key, also when its columns may be NULL`() throws {
        let delivery = try delivery("sink_index", ddl: "CREATE TABLE t(id int UNIQUE, v text)")
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        try writer.write(delivery.batch("+I 1 a"))
        try writer.commit(1, writer.prepareCommit(1))
        try writer.write(delivery.batch("+U 1 b"))
        try writer.commit(2, writer.prepareCommit(2))
        #expect(try delivery.rows("SELECT * FROM t") == ["1 b"])
    }

    @Test func `a deadlock is tried again`() throws {
        let delivery = try delivery("sink_deadlock")
        try delivery.server.sql(
            "INSERT INTO t VALUES (1, 'a'), (2, 'b')",
            database: "sink_deadlock"
        )
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        let other = try delivery.server.connect(database: "sink_deadlock")
        try other.execute("BEGIN; UPDATE t SET v = 'x' WHERE id = 2")
        try other.send("SELECT pg_sleep(0.3); UPDATE t SET v = 'x' WHERE id = 1; COMMIT")
        try writer.write(delivery.batch("+U 1 ours\n+U 2 ours"))
        try writer.commit(1, writer.prepareCommit(1))
        _ = try? other.pollResult(waitingMicroseconds: 10_000_000)
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 ours", "2 ours"])
    }

    @Test func `the planner is told what a sink takes and promises`() throws {
        let keyed = try delivery("sink_facts", ["sink.commit-mode": "immediate"])
        let sink = try JdbcFactory().sink(keyed.table)
        #expect(sink.requirements(for: .retract).changelogMode == .upsert)
        #expect(sink.requirements(for: .retract).takesKeyOnlyDeletes)
        let plain = try JdbcFactory().sink(delivery("sink_facts", key: []).table)
        #expect(plain.requirements(for: .retract).changelogMode == .append)
    }

    @Test func `every type arrives as it was`() throws {
        let server = try SharedServer.database(
            "sink_types",
            """
            CREATE TYPE mood AS ENUM ('happy');
            CREATE TABLE t(id int PRIMARY KEY, b boolean, i2 smallint, i8 bigint, r real,
            d double precision, n numeric(20,4), big numeric, by bytea, dt date, tm time,
            ts timestamp, tz timestamptz, ia int[], ta text[], j jsonb, u uuid, e mood)
            """
        )
        let columns: [TableColumn] = [
            .int("id"), TableColumn("b", .boolean), TableColumn("i2", DataType(.smallint)),
            TableColumn("i8", .bigint), TableColumn("r", .float), TableColumn("d", .double),
            TableColumn("n", .decimal(20, 4)), TableColumn("big", .decimal(10, 1)),
            TableColumn("by", .bytes), TableColumn("dt", .date), TableColumn("tm", .time(3)),
            TableColumn("ts", .timestamp(6)), TableColumn("tz", .timestampLTZ(3)),
            TableColumn("ia", .array(.integer)), TableColumn("ta", .array(.string)), .text("j"),
            .text("u"), .text("e"),
        ]
        let delivery = Delivery(server, "sink_types", "t", columns, key: ["id"])
        let scalars: [ScalarValue] = [
            .int(1), .bool(true), .int(-3), .int(.min), .float(1.5), .double(-1e300),
            .int128(-123_450_000), .int(105), .bytes([0, 255, 92]), .int(-800_000),
            .int(45_296_789), .int(-1), .int(1_700_000_000_123_000), .list([.int(1), .null]),
            .list([.text("a,\"b\\"), .null, .text("NULL")]), .text("{\"k\": [1, \"x\"]}"),
            .text("6f1c1b1e-8f3a-4f1e-9a50-0123456789ab"), .text("happy"),
        ]
        let rows = [scalars, [.int(2)] + Array(repeating: .null, count: scalars.count - 1)]
        let batch = RecordBatch(
            columns.indices.map { index in
                Column.fromScalars(rows.map { $0[index] }, columns[index].type)
            },
            count: 2
        )
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        try writer.write(batch)
        try writer.commit(1, writer.prepareCommit(1))
        let found = try server.sql("SELECT * FROM t ORDER BY id", database: "sink_types")
        let day = try server.sql("SELECT date '1970-01-01' - 800000")[0][0]
        #expect(
            found[0] == [
                "1", "t", "-3", "-9223372036854775808", "1.5", "-1e+300", "-12345.0000", "10.5",
                "\\x00ff5c", day, "12:34:56.789", "1969-12-31 23:59:59.999999",
                "2023-11-14 22:13:20.123+00", "{1,NULL}", "{\"a,\\\"b\\\\\",NULL,\"NULL\"}",
                "{\"k\": [1, \"x\"]}", "6f1c1b1e-8f3a-4f1e-9a50-0123456789ab", "happy",
            ]
        )
        #expect(found[1].dropFirst().allSatisfy { $0 == nil })
    }
}
