import Foundation
import JobGraph
import Planner
import Testing

@Suite struct RestartSettingTests {
    private static let prefix = "restart-strategy.exponential-delay"
    private static let keys: [(String, String)] = [
        ("restart-strategy.fixed-delay.attempts", "7"),
        ("restart-strategy.fixed-delay.delay", "3 s"),
        ("restart-strategy.type", "fixed-delay"),
    ]

    private func strategy(_ order: [Int]) throws -> RestartStrategy {
        try session(order.map { Self.keys[$0] }).job.restart
    }

    private func session(_ values: [(String, String)]) throws -> SessionSettings {
        var session = SessionSettings()
        for (key, value) in values { try session.set(key, value) }
        // A key that is not known has no effect.
        #expect(session.notes == [])
        return session
    }

    @Test func `the keys of a fixed delay may come in any order`() throws {
        let wanted = RestartStrategy.fixedDelay(attempts: 7, delayMicroseconds: 3_000_000)
        #expect(try strategy([0, 1, 2]) == wanted)
        #expect(try strategy([2, 1, 0]) == wanted)
        #expect(try strategy([1, 2, 0]) == wanted)
    }

    @Test func `only the type chooses a strategy, as in Flink`() throws {
        #expect(try strategy([0, 1]) == .exponentialDelay)
        #expect(try strategy([2]) == .fixedDelay(attempts: 1, delayMicroseconds: 1_000_000))
    }

    @Test func `all keys of the exponential delay are taken, each with Flink's default`() throws {
        #expect(JobSettings().restart == .exponentialDelay)
        #expect(
            try session([("restart-strategy.type", "exponential-delay")]).job.restart
                == .exponential(
                    initialMicroseconds: 1_000_000,
                    maximumMicroseconds: 60_000_000,
                    multiplier: 1.5,
                    resetAfterMicroseconds: 3_600_000_000,
                    jitterFactor: 0.1,
                    attemptsMax: nil
                )
        )
        let values = [
            ("\(Self.prefix).initial-backoff", "100 ms"), ("\(Self.prefix).max-backoff", "2 min"),
            ("\(Self.prefix).backoff-multiplier", "2"),
            ("\(Self.prefix).reset-backoff-threshold", "10 min"),
            ("\(Self.prefix).jitter-factor", "0.25"),
            ("\(Self.prefix).attempts-before-reset-backoff", "8"),
        ]
        #expect(
            try session(values).job.restart
                == .exponential(
                    initialMicroseconds: 100_000,
                    maximumMicroseconds: 120_000_000,
                    multiplier: 2,
                    resetAfterMicroseconds: 600_000_000,
                    jitterFactor: 0.25,
                    attemptsMax: 8
                )
        )
    }

    @Test func `all keys of the failure rate are taken, each with Flink's default`() throws {
        let type = [("restart-strategy.type", "failure-rate")]
        #expect(
            try session(type).job.restart
                == .failureRate(
                    failuresMax: 1,
                    intervalMicroseconds: 60_000_000,
                    delayMicroseconds: 1_000_000
                )
        )
        let values = [
            ("restart-strategy.failure-rate.max-failures-per-interval", "3"),
            ("restart-strategy.failure-rate.failure-rate-interval", "5 min"),
            ("restart-strategy.failure-rate.delay", "10 s"),
        ]
        #expect(
            try session(type + values).job.restart
                == .failureRate(
                    failuresMax: 3,
                    intervalMicroseconds: 300_000_000,
                    delayMicroseconds: 10_000_000
                )
        )
    }

    @Test(arguments: [
        ("none", RestartStrategy.none), ("off", .none), ("disable", .none),
        ("exponentialdelay", .exponentialDelay), ("Exponential-Delay", .exponentialDelay),
        ("fixeddelay", .fixedDelay(attempts: 1, delayMicroseconds: 1_000_000)),
        (
            "failurerate",
            .failureRate(
                failuresMax: 1,
                intervalMicroseconds: 60_000_000,
                delayMicroseconds: 1_000_000
            )
        ),
    ])
    func `Flink's other words for the types are understood`(
        _ word: String,
        _ wanted: RestartStrategy
    ) throws {
        #expect(try session([("restart-strategy.type", word)]).job.restart == wanted)
        #expect(try session([("restart-strategy", word)]).job.restart == wanted)
    }

    @Test(arguments: [
        ("restart-strategy.type", "sometimes", "one of: none, fixed-delay"),
        ("\(prefix).initial-backoff", "0 s", "from 1 ms on"),
        ("\(prefix).initial-backoff", "soon", "a duration such as '10 s'"),
        ("\(prefix).max-backoff", "0", "from 1 ms on"),
        ("\(prefix).backoff-multiplier", "1.0", "a number above 1"),
        ("\(prefix).backoff-multiplier", "inf", "a number above 1"),
        ("\(prefix).reset-backoff-threshold", "0 ms", "from 1 ms on"),
        ("\(prefix).jitter-factor", "1.1", "a number from 0 to 1"),
        ("\(prefix).jitter-factor", "-0.1", "a number from 0 to 1"),
        ("\(prefix).attempts-before-reset-backoff", "0", "a whole number from 1 on"),
        ("restart-strategy.fixed-delay.attempts", "-1", "a whole number from 0 on"),
        (
            "restart-strategy.failure-rate.max-failures-per-interval", "0",
            "a whole number from 1 on"
        ),
        ("restart-strategy.failure-rate.failure-rate-interval", "0 s", "from 1 ms on"),
    ])
    func `a value that Flink refuses is refused`(
        _ key: String,
        _ value: String,
        _ expected: String
    ) throws {
        var session = SessionSettings()
        let error = #expect(throws: PlannerError.self) { try session.set(key, value) }
        let message = error?.message ?? ""
        #expect(message.hasPrefix("Invalid value '\(value)' for key '\(key)': expected "))
        #expect(message.contains(expected))
    }

    @Test func `a first pause above the longest is refused where pauses grow`() throws {
        let values = [("\(Self.prefix).initial-backoff", "2 min")]
        let session = try session(values)
        let error = #expect(throws: PlannerError.self) { try session.requireConsistent() }
        #expect(error?.message.contains("cannot be higher than '\(Self.prefix).max-") == true)
        try self.session(values + [("\(Self.prefix).max-backoff", "2 min")]).requireConsistent()
        try self.session(values + [("restart-strategy.type", "none")]).requireConsistent()
    }

    @Test func `the strategy of a job graph of an earlier version is read`() throws {
        let text = """
            {"exponential":{"initialMicroseconds":1000000,"maximumMicroseconds":60000000,\
            "multiplier":1.5,"resetAfterMicroseconds":3600000000,"jitterFactor":0.1}}
            """
        let read = try JSONDecoder().decode(RestartStrategy.self, from: Data(text.utf8))
        #expect(read == .exponentialDelay)
        let new = try session([("\(Self.prefix).attempts-before-reset-backoff", "8")]).job.restart
        let written = try JSONEncoder().encode(new)
        #expect(try JSONDecoder().decode(RestartStrategy.self, from: written) == new)
    }
}
