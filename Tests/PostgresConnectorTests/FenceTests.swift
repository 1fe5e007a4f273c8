import Columnar
import Connectors
import Core
import Foundation
import PostgresConnector
import TestKit
import Testing
import Threads

/// Attempts that are over, and do not know it.
@Suite(.serialized) struct FenceTests {
    private func delivery(
        _ database: String,
        _ options: [String: String] = [:]
    ) throws -> Delivery {
        let ddl = "CREATE TABLE t(id int PRIMARY KEY, v text)"
        let server = try SharedServer.database(database, ddl)
        return Delivery(server, database, "t", [.int("id"), .text("v")], key: ["id"], options)
    }

    private func rows(_ delivery: Delivery) throws -> [String] {
        try delivery.rows("SELECT * FROM t ORDER BY id")
    }

    @Test(arguments: ["checkpoint", "immediate"])
    func `a writer that wakes up after its successor began changes nothing`(
        mode: String
    ) throws {
        let delivery = try delivery("fence_\(mode)", ["sink.commit-mode": mode])
        let first = try delivery.writer(claim: 1)
        try first.recover(nil, [])
        try first.write(delivery.batch("+I 1 a\n+I 2 b"))
        let prepared = try first.prepareCommit(1)
        try first.commit(1, prepared)
        try first.write(delivery.batch("+U 1 late"))
        let late = try first.prepareCommit(2)
        // The second one is halted before it recovers.
        let halted = try delivery.writer(claim: 2)
        let next = try delivery.writer(claim: 3)
        try next.recover(1, prepared)
        try next.write(delivery.batch("+U 1 right\n-D 2 ."))
        try next.commit(2, next.prepareCommit(2))
        #expect(try rows(delivery) == ["1 right"])
        let calls: [() throws -> Void] = [
            { try halted.recover(1, prepared) }, { try first.commit(2, late) },
            {
                try first.write(delivery.batch("+U 1 wrong"))
                try first.flush()
                try first.commit(3, first.prepareCommit(3))
            },
        ]
        for call in calls {
            let text = message(call)
            #expect(text.contains("A later attempt of the job (claim 3"), "\(text)")
            #expect(text.contains("apus_sink_claims\" WHERE job_id = 'job1'"))
        }
        try next.write(delivery.batch("+U 1 again"))
        try next.commit(3, next.prepareCommit(3))
        #expect(try rows(delivery) == ["1 again"])
        // What is restored from the checkpoint before both is as it was.
        let last = try delivery.writer(claim: 4)
        try last.recover(3, [])
        #expect(try rows(delivery) == ["1 again"])
    }

    @Test func `the sessions of earlier attempts are ended, and no others`() throws {
        let delivery = try delivery("fence_sessions")
        let server = delivery.server
        let first = try delivery.writer(subtask: 1, parallelism: 2, claim: 1)
        try first.recover(nil, [])
        let twin = try delivery.writer(parallelism: 2, claim: 2)
        try twin.recover(nil, [])
        let next = try delivery.writer(subtask: 1, parallelism: 2, claim: 2)
        try next.recover(nil, [])
        let names = try server.sql(
            "SELECT application_name FROM pg_stat_activity WHERE datname = 'fence_sessions' "
                + "AND application_name LIKE 'apus sink%' ORDER BY 1",
            database: "postgres"
        ).compactMap { $0[0] }
        #expect(names.count == 2)
        #expect(names.allSatisfy { $0.contains(" 0000000000000002 ") }, "\(names)")
        twin.close()
        next.close()
        first.close()
    }

    @Test func `a writer that waits for a lock is ended when it is cancelled`() throws {
        let delivery = try delivery("fence_cancel")
        let cancellation = Cancellation()
        let writer = try delivery.writer(claim: 1, cancellation: cancellation)
        try writer.recover(nil, [])
        try writer.write(delivery.batch("+I 1 a"))
        let prepared = try writer.prepareCommit(1)
        let blocker = try PostgresConnection.connect(
            PostgresAddress(
                url: "postgres://postgres:secret@127.0.0.1:\(delivery.server.port)/fence_cancel"
            )
        )
        try blocker.execute("BEGIN; LOCK TABLE t")
        let thread = WorkerThread(name: "cancel") {
            usleep(300_000)
            cancellation.cancel()
        }
        let text = message { try writer.commit(1, prepared) }
        thread.join()
        #expect(text.contains("was stopped while it waited for PostgreSQL"), "\(text)")
        try blocker.execute("ROLLBACK")
        let next = try delivery.writer(claim: 2)
        try next.recover(1, prepared)
        #expect(try rows(delivery) == ["1 a"])
    }
}
