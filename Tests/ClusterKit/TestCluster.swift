import Foundation
import Glibc
import ObjectStore
import Synchronization
package import TestKit

/// The real programs on this machine: one job manager and some task managers, in a folder of their
/// own, stopped with their owner.
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

    private struct State {
        var jobManager: WatchedProcess?
        var taskManagers: [String: WatchedProcess] = [:]
        /// What ended processes had printed.
        var former = ""
    }

    package let folder: String
    package let restPort: Int
    private let kind: Kind
    private let settings: Settings
    private let controlPort: Int
    private let state = Mutex(State())
    package static let programs = LocalFiles.parent(of: CommandLine.arguments[0])

    package init(_ kind: Kind = .shipped, _ settings: Settings = Settings()) throws {
        self.kind = kind
        self.settings = settings
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        folder = "/tmp/apus-cluster-\(name)"
        try LocalFiles.makeFolders(folder)
        restPort = try PostgresServer.freePort()
        controlPort = try PostgresServer.freePort()
    }

    deinit {
        state.withLock { state in
            state.jobManager?.send(SIGKILL)
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
        ]
    }

    package func startJobManager(_ more: [(String, String)] = []) throws {
        let own: [(String, String)] = [
            ("jobmanager.name", "first"), ("jobmanager.rpc.port", "\(controlPort)"),
            ("rest.port", "\(restPort)"), ("heartbeat.interval", "500 ms"),
            ("heartbeat.timeout", "5 s"), ("high-availability.lease-duration", "3 s"),
            ("high-availability.renew-deadline", "2 s"),
            ("high-availability.retry-period", "500 ms"),
        ]
        let process = try WatchedProcess(
            kind.words("jobmanager") + Self.flags(shared + own + settings.jobManagers + more)
        )
        state.withLock { $0.jobManager = process }
    }

    package func startTaskManager(_ name: String, _ more: [(String, String)] = []) throws {
        let own: [(String, String)] = [
            ("taskmanager.resource-id", name),
            ("jobmanager.rpc.address", "127.0.0.1:\(controlPort)"),
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

    package var jobManager: WatchedProcess? { state.withLock { $0.jobManager } }

    package func taskManager(_ name: String) -> WatchedProcess? {
        state.withLock { $0.taskManagers[name] }
    }

    /// Everything that all programs have printed, for messages.
    package var log: String {
        state.withLock { state in
            let parts =
                [("job manager", state.jobManager)]
                + state.taskManagers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            return state.former
                + parts.map { "== \($0.0)\n\($0.1?.text ?? "")" }.joined(separator: "\n")
        }
    }

    /// The end of the log of each program.
    package var logEnds: String {
        let processes = state.withLock { state in
            [("job manager", state.jobManager)]
                + state.taskManagers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
        return processes.map { name, process in
            "== the end of \(name)\n" + (process?.lines.suffix(40).joined(separator: "\n") ?? "")
        }
        .joined(separator: "\n")
    }

    package func killJobManager() throws {
        let process = state.withLock { state -> WatchedProcess? in
            defer { state.jobManager = nil }
            state.former += state.jobManager?.text ?? ""
            return state.jobManager
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

    /// Runs a command against the cluster.
    package func jobctl(_ arguments: [String]) throws -> (exit: Int32, text: String) {
        let process = try ChildProcess.start(
            ["env", "APUS_JOBMANAGER=http://127.0.0.1:\(restPort)", "\(Self.programs)/jobctl"]
                + arguments,
            capturing: true
        )
        let text = process.readAll()
        return (process.wait(), text)
    }

    /// Waits until a command prints something.
    package func wait(_ arguments: [String], for wanted: String, seconds: Int = 60) throws {
        var last = ""
        for _ in 0..<seconds * 5 {
            last = try jobctl(arguments).text
            if last.contains(wanted) { return }
            usleep(200_000)
        }
        throw WatchedProcess.Failure(
            description: "\(arguments) never printed '\(wanted)', last: \(last)\n\(log)"
        )
    }

    package func waitForSlots(_ count: Int) throws {
        for _ in 0..<600 {
            if let text = try? http("/overview"), text.contains("\"slots-total\":\(count)") {
                return
            }
            usleep(100_000)
        }
        throw WatchedProcess.Failure(description: "\(count) slots never came\n\(log)")
    }

    /// The answer to a GET.
    package func http(_ path: String) throws -> String {
        let process = try ChildProcess.start(
            ["curl", "-s", "http://127.0.0.1:\(restPort)\(path)"],
            capturing: true
        )
        let text = process.readAll()
        process.wait()
        return text
    }

    package func write(_ name: String, _ text: String) throws -> String {
        try LocalFiles.write("\(folder)/\(name)", Array(text.utf8))
        return "\(folder)/\(name)"
    }
}
