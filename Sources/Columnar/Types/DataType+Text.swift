extension DataType: CustomStringConvertible {
    /// The type as Flink's `asSummaryString` writes it, for example `DECIMAL(10, 2) NOT NULL`.
    package var description: String {
        isNullable ? kind.description : "\(kind.description) NOT NULL"
    }
}

extension TypeKind: CustomStringConvertible {
    package var description: String {
        switch self {
        case .null: "NULL"
        case .boolean: "BOOLEAN"
        case .tinyint: "TINYINT"
        case .smallint: "SMALLINT"
        case .integer: "INT"
        case .bigint: "BIGINT"
        case .float: "FLOAT"
        case .double: "DOUBLE"
        case .decimal(let precision, let scale): "DECIMAL(\(precision), \(scale))"
        case .char(let length): "CHAR(\(length))"
        case .varchar(let length):
            length == TypeKind.maximumLength ? "STRING" : "VARCHAR(\(length))"
        case .binary(let length): "BINARY(\(length))"
        case .varbinary(let length):
            length == TypeKind.maximumLength ? "BYTES" : "VARBINARY(\(length))"
        case .date: "DATE"
        case .time(let precision): "TIME(\(precision))"
        case .timestamp(let precision): "TIMESTAMP(\(precision))"
        case .timestampLTZ(let precision): "TIMESTAMP_LTZ(\(precision))"
        case .intervalYearMonth(let fields): "INTERVAL \(fields)"
        case .intervalDayTime(let fields): "INTERVAL \(fields)"
        case .array(let element): "ARRAY<\(element)>"
        case .multiset(let element): "MULTISET<\(element)>"
        case .map(let key, let value): "MAP<\(key), \(value)>"
        case .row(let fields): "ROW<\(fields.map(\.description).joined(separator: ", "))>"
        }
    }
}

extension RowField: CustomStringConvertible {
    package var description: String {
        "`\(name.split(separator: "`", omittingEmptySubsequences: false).joined(separator: "``"))`"
            + " \(type)"
    }
}

extension IntervalFields: CustomStringConvertible {
    /// The qualifier as Flink prints it, for example `DAY(2) TO SECOND(6)` or `YEAR(2) TO MONTH`.
    package var description: String {
        let leading = "\(from.rawValue)(\(leadingPrecision))"
        if from == .second {
            return "SECOND(\(fractionalPrecision))"
        }
        guard from != to else { return leading }
        let trailing = to == .second ? "SECOND(\(fractionalPrecision))" : to.rawValue
        return "\(leading) TO \(trailing)"
    }
}
