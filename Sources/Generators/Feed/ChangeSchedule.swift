/// When each change is due: a constant rate, or one with bursts at regular intervals.
///
/// ```
///  changes/s
///   rate × factor            ┌──┐             ┌──┐
///   rate          ───────────┘  └─────────────┘  └──
///                 │◀── every ──▶│
/// ```
///
/// It is a pure function of time, so that a writer that was held up knows exactly how much it owes.
package struct ChangeSchedule: Sendable {
    /// The last part of each interval, in which more changes are due.
    package struct Burst: Sendable {
        let everyMicroseconds: Int64
        let lengthMicroseconds: Int64
        let factor: Int64

        /// A burst of a number of seconds at the end of each so many seconds.
        package init(everySeconds: Int, lengthSeconds: Int, factor: Int) {
            precondition(lengthSeconds > 0 && factor > 0, "a burst has a length and a factor")
            precondition(everySeconds >= lengthSeconds, "a burst fits into its interval")
            everyMicroseconds = Int64(everySeconds) * 1_000_000
            lengthMicroseconds = Int64(lengthSeconds) * 1_000_000
            self.factor = Int64(factor)
        }
    }

    /// Changes per second outside of bursts.
    private let rate: Int64
    private let burst: Burst?

    package init(changesPerSecond rate: Int, burst: Burst? = nil) {
        precondition(rate > 0, "a rate is above 0")
        self.rate = Int64(rate)
        self.burst = burst
    }

    /// The number of changes that are due after a time since the start.
    package func changesDue(afterMicroseconds elapsed: Int64) -> Int64 {
        let stretched = Self.stretch(max(0, elapsed), burst)
        return stretched / 1_000_000 * rate + stretched % 1_000_000 * rate / 1_000_000
    }

    /// The first time at which `count` changes are due.
    package func microsecondsUntil(changes count: Int64) -> Int64 {
        let stretched = count / rate * 1_000_000 + (count % rate * 1_000_000 + rate - 1) / rate
        return Self.shrink(stretched, burst)
    }

    /// The time at the plain rate in which as much is due as in `elapsed` with the bursts.
    private static func stretch(_ elapsed: Int64, _ burst: Burst?) -> Int64 {
        guard let burst else { return elapsed }
        let intervals = elapsed / burst.everyMicroseconds
        let quiet = burst.everyMicroseconds - burst.lengthMicroseconds
        let within = max(0, elapsed % burst.everyMicroseconds - quiet)
        return elapsed + (intervals * burst.lengthMicroseconds + within) * (burst.factor - 1)
    }

    /// The inverse of `stretch`, rounded up.
    private static func shrink(_ stretched: Int64, _ burst: Burst?) -> Int64 {
        guard let burst else { return stretched }
        let quiet = burst.everyMicroseconds - burst.lengthMicroseconds
        let whole = quiet + burst.lengthMicroseconds * burst.factor
        let rest = stretched % whole
        let inBurst = max(0, rest - quiet)
        return stretched / whole * burst.everyMicroseconds + min(rest, quiet)
            + (inBurst + burst.factor - 1) / burst.factor
    }
}
