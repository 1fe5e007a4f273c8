/// A named value as `GET /jobs/:jobid/vertices/:vertexid/watermarks` lists them (Flink's Metric).
package struct MetricEntry: Codable, Hashable, Sendable {
    /// As in `0.currentInputWatermark`: the subtask and the metric.
    package var id: String
    /// The value in decimal digits.
    package var value: String

    package init(
        id: String,
        value: String
    ) {
        self.id = id
        self.value = value
    }

    /// The watermark of a subtask.
    package init(subtask: Int, watermark: Int64) {
        self.init(id: "\(subtask).currentInputWatermark", value: String(watermark))
    }
}
