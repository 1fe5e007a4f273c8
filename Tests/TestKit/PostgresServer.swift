import Foundation
package import PostgresConnector
import Synchronization

/// A PostgreSQL server in a folder of its own, on a free port of this machine.
///
/// It never outlives the test process: a shell holds a pipe to us and stops the server when the
/// pipe closes, however we end.
package final class PostgresServer: Sendable {
    /// Why a server cannot be used.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package let folder: String
    package let port: Int
    private let settings: [String: String]

    /// The shell that stops the server when we are gone.
    private let running = Mutex<ChildProcess?>(nil)

    private static let binaries: String = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newest = versions.compactMap { Int($0) }.max() ?? 15
        return "\(root)/\(newest)/bin"
    }()

    /// Makes a cluster and starts it.
    ///
    /// The settings are lines of postgresql.conf beside those that make it fast.
    package init(_ settings: [String: String] = [:]) throws {
        let name = "apus-postgres-\(UUID().uuidString.prefix(8).lowercased())"
        folder = NSTemporaryDirectory() + name
        port = try Self.freePort()
        var merged = [
            "wal_level": "logical", "fsync": "off", "full_page_writes": "off",
            "max_replication_slots": "100", "max_wal_senders": "60",
            "max_connections": "150", "max_prepared_transactions": "20",
            "shared_buffers": "64MB", "logging_collector": "off",
            "listen_addresses": "'127.0.0.1'", "unix_socket_directories": "''",
            "log_min_messages": "fatal", "autovacuum": "off",
        ]
        merged.merge(settings) { $1 }
        self.settings = merged
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Self.run("chmod", ["700", folder])
        if Self.isRoot { try Self.run("chown", ["postgres", folder]) }
        let secret = folder + ".password"
        try "secret\n".write(toFile: secret, atomically: true, encoding: .utf8)
        try Self.run("chmod", ["644", secret])
        try Self.asOwner(
            "\(Self.binaries)/initdb",
            [
                "-D", "\(folder)/data", "-U", "postgres", "--no-sync", "-A", "scram-sha-256",
                "--pwfile", secret, "--locale", "C.UTF-8", "-E", "UTF8",
            ]
        )
        try FileManager.default.removeItem(atPath: secret)
        try configure([:])
        try start()
    }

    deinit {
        kill(immediately: true)
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static let isRoot = getuid() == 0

    /// The owner of the server's processes: never root, which PostgreSQL refuses.
    private static func ownerPrefix() -> [String] {
        isRoot
            ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : []
    }

    @discardableResult
    private static func asOwner(_ program: String, _ arguments: [String]) throws -> String {
        let words = ownerPrefix() + [program] + arguments
        return try run(words[0], Array(words.dropFirst()))
    }

    /// Runs a program to its end.
    @discardableResult
    package static func run(_ program: String, _ arguments: [String]) throws -> String {
        let child = try ChildProcess.start([program] + arguments, capturing: true)
        let text = child.readAll()
        guard child.wait() == 0 else { throw Failure(description: "\(program) failed: \(text)") }
        return text
    }

    /// A port that nobody listens on now.
    package static func freePort() throws -> Int {
        let listener = try LoopbackSocket.listen()
        defer { listener.close() }
        return listener.port
    }

    /// Sets lines of postgresql.conf for the next start.
    package func configure(_ changes: [String: String]) throws {
        var lines = settings
        lines.merge(changes) { $1 }
        let text = lines.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
            .joined(separator: "\n")
        try Self.asOwner(
            "sh",
            ["-c", "cat > '\(folder)/data/apus.conf' <<'END'\n\(text)\nEND\n"]
        )
        try Self.asOwner(
            "sh",
            [
                "-c",
                "cd '\(folder)/data' && (grep -q apus.conf postgresql.conf || "
                    + "echo \"include 'apus.conf'\" >> postgresql.conf)",
            ]
        )
    }

    /// Starts the server and waits until it answers.
    package func start() throws {
        let command = (Self.ownerPrefix() + ["\(Self.binaries)/postgres"]).joined(separator: " ")
        let script = """
            \(command) -D '\(folder)/data' -p \(port) >'\(folder)/server.log' 2>&1 </dev/null &
            server=$!
            read word
            kill -QUIT $server 2>/dev/null
            wait $server
            if [ "$word" != keep ]; then rm -rf '\(folder)'; fi
            """
        let process = try ChildProcess.start(["sh", "-c", script], withInput: true)
        running.withLock { $0 = process }
        for _ in 0..<400 {
            if (try? connect()) != nil { return }
            usleep(25_000)
        }
        let log = (try? String(contentsOfFile: "\(folder)/server.log", encoding: .utf8)) ?? ""
        throw Failure(description: "the server does not start: \(log)")
    }

    /// The process id of the postmaster.
    package var processID: Int32? {
        let text = try? Self.asOwner("head", ["-n", "1", "\(folder)/data/postmaster.pid"])
        return text.flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// Stops the server in an orderly way (fast: connections are ended), and waits.
    package func stop() throws {
        try Self.asOwner(
            "\(Self.binaries)/pg_ctl",
            ["-D", "\(folder)/data", "-m", "fast", "-w", "stop"]
        )
        release()
    }

    package func restart(_ changes: [String: String] = [:]) throws {
        try stop()
        try configure(changes)
        try start()
    }

    /// Ends the server at once, as `kill -9` or losing power does.
    package func kill(immediately: Bool = true) {
        guard let pid = processID else { return release() }
        // The postmaster and then its children, which would keep the data folder in use.
        let children = (try? Self.run("pgrep", ["-P", String(pid)])) ?? ""
        Glibc.kill(pid, SIGKILL)
        for child in children.split(separator: "\n") {
            if let child = Int32(child) { Glibc.kill(child, SIGKILL) }
        }
        release()
    }

    /// Freezes all processes of the server; `resume` lets them go on.
    package func pause() { signalAll(SIGSTOP) }

    package func resume() { signalAll(SIGCONT) }

    private func signalAll(_ signal: Int32) {
        guard let pid = processID else { return }
        let children = (try? Self.run("pgrep", ["-P", String(pid)])) ?? ""
        for child in [String(pid)] + children.split(separator: "\n").map(String.init) {
            if let child = Int32(child) { Glibc.kill(child, signal) }
        }
    }

    private func release() {
        let old = running.withLock { state -> ChildProcess? in
            defer { state = nil }
            return state
        }
        old?.endInput(with: "keep\n")
        old?.wait()
    }

    /// How to log in; the superuser `postgres` by default.
    package func address(
        database: String = "postgres",
        user: String = "postgres",
        password: String = "secret",
        port: Int? = nil
    ) -> PostgresAddress {
        PostgresAddress(
            host: "127.0.0.1",
            port: port ?? self.port,
            database: database,
            user: user,
            password: password
        )
    }

    package func connect(database: String = "postgres") throws -> PostgresConnection {
        try PostgresConnection.connect(
            address(database: database),
            timeoutMicroseconds: 5_000_000
        )
    }

    /// Runs statements in a session of their own; gives the rows of the last one.
    @discardableResult
    package func sql(_ text: String, database: String = "postgres") throws -> [[String?]] {
        let result = try connect(database: database).execute(text)
        return (0..<result.rowCount).map { result.row($0) }
    }
}
