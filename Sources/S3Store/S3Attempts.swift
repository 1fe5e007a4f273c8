import Core

/// Counts the attempts at one request and says how long to wait between them.
///
/// ```text
/// attempt ──failed──▶ later / muchLater ──pause──▶ attempt …   until attemptsMax
///         ──failed──▶ withServerTime / withFreshCredentials ──▶ attempt   once each
///         ──failed──▶ giveUp
/// ```
package struct S3Attempts {
    private let attemptsMax: Int
    private var backoff = Self.backoff(S3Limits.pauseInitialMicroseconds)
    private var slowBackoff = Self.backoff(S3Limits.slowDownPauseMicroseconds)
    private var hasServerTime = false
    private var hasFreshCredentials = false
    package private(set) var count = 0
    /// Whether an attempt may have done its work without our hearing of it.
    package private(set) var mayHaveWorked = false

    package init(max attemptsMax: Int) {
        self.attemptsMax = attemptsMax
    }

    private static func backoff(_ initialMicroseconds: Int64) -> Backoff {
        Backoff(
            initialMicroseconds: initialMicroseconds,
            maximumMicroseconds: S3Limits.pauseMaximumMicroseconds,
            jitterFactor: S3Limits.pauseJitter
        )
    }

    /// What comes after a failed attempt.
    ///
    /// - Parameters:
    ///   - outcome: how it ended.
    ///   - retryAfterSeconds: what the header `Retry-After` says.
    ///   - generator: where jitter comes from.
    /// - Returns: how to go on after a pause; nil to give up.
    package mutating func next(
        after outcome: S3Outcome,
        retryAfterSeconds: Int64? = nil,
        using generator: inout some RandomNumberGenerator
    ) -> (retry: S3Retry, pauseMicroseconds: Int64)? {
        count += 1
        mayHaveWorked = mayHaveWorked || Self.isOpen(outcome)
        let retry = S3Retry.decide(outcome)
        var pause: Int64 = 0
        switch retry {
        case .giveUp: return nil
        case .later: pause = backoff.nextMicroseconds(using: &generator)
        case .muchLater: pause = slowBackoff.nextMicroseconds(using: &generator)
        case .withServerTime:
            if hasServerTime { return nil }
            hasServerTime = true
        case .withFreshCredentials:
            if hasFreshCredentials { return nil }
            hasFreshCredentials = true
        }
        guard count < attemptsMax else { return nil }
        if let seconds = retryAfterSeconds {
            pause = max(pause, min(seconds * 1_000_000, S3Limits.pauseMaximumMicroseconds))
        }
        return (retry, pause)
    }

    /// The last attempt got far: the next ones are counted from here.
    package mutating func restart() {
        count = 0
        backoff.reset()
        slowBackoff.reset()
    }

    private static func isOpen(_ outcome: S3Outcome) -> Bool {
        switch outcome {
        case .fault(.unreachable), .fault(.unknownHost), .fault(.untrusted): false
        case .fault: true
        case .refusal(let status, _): status >= 500
        }
    }
}
