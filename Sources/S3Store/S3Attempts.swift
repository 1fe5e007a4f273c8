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
    private let pauseMaximumMicroseconds: Int64
    private var backoff: Backoff
    private var slowBackoff: Backoff
    private var hasServerTime = false
    private var hasFreshCredentials = false
    package private(set) var count = 0
    /// Whether an attempt may have done its work without our hearing of it.
    package private(set) var mayHaveWorked = false

    package init(
        max attemptsMax: Int,
        pauseMaximumMicroseconds: Int64 = S3Limits.pauseMaximumMicroseconds
    ) {
        self.attemptsMax = attemptsMax
        self.pauseMaximumMicroseconds = pauseMaximumMicroseconds
        func growing(from initialMicroseconds: Int64) -> Backoff {
            Backoff(
                initialMicroseconds: initialMicroseconds,
                maximumMicroseconds: pauseMaximumMicroseconds,
                jitterFactor: S3Limits.pauseJitter
            )
        }
        backoff = growing(from: S3Limits.pauseInitialMicroseconds)
        slowBackoff = growing(from: S3Limits.slowDownPauseMicroseconds)
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
        if let retryAfterSeconds {
            // A store may ask for more than can be counted in microseconds.
            let secondsMax = pauseMaximumMicroseconds / 1_000_000 + 1
            let asked = min(max(0, retryAfterSeconds), secondsMax) * 1_000_000
            pause = max(pause, min(asked, pauseMaximumMicroseconds))
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
