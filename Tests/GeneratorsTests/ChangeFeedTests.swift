import Core
import Generators
import Testing

@Suite struct ChangeScheduleTests {
    static let schedules = [
        ChangeSchedule(changesPerSecond: 1),
        ChangeSchedule(changesPerSecond: 7),
        ChangeSchedule(changesPerSecond: 2000),
        ChangeSchedule(changesPerSecond: 1_000_003),
        ChangeSchedule(
            changesPerSecond: 100,
            burst: .init(everySeconds: 10, lengthSeconds: 2, factor: 5)
        ),
        ChangeSchedule(
            changesPerSecond: 33,
            burst: .init(everySeconds: 3, lengthSeconds: 3, factor: 2)
        ),
    ]

    @Test(arguments: schedules.indices)
    func `a change is due from its time on and not a microsecond earlier`(_ index: Int) {
        let schedule = Self.schedules[index]
        for count in (1...2000 as ClosedRange<Int64>).map({ $0 * 37 }) + [1, 2, 3, 1_000_000_007] {
            let time = schedule.microsecondsUntil(changes: count)
            #expect(schedule.changesDue(afterMicroseconds: time) >= count)
            #expect(schedule.changesDue(afterMicroseconds: time - 1) < count)
        }
    }

    @Test func `a burst multiplies the rate in the last part of its interval`() {
        let schedule = Self.schedules[4]
        #expect(schedule.changesDue(afterMicroseconds: 8_000_000) == 800)
        #expect(schedule.changesDue(afterMicroseconds: 9_000_000) == 1300)
        #expect(schedule.changesDue(afterMicroseconds: 10_000_000) == 1800)
        #expect(schedule.changesDue(afterMicroseconds: 11_000_000) == 1900)
        #expect(schedule.changesDue(afterMicroseconds: 3_600_000_000) == 360 * 1800)
    }

    @Test func `event time follows the schedule, times the factor`() {
        let clock = EventClock(
            startMicroseconds: 5_000_000,
            factor: 240,
            schedule: ChangeSchedule(changesPerSecond: 2000)
        )
        #expect(clock.eventMicroseconds(ofChange: 0) == 5_000_000)
        #expect(clock.eventMicroseconds(ofChange: 120_000) == 5_000_000 + 14_400_000_000)
    }
}

@Suite struct ChangeFeedTests {
    private struct Refused: Error {}

    private static let pace = ChangeSchedule(changesPerSecond: 2000)

    private static func feed(
        count: Int64?,
        pace: ChangeSchedule? = pace,
        _ time: ManualTime
    ) -> ChangeFeed<CardsGenerator> {
        let clock = EventClock(startMicroseconds: 0, factor: 1, schedule: Self.pace)
        return ChangeFeed(
            CardsGenerator(seed: 1),
            .init(pace: pace, eventClock: clock, changesMax: count),
            time: time
        )
    }

    @Test func `the rate is kept, and the count is exact`() {
        let time = ManualTime(startMicroseconds: 77)
        var feed = Self.feed(count: 10_001, time)
        var written: Int64 = 0
        var isAhead = false
        feed.run { (transactions: [[RowChange]]) in
            written += Int64(transactions.map(\.count).reduce(0, +))
            let due = Self.pace.changesDue(afterMicroseconds: time.monotonicMicroseconds - 77)
            isAhead = isAhead || written > due
        } pause: { microseconds in
            time.advance(byMicroseconds: microseconds)
            return false
        }
        #expect(!isAhead)
        #expect(written == 10_001)
        #expect(feed.changes == 10_001)
        let elapsed = time.monotonicMicroseconds - 77
        #expect((5_000_000...5_010_000).contains(elapsed))
    }

    @Test func `what a slow database holds up is made up for in transactions of the usual size`() {
        let time = ManualTime()
        var feed = Self.feed(count: 20_000, time)
        var largest = 0
        var calls = 0
        feed.run { (transactions: [[RowChange]]) in
            largest = max(largest, transactions.map(\.count).max() ?? 0)
            calls += 1
            // The tenth delivery takes three seconds.
            if calls == 10 { time.advance(byMicroseconds: 3_000_000) }
        } pause: { microseconds in
            time.advance(byMicroseconds: microseconds)
            return false
        }
        #expect(largest == 10)
        #expect((10_000_000...10_010_000).contains(time.monotonicMicroseconds))
    }

    @Test func `without a rate nothing waits`() {
        let time = ManualTime()
        var feed = Self.feed(count: 5000, pace: nil, time)
        var waited: Int64 = 0
        feed.run { (_: [[RowChange]]) in
        } pause: { microseconds in
            waited += microseconds
            return false
        }
        #expect(feed.changes == 5000)
        #expect(waited == 0)
    }

    @Test func `without a count it goes on until it is told to stop`() {
        let time = ManualTime()
        var feed = Self.feed(count: nil, time)
        feed.run { (_: [[RowChange]]) in
        } pause: { microseconds in
            time.advance(byMicroseconds: microseconds)
            return time.monotonicMicroseconds >= 60_000_000
        }
        #expect((119_000...120_000).contains(feed.changes))
    }

    @Test func `an error of the database ends the run`() {
        var feed = Self.feed(count: 100, pace: nil, ManualTime())
        #expect(throws: Refused.self) {
            try feed.run { (_: [[RowChange]]) throws(Refused) in
                throw Refused()
            } pause: { _ in
                false
            }
        }
    }

    @Test func `how the changes are cut does not change them`() {
        var streams: [[RowChange]] = []
        for rate in [nil, Self.pace] {
            let time = ManualTime()
            var feed = Self.feed(count: 3000, pace: rate, time)
            var changes: [RowChange] = []
            feed.run { (transactions: [[RowChange]]) in
                changes += transactions.joined()
            } pause: { microseconds in
                time.advance(byMicroseconds: microseconds + 1234)
                return false
            }
            streams.append(changes)
        }
        #expect(streams[0] == streams[1])
    }
}
