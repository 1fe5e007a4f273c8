import Foundation
import ServerKit
import Testing

/// Short runs of the scripts of `deploy/chaos/`, with the real programs: each compares every row
/// with a recomputation in the end, and chooses its own ports and folder.
///
/// The environment's `SEED` repeats a run; what a failed one printed names its seed.
@Suite(.serialized) struct ChaosTests {
    private func run(_ script: String, _ knobs: [String]) async throws {
        let given = ProcessInfo.processInfo.environment["SEED"].flatMap { Int($0) }
        let knobs = knobs + ["SEED=\(given ?? Int.random(in: 0..<32_768))"]
        let path = "deploy/chaos/\(script)"
        let (exit, text) = try await DeployScript(path, knobs + ["KEEP="]).run()
        #expect(exit == 0, "\(knobs.joined(separator: " ")) \(path) printed:\n\(text)")
    }

    @Test func `every row is right after three minutes of chaos`() async throws {
        try await run("run.sh", ["MINUTES=3", "RATE=150", "STORE=s3"])
    }

    @Test func `every number is there once after five rounds of kills`() async throws {
        try await run("kill-rounds.sh", ["ROUNDS=5"])
    }

    /// Wants root, and says so in its output where it is none.
    @Test func `every number is there once after two cuts of the network`() async throws {
        try await run("netns.sh", ["ROUNDS=2"])
    }
}
