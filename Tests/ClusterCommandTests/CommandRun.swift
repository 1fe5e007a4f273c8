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

    /// The clock of a test: it stands still.
    struct StandingClock: TimeSource {
        let nowMicroseconds = Samples.now * 1000
        let monotonicMicroseconds: Int64 = 0
    }

    /// Runs a command of the cluster, on a thread of its own since it blocks.
    static func run(
        _ arguments: [String],
        at address: String,
        isTerminal: Bool = false,
        isInterrupted: Bool = false
    ) async throws -> CommandRun {
        try await OwnThread.run { () throws -> CommandRun in
            let parsed = try Jobctl.parseAsRoot(arguments + ["--jobmanager", address])
            guard let command = parsed as? any ClusterCommand else { throw NoClusterCommand() }
            let output = Mutex("")
            let progress = Mutex("")
            let session = try ClusterSession(
                command.cluster.clientOptions(environment: [:]),
                command.cluster.output,
                Console(isTerminal: isTerminal) { text in progress.withLock { $0 += text } },
                interruption: Interruption(begin: {}, isRaised: { isInterrupted }),
                time: StandingClock(),
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
