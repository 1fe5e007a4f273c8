import Columnar
import Connectors
import Core
import PostgresConnector
import TestKit
import Testing

/// Mode `immediate`: what is put back after a crash, and what stays as it is meanwhile.
@Suite(.serialized) struct RestoreTests {
    private func delivery(_ database: String, _ ddl: String) throws -> Delivery {
        let server = try SharedServer.database(database, ddl)
        return Delivery(
            server,
            database,
            "t",
            [.int("id"), .text("v")],
            key: ["id"],
            ["sink.commit-mode": "immediate"]
        )
    }

    private func flush(_ writer: any SinkWriter, _ delivery: Delivery, _ rows: String) throws {
        try writer.write(delivery.batch(rows))
        try writer.flush()
    }

    @Test(arguments: ["CASCADE", "RESTRICT", "NO ACTION", "SET NULL"])
    func `rows of other tables keep the row that they refer to`(action: String) throws {
        let delivery = try delivery(
            "undo_refer",
            """
            CREATE TABLE t(id int PRIMARY KEY, v text);
            CREATE TABLE kid(id int, t int REFERENCES t ON DELETE \(action))
            """
        )
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        try flush(writer, delivery, "+I 1 a\n+I 2 b")
        let prepared = try writer.prepareCommit(1)
        try writer.commit(1, prepared)
        try delivery.server.sql("INSERT INTO kid VALUES (7, 1)", database: "undo_refer")
        try flush(writer, delivery, "+U 1 x\n-D 2 .\n+I 3 new")
        let restored = try delivery.writer()
        try restored.recover(1, prepared)
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 a", "2 b"])
        #expect(try delivery.rows("SELECT * FROM kid") == ["7 1"])
        #expect(try delivery.rows("SELECT count(*) FROM apus_sink_undo") == ["0"])
    }

    @Test func `rows that exchanged unique values get them back`() throws {
        let delivery = try delivery(
            "undo_swap",
            """
            CREATE TABLE t(id int PRIMARY KEY, v text UNIQUE, n int GENERATED ALWAYS AS IDENTITY);
            CREATE TABLE kid(id int, t int REFERENCES t)
            """
        )
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        try flush(writer, delivery, "+I 1 a\n+I 2 b\n+I 3 c\n+I 4 d")
        let prepared = try writer.prepareCommit(1)
        try writer.commit(1, prepared)
        let before = try delivery.rows("SELECT * FROM t ORDER BY id")
        try delivery.server.sql("INSERT INTO kid VALUES (7, 2), (8, 3)", database: "undo_swap")
        for rows in ["-D 1 .", "+U 2 a\n+U 3 free", "+I 1 b", "+I 5 c\n-D 4 ."] {
            try flush(writer, delivery, rows)
        }
        let restored = try delivery.writer()
        try restored.recover(1, prepared)
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == before)
        #expect(try delivery.rows("SELECT * FROM kid ORDER BY id") == ["7 2", "8 3"])
    }

    /// Writes rows of a checkpoint and rows behind it, and starts again from the checkpoint.
    private func restore(
        _ delivery: Delivery,
        from rows: String,
        dropping later: [String]
    ) throws {
        let writer = try delivery.writer()
        try writer.recover(nil, [])
        try flush(writer, delivery, rows)
        let prepared = try writer.prepareCommit(1)
        try writer.commit(1, prepared)
        for rows in later { try flush(writer, delivery, rows) }
        try delivery.writer().recover(1, prepared)
        #expect(try delivery.rows("SELECT count(*) FROM apus_sink_undo") == ["0"])
    }

    @Test(
        arguments: [
            "v text", "v text UNIQUE", "v text, n int GENERATED ALWAYS AS IDENTITY",
        ]
    )
    func `rows whose key the table generates are put back`(others: String) throws {
        let ddl = "CREATE TABLE t(id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, \(others))"
        let delivery = try delivery("undo_identity", ddl)
        try restore(
            delivery,
            from: "+I 1 a\n+I 2 b\n+I 3 c",
            dropping: ["-D 1 .\n+U 2 free", "+U 3 b\n+I 4 new", "+I 1 c"]
        )
        #expect(try delivery.rows("SELECT id, v FROM t ORDER BY id") == ["1 a", "2 b", "3 c"])
    }

    @Test func `a table of nothing but a generated key is put back`() throws {
        let database = "undo_only_identity"
        let server = try SharedServer.database(
            database,
            "CREATE TABLE t(id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)"
        )
        let mode = ["sink.commit-mode": "immediate"]
        let delivery = Delivery(server, database, "t", [.int("id")], key: ["id"], mode)
        try restore(delivery, from: "+I 1\n+I 2", dropping: ["-D 1\n+I 3"])
        #expect(try delivery.rows("SELECT id FROM t ORDER BY id") == ["1", "2"])
    }

    @Test func `a key that was replaced by an equal one looks again as it did`() throws {
        let database = "undo_equal"
        let server = try SharedServer.database(
            database,
            "CREATE TABLE t(id float8 PRIMARY KEY, v text); INSERT INTO t VALUES ('-0', 'former')"
        )
        let delivery = Delivery(
            server,
            database,
            "t",
            [TableColumn("id", .double), .text("v")],
            key: ["id"],
            ["sink.commit-mode": "immediate"]
        )
        try restore(delivery, from: "+I 1.0 a", dropping: ["-D 0.0 .", "+I 0.0 new"])
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["-0 former", "1 a"])
    }

    /// A job whose second writer has written behind its savepoint; what the savepoint holds.
    private func former(_ delivery: Delivery) throws -> [Committable] {
        let writers = try (0..<2).map {
            try delivery.writer(subtask: $0, parallelism: 2, job: "former")
        }
        for writer in writers { try writer.recover(nil, []) }
        try flush(writers[1], delivery, "+I 1 base\n+I 2 base")
        let prepared = try writers.map { try $0.prepareCommit(1) }
        for (writer, list) in zip(writers, prepared) { try writer.commit(1, list) }
        try flush(writers[1], delivery, "+U 1 dirty\n+U 2 dirty\n+I 3 dirty")
        for writer in writers { writer.close() }
        return prepared.flatMap { $0 }
    }

    @Test func `one writer takes back what all writers of another job wrote`() throws {
        let ddl = "CREATE TABLE t(id int PRIMARY KEY, v text)"
        let delivery = try delivery("undo_former", ddl)
        let prepared = try former(delivery)
        try delivery.writer(subtask: 0, parallelism: 2, job: "next").recover(1, prepared)
        try delivery.writer(subtask: 1, parallelism: 2, job: "next").recover(1, [])
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 base", "2 base"])
        #expect(try delivery.rows("SELECT count(*) FROM apus_sink_undo") == ["0"])
    }

    @Test func `what another job wrote is not put back over newer rows`() throws {
        let ddl = "CREATE TABLE t(id int PRIMARY KEY, v text)"
        let delivery = try delivery("undo_newer", ddl)
        let prepared = try former(delivery)
        let second = try delivery.writer(subtask: 1, parallelism: 2, job: "next")
        try second.recover(1, [])
        try flush(second, delivery, "+U 1 right\n+I 3 right")
        let first = try delivery.writer(subtask: 0, parallelism: 2, job: "next")
        try first.recover(1, prepared)
        #expect(
            try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 right", "2 base", "3 right"]
        )
        // And what is newer can still be taken back to the savepoint.
        first.close()
        second.close()
        try delivery.writer(parallelism: 1, job: "next").recover(1, prepared)
        #expect(try delivery.rows("SELECT * FROM t ORDER BY id") == ["1 base", "2 base"])
        #expect(try delivery.rows("SELECT count(*) FROM apus_sink_undo") == ["0"])
    }
}
