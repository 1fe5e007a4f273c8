/// How the values of a type lie in memory (DESIGN §5).
package enum Layout: Sendable, Hashable {
    /// No values at all: every row is NULL.
    case null
    /// One bit a value.
    case bits
    case int8
    case int16
    /// `INT`, `DATE` (days since 1970), `TIME` (milliseconds of the day), months of an interval.
    case int32
    /// `BIGINT`, `DECIMAL` up to 18 digits (scaled), timestamps, milliseconds of an interval.
    case int64
    /// `DECIMAL` above 18 digits, scaled.
    case int128
    case float
    case double
    /// Offsets and bytes: text and binary.
    case bytes
    /// Offsets and one element column.
    case list
    /// Offsets, one key column and one value column; a multiset maps elements to counts.
    case map
    /// One column for each field.
    case row
}

extension TypeKind {
    package var layout: Layout {
        switch self {
        case .null: .null
        case .boolean: .bits
        case .tinyint: .int8
        case .smallint: .int16
        case .integer, .date, .time, .intervalYearMonth: .int32
        case .bigint, .timestamp, .timestampLTZ, .intervalDayTime: .int64
        case .decimal(let precision, _): precision <= 18 ? .int64 : .int128
        case .float: .float
        case .double: .double
        case .char, .varchar, .binary, .varbinary: .bytes
        case .array: .list
        case .multiset, .map: .map
        case .row: .row
        }
    }
}

extension DataType {
    package var layout: Layout { kind.layout }

    /// Units a second of a timestamp of this precision: microseconds up to 6, else nanoseconds.
    package static func timestampUnitsPerSecond(precision: Int) -> Int64 {
        precision <= 6 ? 1_000_000 : 1_000_000_000
    }

    /// Units a millisecond of this timestamp type; nil for other types.
    package var timestampUnitsPerMillisecond: Int64? {
        switch kind {
        case .timestamp(let precision), .timestampLTZ(let precision):
            DataType.timestampUnitsPerSecond(precision: precision) / 1000
        default: nil
        }
    }
}
