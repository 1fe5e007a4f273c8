import Synchronization

/// How one subtask of a stage spends its time; written by its slot, read from any thread.
package final class StageMetrics: Sendable {
    private let busy = Atomic<Int64>(0)
    private let backPressured = Atomic<Int64>(0)
    /// Since when it is at work, or waits for room behind it; `.min` while it is not.
    private let busySince = Atomic<Int64>(.min)
    private let backPressuredSince = Atomic<Int64>(.min)
    private let startedAt = Atomic<Int64>(.min)
    private let alignment = Atomic<Int64>(-1)

    package init() {}

    /// The slot runs from now on.
    package func noteStart(at now: Int64) {
        startedAt.store(now, ordering: .relaxed)
    }

    /// Work begins; `noteBusy` ends it.
    package func beginBusy(at now: Int64) {
        busySince.store(now, ordering: .relaxed)
    }

    package func noteBusy(microseconds: Int64) {
        busySince.store(.min, ordering: .relaxed)
        busy.wrappingAdd(microseconds, ordering: .relaxed)
    }

    /// A wait for room begins; `noteBackPressured` ends it.
    package func beginBackPressured(at now: Int64) {
        backPressuredSince.store(now, ordering: .relaxed)
    }

    package func noteBackPressured(microseconds: Int64) {
        backPressuredSince.store(.min, ordering: .relaxed)
        backPressured.wrappingAdd(microseconds, ordering: .relaxed)
    }

    /// From the first barrier of a checkpoint to the last.
    package func noteAlignment(microseconds: Int64) {
        alignment.store(microseconds, ordering: .relaxed)
    }

    /// How long the last alignment of barriers took; nil before the first.
    package var alignmentMicroseconds: Int64? {
        let value = alignment.load(ordering: .relaxed)
        return value < 0 ? nil : value
    }

    /// How long the slot has been running; nil before it does.
    package func elapsedMicroseconds(at now: Int64) -> Int64? {
        let start = startedAt.load(ordering: .relaxed)
        return start == .min ? nil : max(0, now - start)
    }

    /// The times of what is over.
    package var times: StageTimes {
        StageTimes(
            busyMicroseconds: busy.load(ordering: .relaxed),
            backPressuredMicroseconds: backPressured.load(ordering: .relaxed)
        )
    }

    /// The times with what is still going on, so that a wait without end counts while it lasts.
    ///
    /// `now` is on the monotonic clock of the slot.
    package func times(at now: Int64) -> StageTimes {
        let past = times
        return StageTimes(
            busyMicroseconds: past.busyMicroseconds + Self.since(busySince, now),
            backPressuredMicroseconds: past.backPressuredMicroseconds
                + Self.since(backPressuredSince, now)
        )
    }

    private static func since(_ start: borrowing Atomic<Int64>, _ now: Int64) -> Int64 {
        let start = start.load(ordering: .relaxed)
        return start == .min ? 0 : max(0, now - start)
    }
}

/// How one subtask of a stage has spent its time so far; the rest it was idle.
package struct StageTimes: Hashable, Sendable, Codable {
    /// Spent with rows.
    package let busyMicroseconds: Int64
    /// Input waited, but what comes behind had no room.
    package let backPressuredMicroseconds: Int64

    package init(busyMicroseconds: Int64, backPressuredMicroseconds: Int64) {
        self.busyMicroseconds = busyMicroseconds
        self.backPressuredMicroseconds = backPressuredMicroseconds
    }
}
