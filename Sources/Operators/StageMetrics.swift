import Synchronization

/// How one subtask of a stage spends its time; written by its slot, read from any thread.
package final class StageMetrics: Sendable {
    private let busy = Atomic<Int64>(0)
    private let backPressured = Atomic<Int64>(0)

    package init() {}

    package func noteBusy(microseconds: Int64) {
        busy.wrappingAdd(microseconds, ordering: .relaxed)
    }

    package func noteBackPressured(microseconds: Int64) {
        backPressured.wrappingAdd(microseconds, ordering: .relaxed)
    }

    /// The times as they are now.
    package var times: StageTimes {
        StageTimes(
            busyMicroseconds: busy.load(ordering: .relaxed),
            backPressuredMicroseconds: backPressured.load(ordering: .relaxed)
        )
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
