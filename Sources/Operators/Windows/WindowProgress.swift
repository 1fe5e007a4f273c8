import Core

/// The watermark that a window operator has reached, kept in checkpoints.
///
/// Without it a restarted job would take a late row for the first of a new window and send the
/// window again (Flink's `watermarkState`).
struct WindowProgress {
    private(set) var watermark: WatermarkMilliseconds

    /// - Parameter restored: what former instances saved; the least of them counts.
    init(restored: [[UInt8]]) {
        let saved = restored.compactMap { Int64(String(decoding: $0, as: UTF8.self)) }
        watermark = saved.count == restored.count ? saved.min() ?? Watermark.start : Watermark.start
    }

    mutating func advance(to newWatermark: WatermarkMilliseconds) {
        watermark = max(watermark, newWatermark)
    }

    /// The small state of the operator.
    var saved: [UInt8] { Array(String(watermark).utf8) }
}
