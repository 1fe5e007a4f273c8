import Columnar

/// What a column under construction takes; chosen once from its type.
enum ValueKind: UInt8 {
    case null
    case bool
    case int8
    case int16
    case int32
    case int64
    case float
    case double
    /// DECIMAL of up to 18 digits.
    case decimal64
    case decimal128
    case date
    case time
    case timestamp
    /// TIMESTAMP_LTZ: UTC, written with a final `Z`.
    case timestampUTC
    case text
    case binary
    case list
    /// MAP, and MULTISET as a map of elements to counts.
    case map
    /// Only a validity: the fields of the ROW are columns of their own.
    case row

    init(_ kind: TypeKind) {
        switch kind {
        case .null: self = .null
        case .boolean: self = .bool
        case .tinyint: self = .int8
        case .smallint: self = .int16
        case .integer, .intervalYearMonth: self = .int32
        case .bigint, .intervalDayTime: self = .int64
        case .float: self = .float
        case .double: self = .double
        case .decimal(let precision, _): self = precision <= 18 ? .decimal64 : .decimal128
        case .char, .varchar: self = .text
        case .binary, .varbinary: self = .binary
        case .date: self = .date
        case .time: self = .time
        case .timestamp: self = .timestamp
        case .timestampLTZ: self = .timestampUTC
        case .array: self = .list
        case .map, .multiset: self = .map
        case .row: self = .row
        }
    }

    /// The bytes of a fixed-width value; 4 for the offsets of text and nested values.
    var width: Int {
        switch self {
        case .null, .row, .bool: 0
        case .int8: 1
        case .int16: 2
        case .int32, .float, .date, .time, .text, .binary, .list, .map: 4
        case .int64, .double, .decimal64, .timestamp, .timestampUTC: 8
        case .decimal128: 16
        }
    }

    /// Whether the values lie behind offsets.
    var hasOffsets: Bool {
        switch self {
        case .text, .binary, .list, .map: true
        default: false
        }
    }
}

/// What a number means where a date or time is expected.
enum EpochUnit: UInt8 {
    /// Numbers are refused.
    case none
    case days
    case milliseconds
    case microseconds
    case nanoseconds

    /// Units a second; 0 for days and none.
    var perSecond: Int64 {
        switch self {
        case .none, .days: 0
        case .milliseconds: 1000
        case .microseconds: 1_000_000
        case .nanoseconds: 1_000_000_000
        }
    }
}

/// How bytes are written as text.
enum BinaryForm: UInt8 {
    case base64
    case base64URL
    case hex
}

/// How the values of one column are written: Flink's way, or one of Debezium's.
struct ValueEncoding: BitwiseCopyable, Equatable {
    var epochUnit = EpochUnit.none
    /// Whether dates and times may also be written in the other common forms, with offsets.
    var isLenientTime = false
    /// The scale of decimals that come as base-64 bytes; -1 when decimals come as text.
    var decimalBytesScale: Int16 = -1
    /// Whether decimals may come as `{"scale": 2, "value": "base64"}`.
    var allowsVariableScale = false
    var binaryForm = BinaryForm.base64
    /// Whether a text may be Debezium's placeholder for a value that was not sent.
    var checksPlaceholder = false
}
