import Core

// What happens after a failure that may heal; keys, defaults and bounds are Flink's.
extension SettingCatalogue {
    static let restart: [String: Setting] = [
        "restart-strategy": strategy,
        "restart-strategy.type": strategy,
        "restart-strategy.fixed-delay.attempts": count(
            from: 0,
            "how often a job is restarted, if the type is fixed-delay"
        ) { $0.fixedAttempts = $1 },
        "restart-strategy.fixed-delay.delay": pause(
            "the pause before a restart, if the type is fixed-delay"
        ) { $0.fixedDelayMicroseconds = $1 },
        "restart-strategy.failure-rate.max-failures-per-interval": count(
            from: 1,
            "how many failures of an interval are followed by a restart, if the type is failure-rate"
        ) { $0.failureRate.failuresMax = $1 },
        "restart-strategy.failure-rate.failure-rate-interval": pause(
            isPositive: true,
            "the interval in which failures are counted, if the type is failure-rate"
        ) { $0.failureRate.intervalMicroseconds = $1 },
        "restart-strategy.failure-rate.delay": pause(
            "the pause before a restart, if the type is failure-rate"
        ) { $0.failureRate.delayMicroseconds = $1 },
    ].merging(exponentialDelay) { $1 }

    private static let exponentialDelay: [String: Setting] = [
        "restart-strategy.exponential-delay.initial-backoff": pause(
            isPositive: true,
            "the pause before the first restart, if the type is exponential-delay"
        ) { $0.backoff.initialMicroseconds = $1 },
        "restart-strategy.exponential-delay.max-backoff": pause(
            isPositive: true,
            "the longest pause before a restart, if the type is exponential-delay"
        ) { $0.backoff.maximumMicroseconds = $1 },
        "restart-strategy.exponential-delay.backoff-multiplier": factor(
            "a number above 1",
            in: 1.0.nextUp...Double.greatestFiniteMagnitude,
            "how much longer each pause is than the one before, if the type is exponential-delay"
        ) { $0.backoff.multiplier = $1 },
        "restart-strategy.exponential-delay.reset-backoff-threshold": pause(
            isPositive: true,
            "after how long without a failure pauses and attempts begin anew, if the type is "
                + "exponential-delay"
        ) { $0.backoff.resetAfterMicroseconds = $1 },
        "restart-strategy.exponential-delay.jitter-factor": factor(
            "a number from 0 to 1",
            in: 0...1,
            "the part of a pause that chance adds or takes away, if the type is exponential-delay"
        ) { $0.backoff.jitterFactor = $1 },
        "restart-strategy.exponential-delay.attempts-before-reset-backoff": count(
            from: 1,
            "how often a job is restarted before pauses begin anew, if the type is "
                + "exponential-delay; any number of times, if not set"
        ) { $0.backoff.attemptsMax = $1 },
    ]

    private static let kinds: [String: RestartSettings.Kind] = [
        "none": .none, "off": .none, "disable": .none,
        "fixed-delay": .fixedDelay, "fixeddelay": .fixedDelay,
        "failure-rate": .failureRate, "failurerate": .failureRate,
        "exponential-delay": .exponentialDelay, "exponentialdelay": .exponentialDelay,
    ]

    private static let strategy = Setting(
        expected: "one of: none, fixed-delay, failure-rate, exponential-delay",
        apply: { settings, value in
            guard let kind = kinds[value.lowercased()] else { return false }
            return settings.changeRestart { $0.kind = kind }
        },
        summary: "what happens after a failure that may heal"
    )

    private static func pause(
        isPositive: Bool = false,
        _ summary: String,
        _ set: @escaping @Sendable (inout RestartSettings, Int64) -> Void
    ) -> Setting {
        let bound = isPositive ? ", from 1 ms on" : ""
        return Setting(
            expected: "a duration such as '10 s', '500 ms' or '1 min'\(bound)",
            apply: { settings, value in
                guard let duration = period(value), !isPositive || duration >= 1000 else {
                    return false
                }
                return settings.changeRestart { set(&$0, duration) }
            },
            summary: summary
        )
    }

    private static func count(
        from least: Int,
        _ summary: String,
        _ set: @escaping @Sendable (inout RestartSettings, Int) -> Void
    ) -> Setting {
        Setting(
            expected: "a whole number from \(least) on",
            apply: { settings, value in
                guard let number = Int(value), number >= least else { return false }
                return settings.changeRestart { set(&$0, number) }
            },
            summary: summary
        )
    }

    private static func factor(
        _ expected: String,
        in range: ClosedRange<Double>,
        _ summary: String,
        _ set: @escaping @Sendable (inout RestartSettings, Double) -> Void
    ) -> Setting {
        Setting(
            expected: expected,
            apply: { settings, value in
                guard let number = Double(value), range.contains(number) else { return false }
                return settings.changeRestart { set(&$0, number) }
            },
            summary: summary
        )
    }
}
