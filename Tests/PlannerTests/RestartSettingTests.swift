import JobGraph
import Planner
import Testing

@Suite struct RestartSettingTests {
    private static let keys: [(String, String)] = [
        ("restart-strategy.fixed-delay.attempts", "7"),
        ("restart-strategy.fixed-delay.delay", "3 s"),
        ("restart-strategy.type", "fixed-delay"),
    ]

    private func strategy(_ order: [Int]) throws -> RestartStrategy {
        var session = SessionSettings()
        for index in order { try session.set(Self.keys[index].0, Self.keys[index].1) }
        return session.job.restart
    }

    @Test func `the keys of a fixed delay may come in any order`() throws {
        let wanted = RestartStrategy.fixedDelay(attempts: 7, delayMicroseconds: 3_000_000)
        #expect(try strategy([0, 1, 2]) == wanted)
        #expect(try strategy([2, 1, 0]) == wanted)
        #expect(try strategy([1, 2, 0]) == wanted)
    }

    @Test func `only the type chooses a strategy, as in Flink`() throws {
        #expect(try strategy([0, 1]) == .exponentialDelay)
        #expect(try strategy([2]) == .fixedDelay(attempts: 1, delayMicroseconds: 1_000_000))
    }
}
