import Columnar

/// Text to DATE, TIME, TIMESTAMP and TIMESTAMP_LTZ.
enum TextTimeCasts {
    static func make(to type: DataType, zone: ZoneRules) -> ColumnCast {
        switch type.kind {
        case .date:
            return { column in
                convert(column, type) { text in
                    TimeParser.date(text).map { Int32(truncatingIfNeeded: $0) }
                }
            }
        case .time(let precision):
            let step = Int32(DecimalMath.powerOfTen(max(0, 3 - precision)))
            return { column in
                convert(column, type) { text in TimeParser.time(text).map { $0 &- $0 % step } }
            }
        case .timestamp(let precision):
            return { timestamps($0, type, precision, nil) }
        case .timestampLTZ(let precision):
            return { timestamps($0, type, precision, zone) }
        default:
            return { column in
                var failures = CastFailures()
                for row in 0..<column.count where !column.isNull(row) {
                    failures.add(row, "For input string: '\(column.byteStrings.string(row))'.")
                }
                return CastOutcome(.nulls(type, count: column.count), failures: failures.orNil)
            }
        }
    }

    private static func convert(
        _ column: Column,
        _ type: DataType,
        _ body: ([UInt8]) -> Int32?
    ) -> CastOutcome {
        let values = column.byteStrings
        var result = FixedBuilder<Int32>(count: column.count)
        var failures = CastFailures()
        for row in 0..<column.count {
            result[row] = 0
            if column.isNull(row) { continue }
            if let value = body(values.array(row)) {
                result[row] = value
            } else {
                failures.add(row, "For input string: '\(values.string(row))'.")
            }
        }
        return CastOutcome(
            Column(type, result.finish(), validity: column.validity),
            failures: failures.orNil
        )
    }

    private static func timestamps(
        _ column: Column,
        _ type: DataType,
        _ precision: Int,
        _ zone: ZoneRules?
    ) -> CastOutcome {
        let values = column.byteStrings
        var result = FixedBuilder<Int64>(count: column.count)
        var failures = CastFailures()
        for row in 0..<column.count {
            result[row] = 0
            if column.isNull(row) { continue }
            do {
                result[row] = try TimeParser.timestamp(values.array(row), precision, zone)
            } catch {
                failures.add(row, error.reason)
            }
        }
        return CastOutcome(
            Column(type, result.finish(), validity: column.validity),
            failures: failures.orNil
        )
    }
}
