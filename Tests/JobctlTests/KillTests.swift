import Foundation
import PostgresConnector
import Synchronization
import TestKit
import Testing
import Threads

/// The whole way from one set of tables to another, with the process killed in between.
@Suite struct KillTests {
    /// How the script's tables must be in the end, by name.
    private static let results = [
        "copies": "SELECT id, customer, amount, note FROM orders",
        "joined": """
        SELECT o.id, o.amount, c.city FROM orders o JOIN customers c ON o.customer = c.id
        """,
        "totals": """
        SELECT c.city, count(*) AS n, sum(o.amount)::bigint AS total, max(o.amount) AS high
        FROM orders o JOIN customers c ON o.customer = c.id GROUP BY c.city
        """,
    ]

    private static let setup = """
        CREATE TABLE orders (id int PRIMARY KEY, customer int, amount bigint, note text);
        CREATE TABLE customers (id int PRIMARY KEY, city text);
        CREATE TABLE copies (id int PRIMARY KEY, customer int, amount bigint, note text);
        CREATE TABLE joined (id int PRIMARY KEY, amount bigint, city text);
        CREATE TABLE totals (city text PRIMARY KEY, n bigint, total bigint, high bigint);
        INSERT INTO customers SELECT i, 'city ' || i % 7 FROM generate_series(0, 59) i;
        INSERT INTO orders SELECT i, i * 31 % 60, i * 7919 % 1000, 'first ' || i
        FROM generate_series(1, 20000) i;
        """

    private static func script(_ port: Int) -> String {
        func capture(_ table: String, _ columns: String) -> String {
            """
            CREATE TABLE \(table) (\(columns), PRIMARY KEY (id) NOT ENFORCED) WITH (
                'connector' = 'postgres-cdc', 'hostname' = '127.0.0.1', 'port' = '\(port)',
                'username' = 'postgres', 'password' = 'secret', 'database-name' = 'postgres',
                'schema-name' = 'public', 'table-name' = '\(table)', 'slot.name' = 'kill',
                'scan.incremental.snapshot.chunk.size' = '1000'
            );

            """
        }
        func delivery(_ table: String, _ columns: String, _ key: String) -> String {
            """
            CREATE TABLE \(table) (\(columns), PRIMARY KEY (\(key)) NOT ENFORCED) WITH (
                'connector' = 'jdbc', 'table-name' = '\(table)',
                'url' = 'jdbc:postgresql://127.0.0.1:\(port)/postgres',
                'username' = 'postgres', 'password' = 'secret'
            );

            """
        }
        return "SET 'execution.checkpointing.interval' = '300 ms';\n"
            + capture("orders", "id INT, customer INT, amount BIGINT, note STRING")
            + capture("customers", "id INT, city STRING")
            + delivery("copies", "id INT, customer INT, amount BIGINT, note STRING", "id")
            + delivery("joined", "id INT, amount BIGINT, city STRING", "id")
            + delivery("totals", "city STRING, n BIGINT, total BIGINT, high BIGINT", "city")
                + """
                EXECUTE STATEMENT SET
                BEGIN
                INSERT INTO copies SELECT id, customer, amount, note FROM orders;
                INSERT INTO joined SELECT o.id, o.amount, c.city
                FROM orders o JOIN customers c ON o.customer = c.id ON CONFLICT DO DEDUPLICATE;
                INSERT INTO totals SELECT c.city, COUNT(*), SUM(o.amount), MAX(o.amount)
                FROM orders o JOIN customers c ON o.customer = c.id GROUP BY c.city;
                END;
                """
    }

    /// Changes rows at random until it is told to stop.
    private final class Writer: Sendable {
        private struct State {
            var isStopped = false
            var transactions = 0
            var failure: String?
        }

        private let state = Mutex(State())
        private let thread = Mutex<WorkerThread?>(nil)

        func start(_ server: PostgresServer, seed: Int) {
            let started = WorkerThread(name: "writer") { [self] in
                do {
                    let connection = try server.connect()
                    _ = try connection.execute("SELECT setseed(\(Double(seed % 1000) / 1000))")
                    while !state.withLock(\.isStopped) {
                        _ = try connection.execute(Self.transaction)
                        state.withLock { $0.transactions += 1 }
                        usleep(10_000)
                    }
                } catch {
                    state.withLock { $0.failure = "\(error)" }
                }
            }
            thread.withLock { $0 = started }
        }

        private static let transaction = """
            BEGIN;
            INSERT INTO orders
            SELECT DISTINCT ON (1) 30000 + floor(random() * 10000)::int, floor(random() * 70)::int,
                floor(random() * 1000)::int, repeat(md5(random()::text), 3)
            FROM generate_series(1, 20)
            ON CONFLICT (id) DO UPDATE SET amount = excluded.amount, note = excluded.note;
            UPDATE orders SET amount = amount + 1, customer = (customer + 1) % 70
            WHERE id IN (SELECT floor(random() * 20000)::int FROM generate_series(1, 20));
            DELETE FROM orders
            WHERE id IN (SELECT floor(random() * 40000)::int FROM generate_series(1, 10));
            INSERT INTO customers VALUES (floor(random() * 70)::int, 'city ' || floor(random() * 9))
            ON CONFLICT (id) DO UPDATE SET city = excluded.city;
            DELETE FROM customers WHERE id = floor(random() * 300)::int;
            COMMIT;
            """

        /// Stops it; how many transactions it has written.
        func stop() throws -> Int {
            state.withLock { $0.isStopped = true }
            thread.withLock { $0 }?.join()
            if let failure = state.withLock(\.failure) {
                throw WatchedProcess.Failure(description: "the writer: \(failure)")
            }
            return state.withLock(\.transactions)
        }
    }

    /// How many rows are missing and how many are too many, by table.
    private static func differences(_ server: PostgresServer) throws -> [String: String] {
        let connection = try server.connect()
        var found: [String: String] = [:]
        for (table, query) in results {
            let rows = try connection.execute(
                """
                SELECT (SELECT count(*) FROM (\(query) EXCEPT ALL TABLE \(table)) m),
                       (SELECT count(*) FROM (TABLE \(table) EXCEPT ALL (\(query))) e)
                """
            )
            let counts = rows.row(0).map { $0 ?? "?" }
            if counts != ["0", "0"] { found[table] = "-\(counts[0]) +\(counts[1])" }
        }
        return found
    }

    @Test func `a process killed three times loses and doubles nothing`() throws {
        let server = try PostgresServer()
        try server.sql(Self.setup)
        let folder = try TestFolder()
        try folder.write("job.sql", Self.script(server.port))
        let arguments = [
            "run", "\(folder.path)/job.sql", "--state-dir", "\(folder.path)/state",
            "--parallelism", "2", "--memory", "64m", "--output", "json",
        ]
        let seed = Int.random(in: 0..<1000)
        let writer = Writer()
        writer.start(server, seed: seed)
        var moments: [Int] = []
        var job = try Jobctl.start(arguments)
        // Without a checkpoint there is nothing to restore.
        try job.waitForCheckpoints(1)
        for _ in 0..<3 {
            moments.append(Int.random(in: 50...2500))
            usleep(UInt32(moments.last ?? 0) * 1000)
            #expect(job.exit == nil, "\(job.text)")
            job.send(SIGKILL)
            _ = try job.end()
            job = try Jobctl.start(arguments + ["--restore", "latest"])
        }
        let transactions = try writer.stop()
        let context = "seed \(seed), killed after \(moments) ms, \(transactions) transactions"
        #expect(transactions > 50)
        try job.wait(for: "the tables of the source", seconds: 60) { _ in
            try Self.differences(server).isEmpty
        }
        job.send(SIGTERM)
        #expect(try job.end() == 130, "\(context)\n\(job.text)")
        #expect(try Self.differences(server).isEmpty, "\(context)")
        let counts = try server.sql("SELECT count(*) FROM joined")
        #expect(Int(counts[0][0] ?? "").map { $0 > 1000 } == true)
    }
}
