/// What happens after a failure that may heal; names and defaults as Flink's.
package enum RestartStrategy: Hashable, Sendable, Codable {
    /// The job ends with its first failure.
    case none
    /// So many restarts, each after the same pause.
    case fixedDelay(attempts: Int, delayMicroseconds: Int64)
    /// Restarts after the same pause, unless an interval has more failures than that.
    case failureRate(failuresMax: Int, intervalMicroseconds: Int64, delayMicroseconds: Int64)
    /// Restarts after pauses that grow, and begin anew when the job has run for long enough.
    ///
    /// Without `attemptsMax`, as in job graphs of earlier versions, any number in a row.
    case exponential(
        initialMicroseconds: Int64,
        maximumMicroseconds: Int64,
        multiplier: Double,
        resetAfterMicroseconds: Int64,
        jitterFactor: Double,
        attemptsMax: Int? = nil
    )

    package static let exponentialDelay = RestartStrategy.exponential(
        initialMicroseconds: 1_000_000,
        maximumMicroseconds: 60_000_000,
        multiplier: 1.5,
        resetAfterMicroseconds: 3_600_000_000,
        jitterFactor: 0.1
    )
}
