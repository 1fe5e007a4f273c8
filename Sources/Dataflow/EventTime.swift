package import Core

/// The event time of several inputs together: the least of those that are not idle or at their end.
///
/// When all are idle, the furthest input decides, as in Flink's `StatusWatermarkValve`.
package struct EventTime {
    private var watermarks: [WatermarkMilliseconds]
    private var idle: [Bool]
    private var current: WatermarkMilliseconds = Watermark.start
    private var isIdle = false

    package init(inputs: Int) {
        watermarks = Array(repeating: Watermark.start, count: inputs)
        idle = Array(repeating: false, count: inputs)
    }

    /// What a change of one input means for all.
    package struct Change: Equatable {
        /// The new common watermark, if it rose.
        package var watermark: WatermarkMilliseconds?
        /// Whether the last active input has become idle.
        package var becameIdle = false

        package init(watermark: WatermarkMilliseconds? = nil, becameIdle: Bool = false) {
            self.watermark = watermark
            self.becameIdle = becameIdle
        }
    }

    package mutating func advance(_ input: Int, to watermark: WatermarkMilliseconds) -> Change {
        watermarks[input] = max(watermarks[input], watermark)
        idle[input] = false
        return update()
    }

    package mutating func becomeIdle(_ input: Int) -> Change {
        idle[input] = true
        return update()
    }

    /// Rows arrived on an input: it takes part in event time again.
    package mutating func becomeActive(_ input: Int) {
        guard idle[input] else { return }
        idle[input] = false
        isIdle = false
    }

    /// Whether one input is behind another in event time, as far as watermarks have told.
    package func isBehind(_ input: Int, _ other: Int) -> Bool {
        watermarks[input] < watermarks[other]
    }

    /// Whether an input that is not idle is behind another.
    package func isHeldBack(_ input: Int, behind other: Int) -> Bool {
        !idle[input] && isBehind(input, other)
    }

    private mutating func update() -> Change {
        // An input at its end holds nothing back, but while another one may still send rows, even
        // an idle one, it does not end event time for all.
        let open = watermarks.indices.filter { watermarks[$0] != Watermark.end }
        let active = open.filter { !idle[$0] }
        let candidate =
            open.isEmpty
            ? Watermark.end
            : active.map { watermarks[$0] }.min() ?? open.map { watermarks[$0] }.max()
                ?? Watermark.start
        var change = Change()
        if candidate > current {
            current = candidate
            change.watermark = candidate
        }
        let allIdle = active.isEmpty && !open.isEmpty
        change.becameIdle = allIdle && !isIdle
        isIdle = allIdle
        return change
    }
}
