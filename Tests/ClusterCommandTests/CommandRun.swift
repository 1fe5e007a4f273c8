import ArgumentParser
import Core
import JobControl
import ManagementKit
import RESTClient
import Synchronization

/// A command run in this process, and everything that it said.
struct CommandRun: Sendable {
    let output: String
    let progress: String
    let exit: Int32
    let failure: String

    struct NoClusterCommand: Error {}

    /// The clock of a test: whoever looks at it makes it go on.
    final class Clock: TimeSource {
        let nowMicroseconds = Samples.now * 1000
        private let step: Int64
        private let looks = Mutex<Int64>(0)

        init(stepMicroseconds: Int64) {
            step = stepMicroseconds
        }

        var monotonicMicroseconds: Int64 {
            looks.withLock { looks in
                defer { looks += 1 }
                return looks * step
            }
        }
    }

    /// Runs a command of the cluster, on a thread of its own since it blocks.
    static func run(
        _ arguments: [String],
        at address: String,
        isTerminal: Bool = false,
        isInterrupted: Bool = false,
        isSlow: Bool = false
    ) async throws -> CommandRun {
        try await OwnThread.run { () throws -> CommandRun in
            let parsed = try Jobctl.parseAsRoot(arguments + ["--jobmanager", address])
            guard let command = parsed as? any ClusterCommand else { throw NoClusterCommand() }
            let output = Mutex("")
            let progress = Mutex("")
            let isWaiting = Mutex(false)
            var options = try command.cluster.clientOptions(environment: [:])
            // Tests that block may keep all threads of the pool that the server answers on.
            options.requestTimeoutMilliseconds = 600_000
            options.repeatableTimeoutMilliseconds = 600_000
            let session = try ClusterSession(
                options,
                command.cluster.output,
                Console(isTerminal: isTerminal) { text in progress.withLock { $0 += text } },
                interruption: Interruption(
                    begin: { isWaiting.withLock { $0 = true } },
                    isRaised: { isInterrupted && isWaiting.withLock { $0 } }
                ),
                time: Clock(stepMicroseconds: isSlow ? 6_000_000 : 0),
                pollMicroseconds: 1000,
                output: { text in output.withLock { $0 += text } }
            )
            defer { session.close() }
            var failure: CommandFailure?
            do {
                try command.perform(in: session)
            } catch let error as CommandFailure {
                failure = error
            }
            return CommandRun(
                output: output.withLock { $0 },
                progress: progress.withLock { $0 },
                exit: failure?.status.rawValue ?? 0,
                failure: failure?.message ?? ""
            )
        }
    }

    /// All that was said, as a golden file has it.
    var transcript: String {
        var text = output
        if !progress.isEmpty { text += "---- progress\n\(progress)" }
        if exit != 0 { text += "---- exit \(exit)\n\(failure)\n" }
        return text
    }
}
