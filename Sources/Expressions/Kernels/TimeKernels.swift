import Columnar

/// EXTRACT, FLOOR and CEIL to a unit, TIMESTAMPDIFF.
enum TimeKernels {
    private static let day = CalendarMath.millisecondsPerDay

    /// `FLOOR(… TO unit)` and `CEIL(… TO unit)`.
    static func rounded(
        _ request: KernelRequest,
        _ unit: TimeUnit,
        isCeiling: Bool
    ) -> StrictKernel {
        let type = request.result
        switch request.type(0).kind {
        case .date:
            if !unit.isCalendar || unit == .day { return { $0.column(0).retyped(type) } }
            return ArithmeticKernels.unary(type) { (days: Int32) in
                let rounded = CalendarMath.floor(unit, days: Int(days), isCeiling: isCeiling)
                return Int32(truncatingIfNeeded: rounded)
            }
        case .time:
            let step = Int32(truncatingIfNeeded: min(day, unit.milliseconds ?? day))
            return isCeiling
                ? ArithmeticKernels.unary(type) { (time: Int32) in
                    (time &+ step &- 1) / step &* step
                }
                : ArithmeticKernels.unary(type) { (time: Int32) in time / step &* step }
        case .timestampLTZ:
            return zoned(request, unit, isCeiling)
        default:
            let units = request.type(0).timestampUnitsPerMillisecond ?? 1000
            if let step = unit.milliseconds, unit != .week {
                return fixedStep(type, step, units, isCeiling)
            }
            return ArithmeticKernels.unary(type) { (value: Int64) in
                let milliseconds = value.flooredDivision(by: units)
                // Flink rounds the date towards 1970 first.
                let days = Int(milliseconds / day)
                let rounded = CalendarMath.floor(unit, days: days, isCeiling: isCeiling)
                return Int64(rounded) &* day &* units
            }
        }
    }

    /// Rounding to a length of time: the last result serves while the times stay within it.
    private static func fixedStep(
        _ type: DataType,
        _ step: Int64,
        _ units: Int64,
        _ isCeiling: Bool
    ) -> StrictKernel {
        let length = step &* units
        return { input in
            let values = input.column(0).int64s.span
            var result = FixedBuilder<Int64>(count: input.count)
            do {
                var output = result.span
                var low: Int64 = 0
                for row in 0..<input.count {
                    let value = values[row]
                    if value < low || value &- low >= length {
                        low = value.flooredDivision(by: length) &* length
                    }
                    output[row] = low
                }
            }
            let floors = result.finish()
            guard isCeiling else { return input.result(type, floors) }
            // Flink compares whole milliseconds: what is less than one is not rounded up.
            let ceilings: FixedValues<Int64> = Loops.map(
                FixedOperand.values(input.column(0).int64s),
                FixedOperand.values(floors),
                count: input.count
            ) { value, floor in value &- floor >= units ? floor &+ length : floor }
            return input.result(type, ceilings)
        }
    }

    /// A moment rounded in the session's zone; the offset is that of the moment itself.
    private static func zoned(
        _ request: KernelRequest,
        _ unit: TimeUnit,
        _ isCeiling: Bool
    ) -> StrictKernel {
        let type = request.result
        let zone = request.context.zone
        let units = request.type(0).timestampUnitsPerMillisecond ?? 1000
        let ignoresZone = unit == .minute || unit == .second || unit == .millisecond
        return ArithmeticKernels.unary(type) { (value: Int64) in
            let milliseconds = value.flooredDivision(by: units)
            let seconds = milliseconds.flooredDivision(by: 1000)
            let offset = ignoresZone ? 0 : Int64(zone.offset(atUTC: seconds)) &* 1000
            let local = milliseconds &+ offset
            let rounded: Int64
            if let step = unit.milliseconds, unit != .week {
                let floor = local.flooredDivision(by: step) &* step
                rounded = isCeiling && floor != local ? floor &+ step : floor
            } else {
                let days = Int(local / day)
                rounded =
                    Int64(CalendarMath.floor(unit, days: days, isCeiling: isCeiling)) &* day
            }
            return (rounded &- offset) &* units
        }
    }

    /// `EXTRACT(unit FROM …)`.
    static func extract(_ request: KernelRequest, _ unit: TimeUnit) -> StrictKernel {
        let type = request.result
        let source = request.type(1)
        switch source.kind {
        case .date:
            return longs(type) { input, row in
                CalendarMath.extract(unit, days: Int(input.column(1).int32s[row])) ?? 0
            }
        case .intervalYearMonth:
            return longs(type) { input, row in
                let months = Int64(input.column(1).int32s[row])
                return switch unit {
                case .year: months / 12
                case .quarter: months % 12 / 3 + 1
                case .month: months % 12
                default: 0
                }
            }
        case .time:
            return longs(type) { input, row in
                clockField(unit, Int64(input.column(1).int32s[row]), nanoseconds: 0)
            }
        case .intervalDayTime:
            return longs(type) { input, row in
                let value = input.column(1).int64s[row]
                return unit == .day ? value / day : clockField(unit, value, nanoseconds: 0)
            }
        default: return extractTimestamp(request, unit)
        }
    }

    private static func longs(
        _ type: DataType,
        _ body: @escaping (StrictInput, Int) -> Int64
    ) -> StrictKernel {
        { input in
            var values = FixedBuilder<Int64>(count: input.count)
            for row in 0..<input.count { values[row] = body(input, row) }
            return input.result(type, values.finish())
        }
    }

    private static func extractTimestamp(
        _ request: KernelRequest,
        _ unit: TimeUnit
    ) -> StrictKernel {
        let type = request.result
        let units = request.type(1).timestampUnitsPerMillisecond ?? 1000
        let zone = request.type(1).kind.isTimestampLTZ ? request.context.zone : .utc
        return { input in
            var cursor = zone.cursor(unitsPerSecond: units * 1000)
            let column = input.column(1).int64s
            var values = FixedBuilder<Int64>(count: input.count)
            for row in 0..<input.count {
                let parts = TimestampParts(
                    cursor.local(fromUTC: column[row]),
                    unitsPerMillisecond: units
                )
                if unit.isCalendar {
                    // As in Flink, dates before 1970 are rounded towards 1970.
                    let days = Int(parts.milliseconds / day)
                    values[row] = CalendarMath.extract(unit, days: days) ?? 0
                } else {
                    values[row] = clockField(
                        unit,
                        parts.milliseconds,
                        nanoseconds: parts.nanoseconds
                    )
                }
            }
            return input.result(type, values.finish())
        }
    }

    /// A field below the day; negative before 1970, as in Flink.
    private static func clockField(
        _ unit: TimeUnit,
        _ milliseconds: Int64,
        nanoseconds: Int64
    ) -> Int64 {
        switch unit {
        case .hour: milliseconds % day / 3_600_000
        case .minute: milliseconds % 3_600_000 / 60_000
        case .second: milliseconds % 60_000 / 1000
        case .millisecond: milliseconds % 1000
        case .microsecond: milliseconds % 1000 * 1000 + nanoseconds / 1000
        case .nanosecond: milliseconds % 1000 * 1_000_000 + nanoseconds
        case .epoch: milliseconds / 1000
        default: 0
        }
    }

    /// `TIMESTAMPDIFF(unit, earlier, later)`.
    static func difference(_ request: KernelRequest, _ unit: TimeUnit) -> StrictKernel {
        let type = request.result
        return { input in
            let earlier = IntervalKernels.milliseconds(input.column(1))
            let later = IntervalKernels.milliseconds(input.column(2))
            var values = FixedBuilder<Int32>(count: input.count)
            for row in 0..<input.count {
                let result: Int64
                if let months = unit.months {
                    let between = CalendarMath.monthsBetween(
                        milliseconds: later[row],
                        earlier[row]
                    )
                    result = Int64(between / months)
                } else if unit == .microsecond {
                    result = (later[row] &- earlier[row]) &* 1000
                } else {
                    result = (later[row] &- earlier[row]) / (unit.milliseconds ?? 1)
                }
                values[row] = Int32(truncatingIfNeeded: result)
            }
            return input.result(type, values.finish())
        }
    }
}
