import Columnar
import Core
import Expressions

/// Converts between rowtime columns, the local times that windows are cut in, and watermarks.
///
/// Windows of a TIMESTAMP column are cut in its own time. Those of a TIMESTAMP_LTZ column are cut
/// in the session's time zone: a day starts at local midnight.
struct WindowClock: Sendable {
    private let zone: ZoneRules?

    init(shiftTimeZone: String?) {
        zone = shiftTimeZone.flatMap { ZoneRules(named: $0) }
    }

    /// The times of a rowtime column in (local) milliseconds.
    func milliseconds(_ column: Column) -> FixedValues<Int64> {
        let units = column.type.timestampUnitsPerMillisecond ?? 1000
        let values = column.int64s
        var result = FixedBuilder<Int64>(count: column.count)
        let input = values.span
        var output = result.span
        if units == 1000 {
            for row in output.indices { output[row] = input[row].flooredDivision(by: 1000) }
        } else {
            for row in output.indices { output[row] = input[row].flooredDivision(by: units) }
        }
        if let zone {
            for row in output.indices {
                output[row] = zone.local(fromUTC: output[row], unitsPerSecond: 1000)
            }
        }
        return result.finish()
    }

    /// Whether a watermark says that a window is over.
    func isOver(_ windowEnd: Int64, _ watermark: WatermarkMilliseconds) -> Bool {
        guard watermark != Watermark.start else { return false }
        guard let zone, watermark != Watermark.end else { return windowEnd - 1 <= watermark }
        return zone.utc(fromLocal: windowEnd, unitsPerSecond: 1000) - 1 <= watermark
    }

    /// The rowtime of windows: the last millisecond, as a point in time where there is a zone.
    func windowTimes(_ windowEnds: FixedValues<Int64>) -> Column {
        guard let zone else {
            return Column(.timestamp(3).notNull, windowEnds.mapped { ($0 - 1) * 1000 })
        }
        return Column(
            .timestampLTZ(3).notNull,
            windowEnds.mapped { zone.utc(fromLocal: $0 - 1, unitsPerSecond: 1000) * 1000 }
        )
    }
}
