import ClusterKit
import Foundation
import TestKit

/// The two long-running programs.
enum Daemon: String, Sendable {
    case jobManager = "jobmanager"
    case taskManager = "taskmanager"
}

/// Starts programs in a folder of their own, with configuration files in it.
final class DaemonFolder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/apus-daemons-\(String(UInt64.random(in: .min ... .max), radix: 36))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
        return "\(path)/\(name)"
    }

    /// Starts a program that has a place for checkpoints and takes no fixed port for metrics.
    func start(
        _ daemon: Daemon,
        _ words: [String],
        environment: [String] = []
    ) throws -> WatchedProcess {
        let own = daemon == .taskManager ? ["-D", "metrics.port=0"] : []
        return try WatchedProcess(
            ["APUS_EXECUTION_CHECKPOINTING_DIR=\(path)/checkpoints"] + environment
                + ["\(TestCluster.programs)/\(daemon.rawValue)"] + own + words
        )
    }

    /// Runs a program that does not start; its exit code and what it says.
    func refusal(
        _ daemon: Daemon,
        _ words: [String],
        environment: [String] = []
    ) throws -> (exit: Int32, text: String) {
        let process = try start(daemon, words, environment: environment)
        let exit = try process.end(seconds: 30)
        return (exit, process.text)
    }
}
