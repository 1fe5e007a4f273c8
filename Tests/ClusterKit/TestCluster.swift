import Foundation
import Glibc
import ObjectStore
import Synchronization
package import TestKit

/// The real programs on this machine: job managers and task managers, in a folder of their own,
/// stopped with their owner.
package final class TestCluster: Sendable {
    /// Which programs it is made of.
    package enum Kind: Sendable {
        /// Those that users get.
        case shipped
        /// The same, with the `script` and `collect` tables of stream tests beside.
        case withStreamTables

        /// The words that start a program.
        func words(_ program: String) -> [String] {
            switch self {
            case .shipped: ["\(TestCluster.programs)/\(program)"]
            case .withStreamTables: ["\(TestCluster.programs)/StreamClusterProgram", program]
            }
        }
    }

    /// What all programs of a kind are started with, over what they always are.
    package struct Settings: Sendable {
        package var jobManagers: [(String, String)] = []
        package var taskManagers: [(String, String)] = []

        package init() {}
    }

    /// Where a job manager listens.
    private struct Ports {
        let rest: Int
        let control: Int
    }

    private struct State {
        /// By their number: the address that they have.
        var jobManagers: [Int: WatchedProcess] = [:]
        var taskManagers: [String: WatchedProcess] = [:]
        /// What ended processes had printed.
        var former = ""
    }

    package let folder: String
    private let kind: Kind
    private let settings: Settings
    private let ports: [Ports]
    /// Settings of all programs.
    private let common: [(String, String)]
    /// What everybody shows who asks over REST; with TLS its authority, too.
    private let token: String?
    private let authority: String?
    private let state = Mutex(State())
    package static let programs = LocalFiles.parent(of: CommandLine.arguments[0])

    /// A cluster of which nothing runs yet.
    ///
    /// - Parameters:
    ///   - kind: its programs.
    ///   - settings: of all programs of a kind.
    ///   - jobManagers: how many have an address.
    ///   - certificates: what programs talk TLS with.
    ///   - token: the secret of both the cluster and REST.
    /// - Throws: when the system has no port or folder left.
    package init(
        _ kind: Kind = .shipped,
        _ settings: Settings = Settings(),
        jobManagers: Int = 1,
        certificates: TestCertificates? = nil,
        token: String? = nil
    ) throws {
        self.kind = kind
        self.settings = settings
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        folder = "/tmp/apus-cluster-\(name)"
        try LocalFiles.makeFolders(folder)
        ports = try (0..<jobManagers).map { _ in
            Ports(rest: try PostgresServer.freePort(), control: try PostgresServer.freePort())
        }
        common =
            (certificates?.settings ?? [])
            + (token.map { [("cluster.token", $0), ("rest.token", $0)] } ?? [])
        authority = certificates?.authorityFile
        self.token = token
    }

    deinit {
        state.withLock { state in
            for process in state.jobManagers.values { process.send(SIGKILL) }
            for process in state.taskManagers.values { process.send(SIGKILL) }
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A cluster with so many task managers of two slots each, ready for jobs.
    package static func start(
        taskManagers: Int,
        _ kind: Kind = .shipped,
        _ settings: Settings = Settings()
    ) throws -> TestCluster {
        let cluster = try TestCluster(kind, settings)
        try cluster.startJobManager()
        for number in 0..<taskManagers { try cluster.startTaskManager("tm\(number)") }
        try cluster.waitForSlots(2 * taskManagers)
        return cluster
    }

    private static func flags(_ settings: [(String, String)]) -> [String] {
        settings.flatMap { ["-D", "\($0.0)=\($0.1)"] }
    }

    private var shared: [(String, String)] {
        [
            ("high-availability.cluster-id", "test"),
            ("execution.checkpointing.dir", "file://\(folder)/checkpoints"),
        ] + common
    }

    /// Starts a job manager at the address of that number.
    package func startJobManager(_ more: [(String, String)] = [], at number: Int = 0) throws {
        let own: [(String, String)] = [
            ("jobmanager.name", number == 0 ? "first" : "standby\(number)"),
            ("jobmanager.rpc.port", "\(ports[number].control)"),
            ("rest.port", "\(ports[number].rest)"), ("heartbeat.interval", "500 ms"),
            ("heartbeat.timeout", "5 s"), ("high-availability.lease-duration", "3 s"),
            ("high-availability.renew-deadline", "2 s"),
            ("high-availability.retry-period", "500 ms"),
        ]
        let process = try WatchedProcess(
            kind.words("jobmanager") + Self.flags(shared + own + settings.jobManagers + more)
        )
        state.withLock { $0.jobManagers[number] = process }
    }

    package func startTaskManager(_ name: String, _ more: [(String, String)] = []) throws {
        let addresses = ports.map { "127.0.0.1:\($0.control)" }.joined(separator: ",")
        let own: [(String, String)] = [
            ("taskmanager.resource-id", name), ("jobmanager.rpc.address", addresses),
            ("taskmanager.numberOfTaskSlots", "2"),
            ("taskmanager.memory.process.size", "128m"),
            ("io.tmp.dirs", "\(folder)/\(name)"), ("metrics.port", "0"),
        ]
        let process = try WatchedProcess(
            kind.words("taskmanager")
                + Self.flags(shared + own + settings.taskManagers + more)
        )
        state.withLock { $0.taskManagers[name] = process }
    }

    package var jobManager: WatchedProcess? { jobManager(0) }

    package func jobManager(_ number: Int) -> WatchedProcess? {
        state.withLock { $0.jobManagers[number] }
    }

    package func taskManager(_ name: String) -> WatchedProcess? {
        state.withLock { $0.taskManagers[name] }
    }

    /// Everything that all programs have printed, for messages.
    package var log: String {
        state.withLock { state in
            let parts =
                state.jobManagers.sorted { $0.key < $1.key }.map { ("jm\($0.key)", $0.value) }
                + state.taskManagers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            return state.former
                + parts.map { "== \($0.0)\n\($0.1.text)" }.joined(separator: "\n")
        }
    }

    /// The end of the log of each program.
    package var logEnds: String {
        let processes = state.withLock { state in
            state.jobManagers.sorted { $0.key < $1.key }.map { ("jm\($0.key)", $0.value) }
                + state.taskManagers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
        return processes.map { name, process in
            "== the end of \(name)\n" + process.lines.suffix(40).joined(separator: "\n")
        }
        .joined(separator: "\n")
    }

    package func killJobManager(_ number: Int = 0) throws {
        let process = state.withLock { state -> WatchedProcess? in
            let process = state.jobManagers.removeValue(forKey: number)
            state.former += process?.text ?? ""
            return process
        }
        process?.send(SIGKILL)
        _ = try process?.end()
    }

    package func killTaskManager(_ name: String) throws {
        let process = state.withLock { state -> WatchedProcess? in
            let process = state.taskManagers.removeValue(forKey: name)
            state.former += process?.text ?? ""
            return process
        }
        process?.send(SIGKILL)
        _ = try process?.end()
    }

    /// The REST interface of a job manager.
    package func address(of number: Int = 0) -> String {
        "\(authority == nil ? "http" : "https")://127.0.0.1:\(ports[number].rest)"
    }

    /// Where task managers dial that job manager.
    package func controlPort(of number: Int = 0) -> Int { ports[number].control }

    /// Runs a command against the cluster, by default as somebody who may.
    package func jobctl(
        _ arguments: [String],
        at number: Int = 0,
        environment: [String]? = nil,
        flags: [String]? = nil
    ) throws -> (exit: Int32, text: String) {
        let secret = environment ?? token.map { ["APUS_TOKEN=\($0)"] } ?? []
        let trust = flags ?? authority.map { ["--ca-file", $0] } ?? []
        let process = try ChildProcess.start(
            ["env", "APUS_JOBMANAGER=\(address(of: number))"] + secret
                + ["\(Self.programs)/jobctl"] + arguments + trust,
            capturing: true
        )
        let text = process.readAll()
        return (process.wait(), text)
    }

    /// Waits until a command prints something.
    package func wait(
        _ arguments: [String],
        for wanted: String,
        at number: Int = 0,
        seconds: Int = 60
    ) throws {
        var last = ""
        for _ in 0..<seconds * 5 {
            last = try jobctl(arguments, at: number).text
            if last.contains(wanted) { return }
            usleep(200_000)
        }
        throw WatchedProcess.Failure(
            description: "\(arguments) never printed '\(wanted)', last: \(last)\n\(log)"
        )
    }

    package func waitForSlots(_ count: Int, at number: Int = 0) throws {
        for _ in 0..<600 {
            let text = try http("/overview", at: number)
            if text.contains("\"slots-total\":\(count)") { return }
            usleep(100_000)
        }
        throw WatchedProcess.Failure(description: "\(count) slots never came\n\(log)")
    }

    /// The answer to a GET; empty when nobody listens.
    package func http(_ path: String, at number: Int = 0, flags: [String] = []) throws -> String {
        let secret = token.map { ["-H", "Authorization: Bearer \($0)"] } ?? []
        let trust = authority.map { ["--cacert", $0] } ?? []
        let process = try ChildProcess.start(
            ["curl", "-s"] + flags + secret + trust + [address(of: number) + path],
            capturing: true
        )
        let text = process.readAll()
        process.wait()
        return text
    }

    package func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        return "\(folder)/\(name)"
    }
}
