import Foundation
import Synchronization
import Testing
import Threads

/// A world that can be built from any seed, and the words that replay it.
struct Scenario: Sendable {
    let name: String
    /// Seeds in `make test`.
    let seeds: Int
    /// What must happen in some of the seeds, or else nothing is proved.
    let mustOccur: [String]
    /// Lives in the world to its end; broken invariants are reported to the simulation.
    let body: @Sendable (Simulation) -> Void

    /// What came of one seed.
    struct Outcome: Sendable {
        let seed: UInt64
        let violations: [String]
        let trace: [String]
        let fingerprint: UInt64
        let events: Int
        let occurrences: [String: Int]
    }

    /// What came of many.
    struct Summary: Sendable {
        var failed: [Outcome] = []
        var occurrences: [String: Int] = [:]
    }

    /// Runs one seed.
    func run(_ seed: UInt64, _ threads: LockStepThreads, keepsTrace: Bool) -> Outcome {
        let simulation = Simulation(seed: seed, threads: threads, keepsTrace: keepsTrace)
        body(simulation)
        return Outcome(
            seed: seed,
            violations: simulation.violations,
            trace: simulation.lastLines(Self.traceLines),
            fingerprint: simulation.fingerprint,
            events: simulation.eventCount,
            occurrences: simulation.occurrences
        )
    }

    /// Runs seeds on as many threads as there are cores; stops soon after the first failure.
    func run(seeds: Range<UInt64>) -> Summary {
        let state = Mutex((next: seeds.lowerBound, summary: Summary()))
        let workers = (0..<max(1, ProcessInfo.processInfo.activeProcessorCount)).map { index in
            WorkerThread(name: "seeds-\(index)") {
                let threads = LockStepThreads()
                defer { threads.endAll() }
                while let seed = state.withLock({ state -> UInt64? in
                    guard state.next < seeds.upperBound, state.summary.failed.isEmpty else {
                        return nil
                    }
                    defer { state.next += 1 }
                    return state.next
                }) {
                    let outcome = run(seed, threads, keepsTrace: false)
                    state.withLock { state in
                        if !outcome.violations.isEmpty { state.summary.failed.append(outcome) }
                        state.summary.occurrences.merge(outcome.occurrences, uniquingKeysWith: +)
                    }
                }
            }
        }
        for worker in workers { worker.join() }
        return state.withLock { $0.summary }
    }

    /// Runs the seeds that the environment asks for, and reports failures with their traces.
    func check() {
        if let seed = Self.number("APUS_SIMULATION_SEED") {
            let threads = LockStepThreads()
            defer { threads.endAll() }
            report(run(seed, threads, keepsTrace: true))
            return
        }
        let count = Self.number("APUS_SIMULATION_SEEDS") ?? UInt64(seeds)
        let summary = run(seeds: 1..<(count + 1))
        for what in mustOccur where summary.failed.isEmpty {
            #expect(summary.occurrences[what, default: 0] > 0, "\(name): nowhere \(what)")
        }
        for failed in summary.failed {
            let threads = LockStepThreads()
            report(run(failed.seed, threads, keepsTrace: true))
            threads.endAll()
        }
    }

    private func report(_ outcome: Outcome) {
        guard !outcome.violations.isEmpty else { return }
        Issue.record(
            """
            \(name), seed \(outcome.seed): \(outcome.violations.joined(separator: "; "))
            Replay it with: make test-simulation SEED=\(outcome.seed) SCENARIO=\(name)
            \(outcome.trace.joined(separator: "\n"))
            """
        )
    }

    private static let traceLines = 1000

    private static func number(_ variable: String) -> UInt64? {
        ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) }
    }
}
