import Foundation
import ServerKit
import Testing

/// The real programs between real servers for three minutes of `deploy/chaos/run.sh`: it compares
/// every row of every sink with a recomputation, and chooses its own ports and folder.
///
/// The environment's `SEED` repeats a run; what a failed one printed names its seed.
@Suite struct ChaosTests {
    @Test func `every row is right after three minutes of chaos`() async throws {
        let top = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let programs = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let given = ProcessInfo.processInfo.environment["SEED"].flatMap { Int($0) }
        let seed = given ?? Int.random(in: 0..<32_768)
        let script = try ChildProcess.start(
            [
                "APUS_BIN=\(programs.path)", "bash", "\(top.path)/deploy/chaos/run.sh",
                "MINUTES=3", "SEED=\(seed)", "RATE=150", "STORE=s3", "KEEP=",
            ],
            capturing: true
        )
        let output = await Self.output(of: script)
        let status = script.wait()
        #expect(status == 0, "deploy/chaos/run.sh MINUTES=3 SEED=\(seed) printed:\n\(output)")
    }

    /// Everything that it prints; the wait of minutes has a thread of its own.
    private static func output(of script: ChildProcess) async -> String {
        await withCheckedContinuation { continuation in
            Thread { continuation.resume(returning: script.readAll()) }.start()
        }
    }
}
