import Columnar
import Core
import JobGraph

/// Finds the slice of every row, wherever the window comes from.
struct WindowInput {
    private let time: WindowTime
    private let hasLocalPhase: Bool
    private let keyCount: Int
    let slicing: WindowSlicing
    let clock: WindowClock
    /// Whether rows carry the end of a whole window: then a window is one slice.
    let isAttached: Bool

    init(_ spec: WindowAggregateSpec) {
        time = spec.time
        hasLocalPhase = spec.hasLocalPhase
        keyCount = spec.keys.count
        clock = WindowClock(shiftTimeZone: spec.shiftTimeZone)
        switch spec.time {
        case .rowtime(_, let kind):
            slicing = WindowSlicing(kind)
            isAttached = false
        case .attached(_, let kind):
            slicing = WindowSlicing(kind)
            isAttached = true
        }
    }

    /// Whether a window takes several slices.
    var isShared: Bool { slicing.isShared && !isAttached }

    /// The end of each row's slice.
    func sliceEnds(_ batch: RecordBatch) throws(OperatorError) -> FixedValues<Int64> {
        if hasLocalPhase { return batch.columns[keyCount].int64s }
        switch time {
        case .rowtime(let column, _):
            guard batch.columns[column].nullCount == 0 else {
                throw OperatorError(
                    blame: .user,
                    """
                    RowTime field should not be null, please convert it to a non-null long value.
                    """
                )
            }
            return slicing.sliceEnds(clock.milliseconds(batch.columns[column]))
        case .attached(let column, _):
            return batch.columns[column].int64s.mapped { $0.flooredDivision(by: 1000) }
        }
    }

    /// The end of the last window that a slice belongs to.
    func lastWindowEnd(ofSlice sliceEnd: Int64) -> Int64 {
        isShared ? slicing.lastWindowEnd(ofSlice: sliceEnd) : sliceEnd
    }
}
