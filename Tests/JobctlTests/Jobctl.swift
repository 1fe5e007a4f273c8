import ObjectStore
import TestKit

/// Runs the program itself, as a user would.
struct Jobctl {
    /// Beside the test program: both are products of one build.
    static let program =
        LocalFiles.parent(of: CommandLine.arguments[0]) + "/jobctl"

    struct Result {
        let exit: Int32
        /// Output and errors together.
        let text: String
    }

    /// Starts it; what it prints is read while it runs.
    static func start(_ arguments: [String], through words: [String] = []) throws -> WatchedProcess
    {
        try WatchedProcess(words + [program] + arguments)
    }

    /// Runs it to its end.
    static func run(_ arguments: [String]) throws -> Result {
        let process = try ChildProcess.start([program] + arguments, capturing: true)
        let text = process.readAll()
        return Result(exit: process.wait(), text: text)
    }
}

/// A folder of one test, removed at its end.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        let number = UInt64.random(in: .min ... .max)
        // Always as long: long lines of a script are cut in messages.
        let digits = String(number, radix: 36)
        path = "/tmp/apus-jobctl-\(String(repeating: "0", count: 13 - digits.count))\(digits)"
        try LocalFiles.makeFolders(path)
    }

    deinit {
        try? LocalFiles.removeAll(path)
    }

    func write(_ name: String, _ text: String) throws {
        try LocalFiles.write("\(path)/\(name)", Array(text.utf8))
    }
}

extension WatchedProcess {
    /// Waits until checkpoints have been completed; the run prints JSON.
    func waitForCheckpoints(_ count: Int) throws {
        try wait(for: "\"event\":\"checkpoint\"", times: count)
    }
}
