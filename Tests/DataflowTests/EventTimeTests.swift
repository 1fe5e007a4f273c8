import Core
import Dataflow
import Testing

@Suite struct EventTimeTests {
    @Test func `the least of the inputs decides`() {
        var time = EventTime(inputs: 2)
        #expect(time.advance(0, to: 10) == EventTime.Change())
        #expect(time.advance(1, to: 5) == EventTime.Change(watermark: 5))
        #expect(time.advance(1, to: 20) == EventTime.Change(watermark: 10))
        #expect(time.advance(1, to: 15) == EventTime.Change())
    }

    @Test func `an idle input holds nothing back until it has rows again`() {
        var time = EventTime(inputs: 2)
        _ = time.advance(0, to: 10)
        #expect(time.becomeIdle(1) == EventTime.Change(watermark: 10))
        #expect(time.becomeIdle(0) == EventTime.Change(becameIdle: true))
        time.becomeActive(1)
        #expect(time.advance(0, to: 30) == EventTime.Change())
        #expect(time.advance(1, to: 20) == EventTime.Change(watermark: 20))
    }

    @Test func `event time ends when all inputs have ended`() {
        var time = EventTime(inputs: 3)
        _ = time.advance(0, to: Watermark.end)
        _ = time.advance(1, to: 7)
        _ = time.becomeIdle(1)
        #expect(
            time.advance(2, to: Watermark.end) == EventTime.Change(watermark: 7, becameIdle: true)
        )
        #expect(time.advance(1, to: Watermark.end) == EventTime.Change(watermark: Watermark.end))
    }

    @Test func `an input is behind another by its watermark, idle ones hold nothing back`() {
        var time = EventTime(inputs: 3)
        _ = time.advance(0, to: 10)
        _ = time.advance(1, to: 5)
        #expect(time.isBehind(1, 0))
        #expect(time.isBehind(2, 1))
        #expect(!time.isBehind(0, 1))
        #expect(time.isHeldBack(2, behind: 0))
        _ = time.becomeIdle(2)
        #expect(!time.isHeldBack(2, behind: 0))
    }
}
