package import ClusterMessages
package import Core
package import Dataflow
import JobGraph
package import Operators
import Synchronization
package import Telemetry
import Transport

/// The task managers of this leader as other threads may see them, and what they report.
package final class TaskManagerTable: Sendable {
    /// A registered task manager.
    package struct Entry: Sendable {
        package let registration: Registration
        /// The address that it dialled from.
        package let address: String
        package let registeredMicroseconds: Int64
        package internal(set) var lastHeardMicroseconds: Int64
        package internal(set) var report: TaskManagerReport?
        /// When the newest report came, and the one before it, for rates.
        package internal(set) var reportedMicroseconds: Int64 = 0
        package internal(set) var former: TaskManagerReport?
        package internal(set) var formerMicroseconds: Int64 = 0
        let connection: ControlConnection
    }

    private let entries = Mutex<[TaskManagerID: Entry]>([:])

    func add(_ entry: Entry) {
        entries.withLock { $0[entry.registration.id] = entry }
    }

    func remove(_ id: TaskManagerID) {
        _ = entries.withLock { $0.removeValue(forKey: id) }
    }

    func note(_ report: TaskManagerReport?, of id: TaskManagerID, at now: Int64) {
        entries.withLock { entries in
            entries[id]?.lastHeardMicroseconds = now
            guard let report, let known = entries[id] else { return }
            entries[id]?.former = known.report
            entries[id]?.formerMicroseconds = known.reportedMicroseconds
            entries[id]?.report = report
            entries[id]?.reportedMicroseconds = now
        }
    }

    /// All of them, by id.
    package var all: [Entry] {
        entries.withLock { $0.values.sorted { $0.registration.id < $1.registration.id } }
    }

    package func entry(_ id: TaskManagerID) -> Entry? {
        entries.withLock { $0[id] }
    }

    func send(_ message: ToTaskManager, to id: TaskManagerID) {
        entry(id)?.connection.send(ControlCodec.encode(message))
    }

    /// Rows a second of each node of a deployment, in and out; by slot, nil before two reports.
    package func rates(_ deployment: TaskDeployment) -> [SlotRate?] {
        var slots = [SlotRate?](repeating: nil, count: deployment.parallelism)
        for entry in all {
            let seconds =
                Double(entry.reportedMicroseconds - entry.formerMicroseconds) / 1_000_000
            guard let newest = entry.report, let former = entry.former, seconds > 0 else {
                continue
            }
            for slot in newest.slots where slot.deployment == deployment.id {
                let before = former.slots.first {
                    $0.deployment == slot.deployment && $0.slot == slot.slot
                }
                guard let before, before.nodes.count == slot.nodes.count,
                    slot.nodes.count == deployment.graph.nodes.count,
                    slots.indices.contains(slot.slot)
                else { continue }
                slots[slot.slot] = SlotRate(slot, before, seconds: seconds)
            }
        }
        return slots
    }

    /// The counters of each node of a deployment, by slot; zeros for slots that have not reported.
    package func counters(_ deployment: TaskDeployment) -> [[NodeCounters]] {
        let empty = OperatorMetrics().counters
        let none = Array(repeating: empty, count: deployment.graph.nodes.count)
        var slots = Array(repeating: none, count: deployment.parallelism)
        for entry in all {
            for slot in entry.report?.slots ?? []
            where slot.deployment == deployment.id && slots.indices.contains(slot.slot)
                && slot.nodes.count == none.count
            {
                slots[slot.slot] = slot.nodes
            }
        }
        return slots
    }
}
