import Columnar
import Connectors
import Core
import PostgresConnector
import TestKit
import Testing

@Suite(.serialized) struct ClientTests {
    @Test func `addresses are read from every kind of URL, and never show the password`() throws {
        let jdbc = try PostgresAddress(
            url: "jdbc:postgresql://db.example:6543/sales?user=me&password=s%26cret&ssl=true"
        )
        #expect(jdbc.keywords["host"] == "db.example" && jdbc.keywords["port"] == "6543")
        #expect(jdbc.keywords["password"] == "s&cret" && jdbc.keywords["sslmode"] == "require")
        #expect("\(jdbc)" == "db.example:6543/sales")
        #expect(String(reflecting: jdbc) == "db.example:6543/sales")
        let plain = try PostgresAddress(url: "postgres://a:b@[::1]:5433/x?sslmode=disable")
        #expect(plain.host == "::1" && plain.port == "5433" && plain.user == "a")
        let many = try PostgresAddress(url: "postgresql://h1:1,h2/x")
        #expect(many.host == "h1,h2" && many.port == "1,5432")
        let unknown = message { _ = try PostgresAddress(url: "postgres://h/x?sslmod=off") }
        #expect(unknown.contains("unknown parameter 'sslmod'. Did you mean 'sslmode'?"))
        let other = message { _ = try PostgresAddress(url: "jdbc:mysql://u:pw@h/x") }
        #expect(other.contains("cannot be read") && !other.contains("pw"))
    }

    @Test func `statements, parameters and pipelines give rows and errors with their code`() throws
    {
        let connection = try SharedServer.server.get().connect()
        let row = try connection.query("SELECT $1::int + 1, $2, NULL", ["41", "it's"]).row(0)
        #expect(row == ["42", "it's", nil])
        let results = try connection.pipeline([
            PipelineStatement("SELECT 1"),
            PipelineStatement("SELECT $1", StatementParameters(["x"])),
        ])
        #expect(results.map { $0.text(0, 0) } == ["1", "x"])
        do throws(PostgresError) {
            _ = try connection.pipeline([
                PipelineStatement("SELECT 1"), PipelineStatement("SELECT 1/0"),
                PipelineStatement("SELECT 2"),
            ])
            Issue.record("a division by zero went through")
        } catch {
            #expect(error.sqlState == "22012")
        }
        #expect(try connection.execute("SELECT 3").text(0, 0) == "3")
    }

    @Test func `settings of a role or database neither end a session nor weaken a commit`() throws {
        let server = try SharedServer.database("cli_settings")
        try server.sql(
            """
            ALTER DATABASE cli_settings SET statement_timeout = '300ms';
            ALTER DATABASE cli_settings SET idle_in_transaction_session_timeout = '300ms';
            ALTER DATABASE cli_settings SET idle_session_timeout = '300ms';
            ALTER DATABASE cli_settings SET synchronous_commit = off;
            ALTER DATABASE cli_settings SET datestyle = 'German'
            """
        )
        let connection = try server.connect(database: "cli_settings")
        try connection.execute("BEGIN; SELECT pg_sleep(0.5)")
        let signal = InterruptSignal()
        signal.sleep(microseconds: 500_000)
        try connection.execute("COMMIT")
        signal.sleep(microseconds: 500_000)
        #expect(try connection.execute("SHOW synchronous_commit").text(0, 0) == "on")
        #expect(try connection.execute("SELECT date '2024-02-29'").text(0, 0) == "2024-02-29")
        try server.sql("ALTER DATABASE cli_settings SET synchronous_commit = 'remote_apply'")
        let other = try server.connect(database: "cli_settings")
        #expect(try other.execute("SHOW synchronous_commit").text(0, 0) == "remote_apply")
    }

    @Test func `another thread ends a wait`() throws {
        let connection = try SharedServer.server.get().connect()
        try connection.send("SELECT pg_sleep(0.3), 7")
        connection.signal.raise()
        #expect(try connection.pollResult(waitingMicroseconds: 10_000_000) == nil)
        #expect(try connection.pollResult(waitingMicroseconds: 10_000_000)?.text(0, 1) == "7")
    }

    @Test func `copying in can be given up`() throws {
        let server = try SharedServer.database("client_copy", "CREATE TABLE t(a int)")
        let connection = try server.connect(database: "client_copy")
        try connection.startCopy("COPY t FROM STDIN")
        try connection.writeCopy(Array("1\n2\n".utf8).span)
        #expect(try connection.endCopy().affectedRows == 2)
        try connection.startCopy("COPY t FROM STDIN")
        try connection.writeCopy(Array("3\n".utf8).span)
        let text = message { try connection.endCopy(failing: "changed my mind") }
        #expect(text.contains("changed my mind"))
        #expect(try connection.execute("SELECT count(*) FROM t").text(0, 0) == "2")
    }

    @Test func `two servers run side by side, stop, pause and start again`() throws {
        let first = try PostgresServer()
        let second = try PostgresServer(["wal_level": "replica"])
        #expect(try second.sql("SHOW wal_level")[0][0] == "replica")
        try first.sql("CREATE TABLE kept(a int)")
        try first.restart(["wal_level": "replica"])
        #expect(try first.sql("SELECT count(*) FROM kept; SHOW wal_level")[0][0] == "replica")
        first.pause()
        let text = message {
            _ = try PostgresConnection.connect(first.address(), timeoutMicroseconds: 200_000)
        }
        #expect(text.contains("did not answer within 200 ms"))
        first.resume()
        #expect(try first.sql("SELECT 1")[0][0] == "1")
    }
}
