package import ClusterMessages
package import Dataflow
import Operators
import Synchronization

/// The counters of the tasks of a process, read once a second, for rates.
///
/// One thread reads now and then, any thread asks.
package final class TaskReadings: Sendable {
    private struct Key: Hashable {
        let deployment: UInt64
        let slot: Int
    }

    private struct Reading {
        var atMicroseconds: Int64
        var slots: [Key: TaskManagerReport.Slot]
    }

    private struct State {
        var newest: Reading?
        var former: Reading?
    }

    private let state = Mutex(State())

    package init() {}

    /// Reads the counters if it is time.
    ///
    /// - Parameters:
    ///   - now: on the monotonic clock.
    ///   - tasks: gives the tasks of the process; only called when it is time.
    package func note(at now: Int64, _ tasks: () -> [JobTask]) {
        state.withLock { state in
            if let newest = state.newest,
                now - newest.atMicroseconds < TelemetryLimits.readingMicroseconds
            {
                return
            }
            let slots = Self.slots(of: tasks(), at: now)
            state.former = state.newest
            state.newest = Reading(
                atMicroseconds: now,
                slots: Dictionary(
                    slots.map { (Key(deployment: $0.deployment, slot: $0.slot), $0) },
                    uniquingKeysWith: { first, _ in first }
                )
            )
        }
    }

    /// What a slot did between the last two readings; nil before it was read twice.
    package func rate(deployment: UInt64, slot: Int) -> SlotRate? {
        let key = Key(deployment: deployment, slot: slot)
        return state.withLock { state in
            guard let newest = state.newest, let former = state.former,
                let now = newest.slots[key], let then = former.slots[key]
            else { return nil }
            let microseconds = newest.atMicroseconds - former.atMicroseconds
            return SlotRate(now, then, seconds: Double(microseconds) / 1_000_000)
        }
    }

    /// The counters of all slots of some tasks.
    package static func slots(of tasks: [JobTask], at now: Int64) -> [TaskManagerReport.Slot] {
        tasks.flatMap { task in
            task.localSlots.map { slot in
                TaskManagerReport.Slot(
                    deployment: task.deployment.id,
                    slot: slot,
                    nodes: (task.metrics[slot] ?? []).map(\.counters),
                    stages: (task.stageMetrics[slot] ?? []).map { $0.times(at: now) }
                )
            }
        }
    }
}
