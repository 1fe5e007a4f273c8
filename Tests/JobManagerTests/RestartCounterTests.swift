import JobGraph
import JobManager
import Testing

/// When a job starts again after a failure; times in seconds.
@Suite struct RestartCounterTests {
    private struct Run {
        var counter: RestartCounter

        init(_ strategy: RestartStrategy, seed: UInt64 = 1) {
            counter = RestartCounter(strategy, seed: seed)
        }

        /// The pause after a failure; nil when the job ends.
        mutating func failure(at seconds: Double) -> Double? {
            counter.nextPauseMicroseconds(Int64((seconds * 1e6).rounded())).map { Double($0) / 1e6 }
        }
    }

    private static func exponential(
        jitter: Double = 0,
        attemptsMax: Int? = nil
    ) -> RestartStrategy {
        .exponential(
            initialMicroseconds: 1_000_000,
            maximumMicroseconds: 10_000_000,
            multiplier: 2,
            resetAfterMicroseconds: 100_000_000,
            jitterFactor: jitter,
            attemptsMax: attemptsMax
        )
    }

    @Test func `without restarts the first failure is the last`() {
        var run = Run(.none)
        #expect(run.failure(at: 0) == nil)
    }

    @Test func `a fixed delay is used as often as allowed, however long the job ran between`() {
        var run = Run(.fixedDelay(attempts: 2, delayMicroseconds: 3_000_000))
        #expect(run.failure(at: 0) == 3)
        #expect(run.failure(at: 1_000_000) == 3)
        #expect(run.failure(at: 2_000_000) == nil)
        var none = Run(.fixedDelay(attempts: 0, delayMicroseconds: 3_000_000))
        #expect(none.failure(at: 0) == nil)
    }

    @Test func `pauses grow up to the longest, without end`() {
        var run = Run(Self.exponential())
        let pauses = (0..<1000).map { _ in run.failure(at: 0) }
        #expect(pauses.prefix(6) == [1, 2, 4, 8, 10, 10])
        #expect(pauses.last == 10)
    }

    @Test func `jitter moves a pause by its share, but not beyond the longest`() throws {
        let all = (UInt64(1)...200).map { seed in
            var run = Run(Self.exponential(jitter: 0.25), seed: seed)
            return (0..<5).map { _ in run.failure(at: 0) ?? .nan }
        }
        for (index, pause) in [1.0, 2, 4, 8, 10].enumerated() {
            let found = all.map { $0[index] }
            let lower = try #require(found.min())
            let upper = try #require(found.max())
            #expect(lower >= 0.75 * pause && upper <= min(1.25 * pause, 10))
            // Jobs that failed together do not start together.
            #expect(upper - lower > 0.2 * pause)
        }
    }

    @Test func `attempts are used up in a row`() {
        var run = Run(Self.exponential(attemptsMax: 3))
        let pauses = (0..<4).map { _ in run.failure(at: 0) }
        #expect(pauses == [1, 2, 4, nil])
    }

    @Test func `pauses and attempts begin anew when the job has run for long enough`() {
        var run = Run(Self.exponential(attemptsMax: 3))
        #expect(run.failure(at: 0) == 1)
        #expect(run.failure(at: 10) == 2)
        // It has run from 12 on.
        #expect(run.failure(at: 111.9) == 4)
        #expect(run.failure(at: 215.9) == 1)
        #expect(run.failure(at: 216) == 2)
        #expect(run.failure(at: 217) == 4)
        #expect(run.failure(at: 218) == nil)
    }

    @Test func `a failure rate counts the failures of an interval`() {
        let strategy = RestartStrategy.failureRate(
            failuresMax: 2,
            intervalMicroseconds: 60_000_000,
            delayMicroseconds: 5_000_000
        )
        var run = Run(strategy)
        // Never three within a minute.
        for second in [0.0, 30, 61, 91, 122, 152] { #expect(run.failure(at: second) == 5) }
        #expect(run.failure(at: 182) == nil)
    }
}
