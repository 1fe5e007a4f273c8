import Columnar
import Connectors
import Core
import PostgresConnector
import TestKit
import Testing

/// Changes that the stream leaves out without a word, because the table is not published or is
/// not the same one any more: the job must not go on over the gap.
@Suite(.serialized) struct PublicationTests {
    /// A job that has taken a checkpoint and is down.
    private func stopped(_ database: String) throws -> (PostgresServer, SourceDriver) {
        let server = try SharedServer.database(
            database,
            "CREATE TABLE t(id int PRIMARY KEY, v int); INSERT INTO t VALUES (1, 1)"
        )
        let capture = Capture(server: server, database: database)
        let driver = Capture.driver([
            capture.table("t", [.int("id"), .int("v")], key: ["id"])
        ])
        try driver.start(parallelism: 1)
        #expect(try driver.run { driver.rows() == ["+I[1, 1]"] })
        for _ in 0..<10 { try driver.step() }
        try driver.checkpoint()
        for _ in 0..<10 { try driver.step() }
        try server.sql("INSERT INTO t VALUES (2, 2)", database: database)
        #expect(try driver.run { driver.rows().count == 2 })
        try driver.checkpoint()
        return (server, driver)
    }

    /// What a restore says after something was done while the job was down.
    private func restore(_ database: String, after statements: String...) throws -> String {
        let (server, driver) = try stopped(database)
        driver.crash()
        for statement in statements { try server.sql(statement, database: database) }
        defer { driver.crash() }
        let text = message { try driver.start(parallelism: 2) }
        // Trying again must not go on either: nothing was put right in passing.
        driver.crash()
        #expect(message { try driver.start(parallelism: 1) } == text)
        return text
    }

    @Test func `a table that left the publication is not put back on restore`() throws {
        let gone = try restore(
            "pub_gone",
            after: "ALTER PUBLICATION slot_pub_gone DROP TABLE t",
            "INSERT INTO t VALUES (3, 3)"
        )
        #expect(gone.contains("was taken out of publication \"slot_pub_gone\""))
        #expect(gone.contains("Start the job without a checkpoint"))
    }

    @Test func `a table that left the publication for a while is noticed`() throws {
        let back = try restore(
            "pub_back",
            after: "ALTER PUBLICATION slot_pub_back DROP TABLE t",
            "INSERT INTO t VALUES (3, 3)",
            "ALTER PUBLICATION slot_pub_back ADD TABLE t"
        )
        #expect(back.contains("was taken out of publication \"slot_pub_back\" and put back"))
    }

    @Test func `a publication that was dropped is not made again on restore`() throws {
        let gone = try restore("pub_none", after: "DROP PUBLICATION slot_pub_none")
        #expect(gone.contains("Publication \"slot_pub_none\" does not exist in"))
        let anew = try restore(
            "pub_anew",
            after: "DROP PUBLICATION slot_pub_anew",
            "CREATE PUBLICATION slot_pub_anew FOR TABLE t"
        )
        #expect(anew.contains("was taken out of publication \"slot_pub_anew\" and put back"))
    }

    @Test func `another table of the same name is not taken for the former one`() throws {
        let other = try restore(
            "pub_other",
            after: "DROP TABLE t",
            "CREATE TABLE t(id int PRIMARY KEY, v int)",
            "ALTER PUBLICATION slot_pub_other ADD TABLE t"
        )
        #expect(other.contains("it was dropped and made anew, or another table has taken its name"))
        // The same while the job runs.
        let (server, driver) = try stopped("pub_swap")
        defer { driver.crash() }
        try server.sql(
            """
            CREATE TABLE n(id int PRIMARY KEY, v int);
            ALTER PUBLICATION slot_pub_swap ADD TABLE n;
            ALTER TABLE t RENAME TO old; ALTER TABLE n RENAME TO t; INSERT INTO t VALUES (7, 7)
            """,
            database: "pub_swap"
        )
        let swapped = message { _ = try driver.run(seconds: 10) { false } }
        #expect(swapped.contains("it was dropped and made anew, or another table"))
    }

    @Test func `a table that goes on under another name stops the job at its next change`() throws {
        let (server, driver) = try stopped("pub_name")
        defer { driver.crash() }
        try server.sql(
            "ALTER TABLE t RENAME TO u; INSERT INTO u VALUES (3, 3)",
            database: "pub_name"
        )
        let renamed = message { _ = try driver.run(seconds: 10) { false } }
        #expect(renamed.contains("was renamed to \"public\".\"u\". Nothing is lost"))
        // And it is true: back under its name, the job goes on with that change.
        driver.crash()
        try server.sql("ALTER TABLE u RENAME TO t", database: "pub_name")
        try driver.start(parallelism: 1)
        #expect(try driver.run { driver.rows().count == 3 })
    }

    @Test func `a slot is not read on for a table that was not published then`() throws {
        let server = try SharedServer.database(
            "pub_late",
            """
            CREATE TABLE t(id int PRIMARY KEY, v int); CREATE TABLE u(id int PRIMARY KEY, v int);
            CREATE PUBLICATION late FOR TABLE t
            """
        )
        try server.sql(
            "SELECT pg_create_logical_replication_slot('slot_pub_late', 'pgoutput')",
            database: "pub_late"
        )
        try server.sql("INSERT INTO u VALUES (1, 1)", database: "pub_late")
        func driver(_ publication: String) -> SourceDriver {
            let options = [
                "scan.startup.mode": "committed-offset", "debezium.publication.name": publication,
            ]
            let capture = Capture(server: server, database: "pub_late")
            return Capture.driver(
                ["t", "u"].map {
                    capture.table($0, [.int("id"), .int("v")], key: ["id"], options)
                }
            )
        }
        func refusal(_ publication: String) -> String {
            message { try driver(publication).start(parallelism: 1) }
        }
        let late = refusal("late")
        #expect(late.contains("\"late\" in") && late.contains("does not hold \"public\".\"u\""))
        #expect(late.contains("ALTER PUBLICATION \"late\" ADD TABLE ONLY \"public\".\"u\";"))
        #expect(late.contains("where replication slot 'slot_pub_late' stands"))
        #expect(refusal("none").contains("CREATE PUBLICATION \"none\" FOR TABLE"))
        let members = "SELECT pubname, tablename FROM pg_publication_tables"
        #expect(try server.sql(members, database: "pub_late") == [["late", "t"]])
        try server.sql("ALTER PUBLICATION late ADD TABLE u", database: "pub_late")
        let next = driver("late")
        defer { next.crash() }
        try next.start(parallelism: 1)
        try server.sql("INSERT INTO u VALUES (2, 2)", database: "pub_late")
        #expect(try next.run { next.rows(1) == ["+I[2, 2]"] })
    }
}
