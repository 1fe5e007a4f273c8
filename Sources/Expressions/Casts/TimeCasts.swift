import Columnar

/// Conversions among DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ, and of intervals.
enum TimeCasts {
    private static let day = CalendarMath.millisecondsPerDay

    static func make(from: DataType, to: DataType, zone: ZoneRules) -> ColumnCast {
        switch (from.kind, to.kind) {
        case (.date, .timestamp), (.date, .timestampLTZ):
            return { shifted(fromDays($0, to), to, zone) }
        case (.time, .timestamp), (.time, .timestampLTZ):
            return { shifted(fromTime($0, to), to, zone) }
        case (.time, .time(let precision)):
            return { CastOutcome(truncatedTime($0, precision, to)) }
        case (.timestamp, .date):
            return { CastOutcome(toDate($0, to)) }
        case (.timestampLTZ, .date):
            return { CastOutcome(toDate(local($0, zone), to, isFloored: true)) }
        case (.timestamp, .time(let precision)):
            return { CastOutcome(toTime($0, precision, to)) }
        case (.timestampLTZ, .time(let precision)):
            return { CastOutcome(toTime(local($0, zone), precision, to)) }
        case (.timestamp, .timestampLTZ):
            return { column in
                let moved = utc(column, zone)
                return precision(moved, to)
            }
        case (.timestampLTZ, .timestamp):
            return { column in precision(local(column, zone), to) }
        default:
            return { precision($0, to) }
        }
    }

    /// Days as timestamps without zone.
    private static func fromDays(_ column: Column, _ type: DataType) -> CastOutcome {
        scaled(column, type, Loops.map(column.int32s) { Int64($0) &* day })
    }

    private static func fromTime(_ column: Column, _ type: DataType) -> CastOutcome {
        scaled(column, type, Loops.map(column.int32s) { Int64($0) })
    }

    /// Milliseconds in the units of a timestamp type.
    private static func scaled(
        _ column: Column,
        _ type: DataType,
        _ milliseconds: FixedValues<Int64>
    ) -> CastOutcome {
        let units = type.timestampUnitsPerMillisecond ?? 1000
        var failures = CastFailures()
        if units > 1000 { failures = outOfRange(column, milliseconds, units, type) }
        let values: FixedValues<Int64> = Loops.map(milliseconds) { $0 &* units }
        return CastOutcome(
            Column(type, values, validity: column.validity),
            failures: failures.orNil
        )
    }

    /// The rows whose time does not fit into 64 bits of nanoseconds.
    private static func outOfRange(
        _ column: Column,
        _ values: FixedValues<Int64>,
        _ factor: Int64,
        _ type: DataType
    ) -> CastFailures {
        var failures = CastFailures()
        let limit = Int64.max / factor
        for row in 0..<values.count where !column.isNull(row) {
            if values[row].magnitude >= limit.magnitude {
                failures.add(
                    row,
                    "\(type) holds the years 1678 to 2261 only; use a precision of 6 or less"
                )
            }
        }
        return failures
    }

    private static func shifted(
        _ outcome: CastOutcome,
        _ type: DataType,
        _ zone: ZoneRules
    ) -> CastOutcome {
        guard type.kind.isTimestampLTZ else { return outcome }
        return CastOutcome(utc(outcome.column, zone), failures: outcome.failures)
    }

    /// The moments of local times in the zone.
    static func utc(_ column: Column, _ zone: ZoneRules) -> Column {
        let units = (column.type.timestampUnitsPerMillisecond ?? 1000) * 1000
        if let fixed = zone.fixedOffsetSeconds { return moved(column, -Int64(fixed) * units) }
        var cursor = zone.cursor(unitsPerSecond: units)
        var result = FixedBuilder<Int64>(count: column.count)
        let values = column.int64s.span
        do {
            var output = result.span
            for row in values.indices { output[row] = cursor.utc(fromLocal: values[row]) }
        }
        return Column(column.type, result.finish(), validity: column.validity)
    }

    /// The local times of moments in the zone.
    static func local(_ column: Column, _ zone: ZoneRules) -> Column {
        let units = (column.type.timestampUnitsPerMillisecond ?? 1000) * 1000
        if let fixed = zone.fixedOffsetSeconds { return moved(column, Int64(fixed) * units) }
        var cursor = zone.cursor(unitsPerSecond: units)
        var result = FixedBuilder<Int64>(count: column.count)
        let values = column.int64s.span
        do {
            var output = result.span
            for row in values.indices { output[row] = cursor.local(fromUTC: values[row]) }
        }
        return Column(column.type, result.finish(), validity: column.validity)
    }

    private static func moved(_ column: Column, _ distance: Int64) -> Column {
        if distance == 0 { return column }
        let values: FixedValues<Int64> = Loops.map(column.int64s) { $0 &+ distance }
        return Column(column.type, values, validity: column.validity)
    }

    /// Days of a timestamp; before 1970 Flink rounds towards 1970 unless the zone is applied.
    private static func toDate(
        _ column: Column,
        _ type: DataType,
        isFloored: Bool = false
    ) -> Column {
        let units = column.type.timestampUnitsPerMillisecond ?? 1000
        let values: FixedValues<Int32> = Loops.map(column.int64s) { value in
            let milliseconds = value.flooredDivision(by: units)
            let days = isFloored ? milliseconds.flooredDivision(by: day) : milliseconds / day
            return Int32(truncatingIfNeeded: days)
        }
        return Column(type, values, validity: column.validity)
    }

    private static func toTime(_ column: Column, _ precision: Int, _ type: DataType) -> Column {
        let units = column.type.timestampUnitsPerMillisecond ?? 1000
        let step = Int32(DecimalMath.powerOfTen(max(0, 3 - precision)))
        let values: FixedValues<Int32> = Loops.map(column.int64s) { value in
            let milliseconds = value.flooredDivision(by: units).flooredRemainder(by: day)
            let time = Int32(truncatingIfNeeded: milliseconds)
            return time &- time % step
        }
        return Column(type, values, validity: column.validity)
    }

    private static func truncatedTime(
        _ column: Column,
        _ precision: Int,
        _ type: DataType
    ) -> Column {
        let step = Int32(DecimalMath.powerOfTen(max(0, 3 - precision)))
        if step == 1 { return column.retyped(type) }
        let values: FixedValues<Int32> = Loops.map(column.int32s) { $0 &- $0 % step }
        return Column(type, values, validity: column.validity)
    }

    /// A timestamp with another number of digits; more than three are cut towards the past,
    /// fewer towards 1970, as Flink does.
    static func precision(_ column: Column, _ type: DataType) -> CastOutcome {
        let from = column.type.kind.timePrecision
        let to = type.kind.timePrecision
        let fromUnits = column.type.timestampUnitsPerMillisecond ?? 1000
        let toUnits = type.timestampUnitsPerMillisecond ?? 1000
        if toUnits > fromUnits {
            let factor = toUnits / fromUnits
            let failures = outOfRange(column, column.int64s, factor, type)
            let values: FixedValues<Int64> = Loops.map(column.int64s) { $0 &* factor }
            return CastOutcome(
                Column(type, values, validity: column.validity),
                failures: failures.orNil
            )
        }
        if from <= to { return CastOutcome(column.retyped(type)) }
        let factor = fromUnits / toUnits
        let values: FixedValues<Int64>
        if to >= 3 {
            let step = toUnits / Int64(DecimalMath.powerOfTen(to - 3))
            values = Loops.map(column.int64s) {
                $0.flooredDivision(by: factor &* step) &* step
            }
        } else {
            let step = Int64(DecimalMath.powerOfTen(3 - to))
            values = Loops.map(column.int64s) {
                $0.flooredDivision(by: fromUnits) / step &* step &* toUnits
            }
        }
        return CastOutcome(Column(type, values, validity: column.validity))
    }

    /// Intervals of a single field stand for numbers of that field.
    static func interval(_ column: Column, to type: DataType) -> Column {
        switch (column.type.kind, type.kind) {
        case (.intervalDayTime(let fields), _) where type.kind.isNumeric:
            let unit = TimeUnit(keyword: fields.from.rawValue)?.milliseconds ?? 1
            let values: FixedValues<Int64> = Loops.map(column.int64s) { $0 / unit }
            let numbers = Column(.bigint, values, validity: column.validity)
            return NumericCasts.cast(numbers, to: type)
        case (.intervalYearMonth(let fields), _) where type.kind.isNumeric:
            let unit = Int32(TimeUnit(keyword: fields.from.rawValue)?.months ?? 1)
            let values: FixedValues<Int32> = Loops.map(column.int32s) { $0 / unit }
            let numbers = Column(.integer, values, validity: column.validity)
            return NumericCasts.cast(numbers, to: type)
        case (_, .intervalDayTime(let fields)) where column.type.kind.isNumeric:
            let unit = TimeUnit(keyword: fields.from.rawValue)?.milliseconds ?? 1
            let numbers = NumericCasts.cast(column, to: .bigint)
            let values: FixedValues<Int64> = Loops.map(numbers.int64s) { $0 &* unit }
            return Column(type, values, validity: numbers.validity)
        case (_, .intervalYearMonth(let fields)) where column.type.kind.isNumeric:
            let unit = Int32(TimeUnit(keyword: fields.from.rawValue)?.months ?? 1)
            let numbers = NumericCasts.cast(column, to: .integer)
            let values: FixedValues<Int32> = Loops.map(numbers.int32s) { $0 &* unit }
            return Column(type, values, validity: numbers.validity)
        default: return column.retyped(type)
        }
    }
}
