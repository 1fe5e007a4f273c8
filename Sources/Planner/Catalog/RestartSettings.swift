import JobGraph

/// The restart strategy in parts, so that their keys may be set in any order.
struct RestartSettings: Sendable {
    enum Kind: Sendable {
        case none
        case fixedDelay
        case failureRate
        case exponentialDelay
    }

    /// Of `exponential-delay`.
    struct Backoff: Sendable {
        var initialMicroseconds: Int64 = 1_000_000
        var maximumMicroseconds: Int64 = 60_000_000
        var multiplier = 1.5
        var resetAfterMicroseconds: Int64 = 3_600_000_000
        var jitterFactor = 0.1
        /// Nil for any number.
        var attemptsMax: Int?
    }

    /// Of `failure-rate`.
    struct FailureRate: Sendable {
        var failuresMax = 1
        var intervalMicroseconds: Int64 = 60_000_000
        var delayMicroseconds: Int64 = 1_000_000
    }

    var kind = Kind.exponentialDelay
    var fixedAttempts = 1
    var fixedDelayMicroseconds: Int64 = 1_000_000
    var failureRate = FailureRate()
    var backoff = Backoff()

    var strategy: RestartStrategy {
        switch kind {
        case .none: .none
        case .fixedDelay:
            .fixedDelay(attempts: fixedAttempts, delayMicroseconds: fixedDelayMicroseconds)
        case .failureRate:
            .failureRate(
                failuresMax: failureRate.failuresMax,
                intervalMicroseconds: failureRate.intervalMicroseconds,
                delayMicroseconds: failureRate.delayMicroseconds
            )
        case .exponentialDelay:
            .exponential(
                initialMicroseconds: backoff.initialMicroseconds,
                maximumMicroseconds: backoff.maximumMicroseconds,
                multiplier: backoff.multiplier,
                resetAfterMicroseconds: backoff.resetAfterMicroseconds,
                jitterFactor: backoff.jitterFactor,
                attemptsMax: backoff.attemptsMax
            )
        }
    }

    /// Refuses a first pause above the longest, as Flink does.
    func requireConsistent() throws(PlannerError) {
        guard kind == .exponentialDelay,
            backoff.initialMicroseconds > backoff.maximumMicroseconds
        else { return }
        let prefix = "restart-strategy.exponential-delay"
        throw PlannerError(
            "'\(prefix).initial-backoff' cannot be higher than '\(prefix).max-backoff'."
        )
    }
}
