import ObjectStore
import TestKit

/// Runs the program itself, as a user would.
struct Jobctl {
    /// Beside the test program: both are products of one build.
    private static let program =
        LocalFiles.parent(of: CommandLine.arguments[0]) + "/jobctl"

    struct Result {
        let exit: Int32
        /// Output and errors together.
        let text: String
    }

    /// Starts it; its output must be read.
    static func start(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess.start([program] + arguments, capturing: true)
    }

    /// Runs it to its end.
    static func run(_ arguments: [String]) throws -> Result {
        let process = try start(arguments)
        let text = process.readAll()
        return Result(exit: process.wait(), text: text)
    }
}

/// A folder of one test, removed at its end.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        let number = UInt64.random(in: .min ... .max)
        path = "/tmp/apus-jobctl-\(LocalFiles.processNumber)-\(String(number, radix: 36))"
        try LocalFiles.makeFolders(path)
    }

    deinit {
        try? LocalFiles.removeAll(path)
    }

    func write(_ name: String, _ text: String) throws {
        try LocalFiles.write("\(path)/\(name)", Array(text.utf8))
    }
}
