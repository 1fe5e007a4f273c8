import Connectors
import Core
import Foundation
import PostgresConnector
import TestKit
import Testing
import Threads

/// Commits that are written but not visible yet, since no synchronous standby has them.
@Suite(.serialized) struct CommitWaitTests {
    /// A server whose slot `s` and publication are there, and a user who sees nobody's waits.
    private func server() throws -> PostgresServer {
        let server = try PostgresServer()
        try server.sql(
            """
            CREATE ROLE poor LOGIN REPLICATION PASSWORD 'secret';
            CREATE TABLE t(id int PRIMARY KEY); GRANT SELECT ON t TO poor;
            CREATE PUBLICATION s FOR TABLE t
            """
        )
        try server.sql("SELECT pg_create_logical_replication_slot('s', 'pgoutput')")
        return server
    }

    private func setStandby(_ name: String, _ server: PostgresServer) throws {
        try server.sql("ALTER SYSTEM SET synchronous_standby_names = '\(name)'")
        try server.sql("SELECT pg_reload_conf()")
        while try server.sql("SHOW synchronous_standby_names") != [[name]] { usleep(10_000) }
    }

    /// Captures while a session commits; lets the commit end when `isDue` says so of the reports,
    /// or the capture has not waited for it.
    private func capture(
        _ server: PostgresServer,
        user: String,
        committing statement: String,
        isDue: @escaping @Sendable (ReportLog) -> Bool
    ) throws -> SourceDriver {
        try setStandby("nobody", server)
        let writer = try server.connect()
        try writer.send(statement)
        let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        while try server.sql(waits) != [["1"]] { usleep(10_000) }
        let capture = Capture(server: server, database: "postgres", user: user)
        let driver = Capture.driver([
            capture.table("t", [.int("id")], key: ["id"], ["slot.name": "s"])
        ])
        let started = Cancellation()
        let release = WorkerThread(name: "release") { [reports = driver.reports] in
            while !started.isCancelled, !isDue(reports) { usleep(10_000) }
            do {
                try setStandby("", server)
            } catch {
                Issue.record(error)
            }
        }
        defer { release.join() }
        defer { started.cancel() }
        try driver.start(parallelism: 1)
        // The rows are read before the commit ends, if nobody has waited for it.
        for _ in 0..<1000 where driver.finishedCount == 0 { try driver.step() }
        return driver
    }

    @Test func `a commit is waited for whose reason to wait the user cannot see`() throws {
        let server = try server()
        let grant = "GRANT pg_read_all_stats TO \"poor\";"
        let driver = try capture(
            server,
            user: "poor",
            committing: "INSERT INTO t VALUES (1)",
            isDue: { $0.messages.contains { $0.contains(grant) } }
        )
        defer { driver.crash() }
        #expect(driver.reports.messages.count { $0.contains(grant) } == 1)
        #expect(try driver.run { driver.rows() == ["+I[1]"] })
    }

    @Test func `the commit of a prepared transaction is waited for`() throws {
        let server = try server()
        try server.sql("BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'p'")
        // Longer than the wait for a transaction that may be about anything.
        let due = SystemTime().monotonicMicroseconds + 5_000_000
        let driver = try capture(
            server,
            user: "postgres",
            committing: "COMMIT PREPARED 'p'",
            isDue: { _ in SystemTime().monotonicMicroseconds > due }
        )
        defer { driver.crash() }
        #expect(try driver.run { driver.rows() == ["+I[1]"] })
    }
}
