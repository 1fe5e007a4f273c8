package import Columnar

/// Result types of aggregate functions, retracting or not, as Flink infers them.
package enum AggregateTypes {
    /// `SUM`: NULL for no rows; decimals keep their scale and get 38 digits.
    package static func sum(_ argument: DataType) -> DataType {
        guard case .decimal(_, let scale) = argument.kind else { return argument.nullable() }
        return .decimal(DecimalRules.precisionMax, scale)
    }

    /// `$SUM0`: as `SUM`, but 0 for no rows.
    package static func sum0(_ argument: DataType) -> DataType {
        sum(argument).notNull
    }

    /// `AVG`, and also the variances and deviations: integers stay integers.
    package static func average(_ argument: DataType) -> DataType {
        guard case .decimal(_, let scale) = argument.kind else { return argument.nullable() }
        return .decimal(DecimalRules.precisionMax, max(6, scale))
    }

    /// `COUNT`, with or without DISTINCT.
    package static let count = DataType(.bigint, isNullable: false)

    /// `MIN`, `MAX`, `FIRST_VALUE`, `LAST_VALUE`: NULL for no rows.
    package static func extreme(_ argument: DataType) -> DataType { argument.nullable() }

    /// The type of the running sum of `AVG`: wide enough not to overflow before the division.
    package static func averageSum(_ argument: DataType) -> DataType {
        switch argument.kind {
        case .tinyint, .smallint, .integer, .bigint: .bigint
        case .float, .double: .double
        default: sum(argument)
        }
    }

    /// Whether `SUM` and `AVG` take the type.
    package static func isSummable(_ argument: DataType) -> Bool { argument.kind.isNumeric }
}
