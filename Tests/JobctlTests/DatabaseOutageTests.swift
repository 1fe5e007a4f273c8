import Foundation
import TestKit
import Testing

/// A database that is not there, goes away, or refuses.
@Suite struct DatabaseOutageTests {
    private static func script(
        _ port: Int,
        user: String = "postgres",
        password: String = "secret"
    ) -> String {
        """
        SET 'execution.checkpointing.interval' = '200 ms';
        SET 'restart-strategy.exponential-delay.initial-backoff' = '100 ms';
        CREATE TABLE orders (id INT, amount BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH (
            'connector' = 'postgres-cdc', 'hostname' = '127.0.0.1', 'port' = '\(port)',
            'username' = '\(user)', 'password' = '\(password)', 'database-name' = 'postgres',
            'schema-name' = 'public', 'table-name' = 'orders', 'slot.name' = 'outage'
        );
        CREATE TABLE copies (id INT, amount BIGINT, PRIMARY KEY (id) NOT ENFORCED) WITH (
            'connector' = 'jdbc', 'table-name' = 'copies',
            'url' = 'jdbc:postgresql://127.0.0.1:\(port)/postgres?user=\(user)&password=\(password)'
        );
        INSERT INTO copies SELECT id, amount FROM orders;
        """
    }

    private static let setup = """
        CREATE TABLE orders (id int PRIMARY KEY, amount bigint);
        CREATE TABLE copies (id int PRIMARY KEY, amount bigint);
        INSERT INTO orders SELECT i, i * 7 FROM generate_series(1, 1000) i;
        """

    private static func isCopied(_ server: PostgresServer) throws -> Bool {
        try server.sql(
            """
            SELECT 1 FROM (
                (TABLE orders EXCEPT ALL TABLE copies) UNION ALL
                (TABLE copies EXCEPT ALL TABLE orders)
            ) d
            """
        ).isEmpty
    }

    @Test func `a server that is down or killed is waited for`() throws {
        let server = try PostgresServer()
        try server.sql(Self.setup)
        try server.stop()
        let folder = try TestFolder()
        try folder.write("job.sql", Self.script(server.port))
        let job = try Jobctl.start([
            "run", "\(folder.path)/job.sql", "--state-dir", "\(folder.path)/state",
            "--output", "json",
        ])
        try job.wait(
            for: "PostgreSQL server at 127.0.0.1:\(server.port)/postgres cannot be reached"
        )
        try job.wait(for: "Retry ")
        // Every setting of the script is known.
        #expect(!job.text.contains("has no effect"))
        try server.start()
        try job.wait(for: "the first rows") { _ in try Self.isCopied(server) }
        try job.waitForCheckpoints(2)

        try server.sql("UPDATE orders SET amount = amount + 1 WHERE id % 3 = 0")
        server.kill()
        try job.wait(for: "a word about it") {
            $0.count("cannot be reached") > 3 || $0.count("\"event\":\"restarting\"") > 1
        }
        try server.start()
        try server.sql("DELETE FROM orders WHERE id % 5 = 0; INSERT INTO orders VALUES (5000, 1)")
        try job.wait(for: "all changes") { _ in try Self.isCopied(server) }
        job.send(SIGTERM)
        #expect(try job.end() == 130, "\(job.text)")
        #expect(try Self.isCopied(server))
        // Nor is the password kept in checkpoints, which name their tables.
        #expect(!job.text.contains("secret"))
        let files = try PostgresServer.run(
            "sh",
            ["-c", "cat '\(folder.path)'/state/checkpoints/*/chk-*/_metadata"]
        )
        #expect(files.contains("postgres-cdc") && !files.contains("secret"))
    }

    @Test func `a wrong password and a missing privilege end the job with what to do`() throws {
        let server = try PostgresServer()
        try server.sql(Self.setup + "CREATE ROLE poor LOGIN REPLICATION PASSWORD 'secret'")
        let folder = try TestFolder()
        try folder.write("password.sql", Self.script(server.port, password: "hunter2"))
        let wrong = try Jobctl.run(["run", "\(folder.path)/password.sql"])
        #expect(wrong.exit == 1)
        #expect(
            wrong.text.contains("refused the login of user 'postgres': the password is wrong")
        )
        #expect(!wrong.text.contains("starts again"))
        #expect(!wrong.text.contains("hunter2"))

        try folder.write("poor.sql", Self.script(server.port, user: "poor"))
        let source = try Jobctl.run(["run", "\(folder.path)/poor.sql"])
        #expect(source.exit == 1)
        #expect(source.text.contains("GRANT "))
        #expect(source.text.contains(" TO \"poor\";"))
        #expect(!source.text.contains("starts again"))
    }
}
