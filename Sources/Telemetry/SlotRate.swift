package import ClusterMessages
import Operators

/// What one slot did between two readings of its counters.
package struct SlotRate: Hashable, Sendable {
    /// Of each node, rows a second.
    package let rowsIn: [Double]
    package let rowsOut: [Double]
    /// Of each stage, the share of the time that it worked, and that it waited for room behind it.
    package let busy: [Double]
    package let backPressured: [Double]

    package init(
        _ now: TaskManagerReport.Slot,
        _ then: TaskManagerReport.Slot,
        seconds: Double
    ) {
        let nodes = zip(now.nodes, then.nodes)
        rowsIn = nodes.map { Double($0.rowsIn - $1.rowsIn) / seconds }
        rowsOut = nodes.map { Double($0.rowsOut - $1.rowsOut) / seconds }
        let stages = zip(now.stages, then.stages)
        busy = stages.map {
            Self.share($0.busyMicroseconds - $1.busyMicroseconds, seconds)
        }
        backPressured = stages.map {
            Self.share($0.backPressuredMicroseconds - $1.backPressuredMicroseconds, seconds)
        }
    }

    /// The share of the time that a stage neither worked nor waited for room.
    package func idle(_ stage: Int) -> Double { max(0, 1 - busy[stage] - backPressured[stage]) }

    private static func share(_ microseconds: Int64, _ seconds: Double) -> Double {
        min(1, max(0, Double(microseconds) / 1_000_000 / seconds))
    }
}
