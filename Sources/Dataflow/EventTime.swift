import Core

/// The event time of several inputs together: the least of those that are not idle.
///
/// When all are idle, the furthest input decides, as in Flink's `StatusWatermarkValve`. Inputs
/// that have ended hold nothing back; they decide only when no other is left, since an idle input
/// may go on.
struct EventTime {
    private var watermarks: [WatermarkMilliseconds]
    private var idle: [Bool]
    private var current: WatermarkMilliseconds = Watermark.start
    private var isIdle = false

    init(inputs: Int) {
        watermarks = Array(repeating: Watermark.start, count: inputs)
        idle = Array(repeating: false, count: inputs)
    }

    /// What a change of one input means for all.
    struct Change: Equatable {
        /// The new common watermark, if it rose.
        var watermark: WatermarkMilliseconds?
        /// Whether the last active input has become idle.
        var becameIdle = false
    }

    mutating func advance(_ input: Int, to watermark: WatermarkMilliseconds) -> Change {
        watermarks[input] = max(watermarks[input], watermark)
        idle[input] = false
        return update()
    }

    mutating func becomeIdle(_ input: Int) -> Change {
        idle[input] = true
        return update()
    }

    /// Rows arrived on an input: it takes part in event time again.
    mutating func becomeActive(_ input: Int) {
        guard idle[input] else { return }
        idle[input] = false
        isIdle = false
    }

    private mutating func update() -> Change {
        let open = watermarks.indices.filter { watermarks[$0] != Watermark.end }
        let active = open.filter { !idle[$0] }
        let candidate =
            active.map { watermarks[$0] }.min() ?? open.map { watermarks[$0] }.max()
            ?? Watermark.end
        var change = Change()
        if candidate > current {
            current = candidate
            change.watermark = candidate
        }
        let hasOnlyIdle = active.isEmpty && !open.isEmpty
        change.becameIdle = hasOnlyIdle && !isIdle
        isIdle = hasOnlyIdle
        return change
    }
}
