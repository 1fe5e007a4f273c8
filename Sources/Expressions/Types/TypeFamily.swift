package import Columnar

/// A set of argument types, named as Calcite's messages name it.
enum TypeFamily: String, Sendable {
    case any = "ANY"
    case boolean = "BOOLEAN"
    case numeric = "NUMERIC"
    case integer = "INTEGER"
    case character = "CHARACTER"
    case binary = "BINARY"
    case string = "STRING"
    case date = "DATE"
    case time = "TIME"
    case timestamp = "TIMESTAMP"
    case datetime = "DATETIME"
    case interval = "DATETIME_INTERVAL"
    case array = "ARRAY"
    case map = "MAP"

    /// Whether a type belongs to the family.
    func contains(_ kind: TypeKind) -> Bool {
        switch self {
        case .any: true
        case .boolean: kind == .boolean
        case .numeric: kind.isNumeric
        case .integer: kind.isInteger
        case .character: kind.isCharacter
        case .binary: kind.isBinary
        case .string: kind.isCharacter || kind.isBinary
        case .date: kind == .date
        case .time: kind.isTime
        case .timestamp: kind.isTimestamp || kind.isTimestampLTZ
        case .datetime: kind.isDatetime
        case .interval: kind.isInterval
        case .array: kind.isArray
        case .map: kind.isMap
        }
    }
}

extension TypeKind {
    package var isInteger: Bool {
        switch self {
        case .tinyint, .smallint, .integer, .bigint: true
        default: false
        }
    }

    package var isDecimal: Bool {
        if case .decimal = self { return true }
        return false
    }

    /// Integers and decimals.
    package var isExactNumeric: Bool { isInteger || isDecimal }

    /// FLOAT and DOUBLE.
    package var isApproximateNumeric: Bool { self == .float || self == .double }

    package var isNumeric: Bool { isExactNumeric || isApproximateNumeric }

    /// CHAR and VARCHAR.
    package var isCharacter: Bool {
        switch self {
        case .char, .varchar: true
        default: false
        }
    }

    /// BINARY and VARBINARY.
    package var isBinary: Bool {
        switch self {
        case .binary, .varbinary: true
        default: false
        }
    }

    package var isTime: Bool {
        if case .time = self { return true }
        return false
    }

    package var isTimestamp: Bool {
        if case .timestamp = self { return true }
        return false
    }

    package var isTimestampLTZ: Bool {
        if case .timestampLTZ = self { return true }
        return false
    }

    /// DATE, TIME and the two kinds of timestamps.
    package var isDatetime: Bool {
        self == .date || isTime || isTimestamp || isTimestampLTZ
    }

    package var isInterval: Bool {
        switch self {
        case .intervalYearMonth, .intervalDayTime: true
        default: false
        }
    }

    package var isYearMonthInterval: Bool {
        if case .intervalYearMonth = self { return true }
        return false
    }

    package var isArray: Bool {
        if case .array = self { return true }
        return false
    }

    package var isMap: Bool {
        if case .map = self { return true }
        return false
    }

    package var isRow: Bool {
        if case .row = self { return true }
        return false
    }

    /// The declared length of text or bytes; nil for other types.
    package var length: Int? {
        switch self {
        case .char(let length), .varchar(let length), .binary(let length),
            .varbinary(let length):
            length
        default: nil
        }
    }

    /// The digits of the fraction of a second; 0 for other types.
    package var timePrecision: Int {
        switch self {
        case .time(let precision), .timestamp(let precision), .timestampLTZ(let precision):
            precision
        default: 0
        }
    }
}
