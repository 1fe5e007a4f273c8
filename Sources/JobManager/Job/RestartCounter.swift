import Core
import JobGraph

/// Counts restarts as the strategy of the job says.
struct RestartCounter: Sendable {
    private let strategy: RestartStrategy
    private var attempts = 0
    private var backoff: Backoff?
    private var lastMicroseconds: Int64?
    private var random: SplitMix64

    init(_ strategy: RestartStrategy, seed: UInt64) {
        self.strategy = strategy
        random = SplitMix64(seed: seed)
        if case .exponential(let initial, let maximum, let multiplier, _, let jitter) = strategy {
            backoff = Backoff(
                initialMicroseconds: initial,
                maximumMicroseconds: maximum,
                multiplier: multiplier,
                jitterFactor: jitter
            )
        }
    }

    /// The pause before the next attempt; nil when there is none.
    mutating func nextPauseMicroseconds(_ now: Int64) -> Int64? {
        defer { lastMicroseconds = now }
        switch strategy {
        case .none: return nil
        case .fixedDelay(let allowed, let delay):
            attempts += 1
            return attempts <= allowed ? delay : nil
        case .exponential(_, _, _, let resetAfter, _):
            if let lastMicroseconds, now - lastMicroseconds > resetAfter { backoff?.reset() }
            return backoff?.nextMicroseconds(using: &random)
        }
    }
}
