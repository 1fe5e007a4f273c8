/// The number under which an attempt writes checkpoints and sinks.
///
/// It rises with the leader's epoch, and under one leader with each attempt at the job.
package enum AttemptClaim {
    package static func number(leaderEpoch: UInt64, attempt: Int) -> UInt64 {
        leaderEpoch << MessageLimits.attemptBits + UInt64(attempt)
    }

    /// The epoch of the leader whose attempt has that number.
    package static func leaderEpoch(of claim: UInt64) -> UInt64 {
        claim >> MessageLimits.attemptBits
    }
}
