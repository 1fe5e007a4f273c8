import Columnar

/// How types are named in the messages of Flink's planner, which come from Calcite.
enum CalciteTypeText {
    /// The type with its parameters, without nullability, such as `VARCHAR(2147483647)`.
    static func text(_ kind: TypeKind) -> String {
        switch kind {
        case .null: "NULL"
        case .integer: "INTEGER"
        case .varchar(let length): "VARCHAR(\(length))"
        case .varbinary(let length): "VARBINARY(\(length))"
        case .timestampLTZ(let precision): "TIMESTAMP_WITH_LOCAL_TIME_ZONE(\(precision))"
        case .intervalYearMonth(let fields), .intervalDayTime(let fields):
            "INTERVAL \(intervalText(fields))"
        case .array(let element): "\(full(element)) ARRAY"
        case .multiset(let element): "\(full(element)) MULTISET"
        case .map(let key, let value): "(\(full(key)), \(full(value))) MAP"
        case .row(let fields):
            "RecordType(\(fields.map { "\(full($0.type)) \($0.name)" }.joined(separator: ", ")))"
        default: kind.description
        }
    }

    /// The type with its nullability.
    static func full(_ type: DataType) -> String {
        type.isNullable ? text(type.kind) : "\(text(type.kind)) NOT NULL"
    }

    /// The form between angle brackets in `Cannot apply …`: upper case throughout.
    static func argument(_ type: DataType) -> String {
        "<\(text(type.kind).uppercased())>"
    }

    /// The qualifier of an interval without its default precisions, such as `DAY TO SECOND`.
    static func intervalText(_ fields: IntervalFields) -> String {
        let isDefault = fields.leadingPrecision == 2
        let from = fields.from.rawValue + (isDefault ? "" : "(\(fields.leadingPrecision))")
        return fields.from == fields.to ? from : "\(from) TO \(fields.to.rawValue)"
    }

    /// The family that a signature of an unknown function names, such as `<CHARACTER>`.
    static func family(_ kind: TypeKind) -> String {
        switch kind {
        case .null: "NULL"
        case .boolean: "BOOLEAN"
        case .char, .varchar: "CHARACTER"
        case .binary, .varbinary: "BINARY"
        case .date: "DATE"
        case .time: "TIME"
        case .timestamp, .timestampLTZ: "TIMESTAMP"
        case .intervalYearMonth: "INTERVAL_YEAR_MONTH"
        case .intervalDayTime: "INTERVAL_DAY_TIME"
        case .array: "ARRAY"
        case .multiset: "MULTISET"
        case .map: "MAP"
        case .row: text(kind).uppercased()
        default: "NUMERIC"
        }
    }

    /// Flink's name of the type root, such as `INTEGER` or `VARCHAR`.
    static func root(_ kind: TypeKind) -> String {
        switch kind {
        case .null: "NULL"
        case .boolean: "BOOLEAN"
        case .tinyint: "TINYINT"
        case .smallint: "SMALLINT"
        case .integer: "INTEGER"
        case .bigint: "BIGINT"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .decimal: "DECIMAL"
        case .char: "CHAR"
        case .varchar: "VARCHAR"
        case .binary: "BINARY"
        case .varbinary: "VARBINARY"
        case .date: "DATE"
        case .time: "TIME_WITHOUT_TIME_ZONE"
        case .timestamp: "TIMESTAMP_WITHOUT_TIME_ZONE"
        case .timestampLTZ: "TIMESTAMP_WITH_LOCAL_TIME_ZONE"
        case .intervalYearMonth: "INTERVAL_YEAR_MONTH"
        case .intervalDayTime: "INTERVAL_DAY_TIME"
        case .array: "ARRAY"
        case .multiset: "MULTISET"
        case .map: "MAP"
        case .row: "ROW"
        }
    }
}
