import Core
package import JobGraph

/// Counts restarts as the strategy of the job says.
package struct RestartCounter: Sendable {
    private let strategy: RestartStrategy
    /// Restarts so far; of `exponential`, since its pauses last began anew.
    private var attempts = 0
    private var backoff: Backoff?
    /// When the last pause was over.
    private var restartedMicroseconds: Int64?
    /// The failures of the last interval of `failureRate`; one more than allowed ends the job.
    private var failures: [Int64] = []
    private var random: SplitMix64

    /// - Parameters:
    ///   - strategy: the job's.
    ///   - seed: of the jitter.
    package init(_ strategy: RestartStrategy, seed: UInt64) {
        self.strategy = strategy
        random = SplitMix64(seed: seed)
        if case .exponential(let initial, let maximum, let multiplier, _, let jitter, _) = strategy
        {
            backoff = Backoff(
                initialMicroseconds: initial,
                maximumMicroseconds: maximum,
                multiplier: multiplier,
                jitterFactor: jitter
            )
        }
    }

    /// The pause before the next attempt, after a failure; nil when there is none.
    package mutating func nextPauseMicroseconds(_ now: Int64) -> Int64? {
        let pause = pause(now)
        restartedMicroseconds = pause.map { now + $0 }
        return pause
    }

    private mutating func pause(_ now: Int64) -> Int64? {
        switch strategy {
        case .none: return nil
        case .fixedDelay(let allowed, let delay):
            attempts += 1
            return attempts <= allowed ? delay : nil
        case .failureRate(let allowed, let interval, let delay):
            failures.removeAll { now - $0 > interval }
            failures.append(now)
            return failures.count <= allowed ? delay : nil
        case .exponential(_, let maximum, _, let resetAfter, _, let allowed):
            if let restartedMicroseconds, now - restartedMicroseconds >= resetAfter {
                attempts = 0
                backoff?.reset()
            }
            attempts += 1
            if let allowed, attempts > allowed { return nil }
            // Jitter does not make the longest pause longer.
            guard let next = backoff?.nextMicroseconds(using: &random) else { return nil }
            return min(next, maximum)
        }
    }
}
