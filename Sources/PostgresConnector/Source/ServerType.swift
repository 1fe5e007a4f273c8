import Columnar

/// A column type of the server, reduced to what decides how its text is read.
struct ServerType: Hashable, Sendable {
    indirect enum Family: Hashable, Sendable {
        case boolean
        /// Bytes of the integer; `oid` counts as 8.
        case integer(bytes: Int)
        case float
        case double
        /// Nil precision: unconstrained.
        case numeric(precision: Int?, scale: Int)
        case money
        case bytea
        case date
        case time
        case timestamp
        case timestampWithZone
        /// `bit(1)`.
        case singleBit
        case array(Family)
        /// Everything else has only its text.
        case text
    }

    let oid: UInt32
    /// As `format_type` shows it, for messages and casts.
    let name: String
    let family: Family

    /// The family of a type of `pg_catalog` by its internal name.
    static func family(_ name: String, modifier: Int32) -> Family {
        switch name {
        case "bool": .boolean
        case "int2": .integer(bytes: 2)
        case "int4": .integer(bytes: 4)
        case "int8", "oid": .integer(bytes: 8)
        case "float4": .float
        case "float8": .double
        case "numeric": numeric(modifier)
        case "money": .money
        case "bytea": .bytea
        case "date": .date
        case "time": .time
        case "timestamp": .timestamp
        case "timestamptz": .timestampWithZone
        case "bit": modifier == 1 ? .singleBit : .text
        default: .text
        }
    }

    private static func numeric(_ modifier: Int32) -> Family {
        guard modifier >= 4 else { return .numeric(precision: nil, scale: 0) }
        let packed = modifier - 4
        let scale = Int(((packed & 0x7FF) ^ 1024) - 1024)
        return .numeric(precision: Int((packed >> 16) & 0xFFFF), scale: scale)
    }

    /// The SQL type to declare for it.
    var suggestion: String { Self.suggestion(family) }

    private static func suggestion(_ family: Family) -> String {
        switch family {
        case .boolean, .singleBit: "BOOLEAN"
        case .integer(let bytes): bytes == 2 ? "SMALLINT" : bytes == 4 ? "INT" : "BIGINT"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .numeric(nil, _): "DECIMAL(38, 10) or STRING"
        case .numeric(let precision?, let scale):
            precision <= 38 && scale >= 0 && scale <= precision
                ? "DECIMAL(\(precision), \(scale))" : "STRING"
        case .money: "DECIMAL(19, 2)"
        case .bytea: "BYTES"
        case .date: "DATE"
        case .time: "TIME(3)"
        case .timestamp: "TIMESTAMP(6)"
        case .timestampWithZone: "TIMESTAMP_LTZ(6)"
        case .array(let element): "ARRAY<\(suggestion(element))>"
        case .text: "STRING"
        }
    }
}
