import Core
import Dataflow
import Testing

@Suite struct ChannelTurnsTests {
    /// Channels with so much event time each.
    private func eventTime(_ watermarks: [WatermarkMilliseconds]) -> EventTime {
        var time = EventTime(inputs: watermarks.count)
        for (input, watermark) in watermarks.enumerated() {
            _ = time.advance(input, to: watermark)
        }
        return time
    }

    @Test func `channels at the same event time take turns`() {
        var turns = ChannelTurns(inputs: [0, 0, 0])
        let time = eventTime([5, 5, 5])
        let chosen = (0..<6).map { _ in turns.choose([.ready, .ready, .ready], time) }
        #expect(chosen == [0, 1, 2, 0, 1, 2])
        #expect(turns.choose([.ready, .held, .ready], time) == 0)
        #expect(turns.choose([.ready, .held, .ready], time) == 2)
        #expect(turns.choose([.empty, .held, .empty], time) == nil)
    }

    @Test func `a channel that is behind goes first`() {
        var turns = ChannelTurns(inputs: [0, 0])
        let chosen = (0..<5).map { _ in turns.choose([.ready, .ready], eventTime([90, 10])) }
        #expect(chosen == [1, 1, 1, 1, 1])
        // It has caught up.
        let even = (0..<4).compactMap { _ in turns.choose([.ready, .ready], eventTime([90, 90])) }
        #expect(Set(even) == [0, 1])
    }

    @Test func `nobody yields for ever`() {
        var turns = ChannelTurns(inputs: [0, 0], yieldsMax: 3)
        let chosen = (0..<9).compactMap { _ in turns.choose([.ready, .ready], eventTime([90, 10])) }
        #expect(chosen == [1, 1, 1, 0, 1, 1, 1, 1, 0])
    }

    @Test func `inputs of a join are not compared`() {
        var turns = ChannelTurns(inputs: [0, 1])
        let chosen = (0..<4).map { _ in turns.choose([.ready, .ready], eventTime([90, 10])) }
        #expect(chosen == [0, 1, 0, 1])
        #expect(!turns.isAhead([.ready, .empty], eventTime([90, 10])))
    }

    @Test func `what is ahead of an empty channel can wait, unless that is idle`() {
        let turns = ChannelTurns(inputs: [0, 0])
        #expect(turns.isAhead([.ready, .empty], eventTime([90, 10])))
        #expect(!turns.isAhead([.empty, .ready], eventTime([90, 10])))
        #expect(!turns.isAhead([.ready, .held], eventTime([90, 10])))
        var time = eventTime([90, 10])
        _ = time.becomeIdle(1)
        #expect(!turns.isAhead([.ready, .empty], time))
    }
}
