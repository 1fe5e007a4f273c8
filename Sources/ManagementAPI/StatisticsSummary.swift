/// Least, most, mean and percentiles of a number (Flink's StatsSummaryDto).
package struct StatisticsSummary: Codable, Hashable, Sendable {
    package var min: Int64
    package var max: Int64
    package var avg: Int64
    package var p50: Double
    package var p90: Double
    package var p95: Double
    package var p99: Double
    package var p999: Double

    /// Summarises values; all zero where there are none, as in Flink.
    package init(_ values: [Int64]) {
        let sorted = values.sorted()
        min = sorted.first ?? 0
        max = sorted.last ?? 0
        avg = sorted.isEmpty ? 0 : sorted.reduce(0, &+) / Int64(sorted.count)
        p50 = Self.percentile(sorted, 0.5)
        p90 = Self.percentile(sorted, 0.9)
        p95 = Self.percentile(sorted, 0.95)
        p99 = Self.percentile(sorted, 0.99)
        p999 = Self.percentile(sorted, 0.999)
    }

    /// The value with that part of the others at or below it, interpolated.
    private static func percentile(_ sorted: [Int64], _ part: Double) -> Double {
        guard let last = sorted.last else { return 0 }
        let position = part * Double(sorted.count + 1)
        let index = Int(position)
        if index < 1 { return Double(sorted[0]) }
        if index >= sorted.count { return Double(last) }
        let lower = Double(sorted[index - 1])
        return lower + (position - Double(index)) * (Double(sorted[index]) - lower)
    }
}
