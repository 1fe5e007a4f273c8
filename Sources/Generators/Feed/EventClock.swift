/// The event time of each change: it depends on the change's number only, never on the clock of the
/// machine, so that the same seed and start give the same rows.
package struct EventClock: Sendable {
    /// The event time of the first change, microseconds since 1970.
    package let startMicroseconds: Int64
    /// Seconds of event time for each second of the schedule.
    private let factor: Double
    private let schedule: ChangeSchedule

    package init(startMicroseconds: Int64, factor: Double, schedule: ChangeSchedule) {
        self.startMicroseconds = startMicroseconds
        self.factor = factor
        self.schedule = schedule
    }

    package func eventMicroseconds(ofChange number: Int64) -> Int64 {
        let elapsed = Double(schedule.microsecondsUntil(changes: number)) * factor
        return startMicroseconds + Int64(elapsed)
    }
}
