/// Exponential back-off with jitter: the pauses between attempts at something that may heal.
package struct Backoff: Sendable {
    package let initialMicroseconds: Int64
    package let maximumMicroseconds: Int64
    package let multiplier: Double
    /// The share of a pause that is random, 0 to 1.
    package let jitterFactor: Double
    private var attempts = 0

    package init(
        initialMicroseconds: Int64 = 100_000,
        maximumMicroseconds: Int64 = 30_000_000,
        multiplier: Double = 2,
        jitterFactor: Double = 0.1
    ) {
        self.initialMicroseconds = initialMicroseconds
        self.maximumMicroseconds = maximumMicroseconds
        self.multiplier = multiplier
        self.jitterFactor = jitterFactor
    }

    /// The pause before the next attempt.
    package mutating func nextMicroseconds(
        using generator: inout some RandomNumberGenerator
    ) -> Int64 {
        var pause = Double(initialMicroseconds)
        for _ in 0..<attempts where pause < Double(maximumMicroseconds) {
            pause *= multiplier
        }
        attempts += 1
        pause = min(pause, Double(maximumMicroseconds))
        let jitter = pause * jitterFactor * Double.random(in: -1...1, using: &generator)
        return max(0, Int64(pause + jitter))
    }

    /// Starts again from the initial pause, after a success.
    package mutating func reset() {
        attempts = 0
    }
}
