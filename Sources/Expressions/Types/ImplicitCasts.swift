package import Columnar

/// Which conversions happen without `CAST`, as Flink's `LogicalTypeCasts`.
package enum ImplicitCasts {
    /// Whether `INSERT INTO` converts a column of the query to the type of the sink's column.
    ///
    /// Whether the column may be NULL is checked when rows are written, not here.
    package static func supports(from: DataType, to: DataType) -> Bool {
        CastRules.supports(from.nullable(), to.nullable(), isExplicit: false)
    }
}

/// Which conversions `CAST` can do, and what Flink says about the others.
package enum ExplicitCasts {
    package static func supports(from: DataType, to: DataType) -> Bool {
        CastRules.supports(from.nullable(), to.nullable(), isExplicit: true)
    }

    /// Throws Flink's message when there is no such conversion.
    package static func check(from: DataType, to: DataType) throws(BindError) {
        if from.kind.isNumeric, to.kind.isTimestamp {
            throw BindError(
                "The cast from NUMERIC type to TIMESTAMP type is not allowed. "
                    + "It's recommended to use TO_TIMESTAMP(FROM_UNIXTIME(numeric_col)) instead, "
                    + "note the numeric is in seconds."
            )
        }
        if from.kind.isNumeric, to.kind.isTimestampLTZ {
            throw BindError(
                "The cast from NUMERIC type to TIMESTAMP_LTZ type is not allowed. "
                    + "It's recommended to use TO_TIMESTAMP_LTZ(numeric_col, precision) instead."
            )
        }
        if from.kind.isTimestamp, to.kind.isNumeric {
            throw BindError(
                "The cast from TIMESTAMP type to NUMERIC type is not allowed. It's recommended "
                    + "to use UNIX_TIMESTAMP(CAST(timestamp_col AS STRING)) instead."
            )
        }
        if from.kind.isTimestampLTZ, to.kind.isNumeric {
            throw BindError(
                "The cast from TIMESTAMP_LTZ type to NUMERIC type is not allowed."
            )
        }
        guard supports(from: from, to: to) else {
            throw BindError(
                "Cast function cannot convert value of type \(CalciteTypeText.text(from.kind)) "
                    + "to type \(CalciteTypeText.text(to.kind))"
            )
        }
    }
}

/// The table of conversions.
private enum CastRules {
    static func supports(_ from: DataType, _ to: DataType, isExplicit: Bool) -> Bool {
        if from.kind == .null || from.kind == to.kind { return true }
        switch (from.kind, to.kind) {
        case (.array(let a), .array(let b)), (.multiset(let a), .multiset(let b)):
            return supports(a.nullable(), b.nullable(), isExplicit: isExplicit)
        case (.map(let aKey, let aValue), .map(let bKey, let bValue)):
            return supports(aKey.nullable(), bKey.nullable(), isExplicit: isExplicit)
                && supports(aValue.nullable(), bValue.nullable(), isExplicit: isExplicit)
        case (.row(let a), .row(let b)):
            return a.count == b.count
                && zip(a, b).allSatisfy {
                    supports($0.type.nullable(), $1.type.nullable(), isExplicit: isExplicit)
                }
        default: break
        }
        return implicit(from.kind, to.kind) || (isExplicit && explicit(from.kind, to.kind))
    }

    private static func implicit(_ from: TypeKind, _ to: TypeKind) -> Bool {
        switch to {
        case .char: if case .char = from { true } else { false }
        case .varchar: from.isCharacter
        case .binary: if case .binary = from { true } else { false }
        case .varbinary: from.isBinary
        case .decimal, .double: from.isNumeric
        case .smallint: from == .tinyint
        case .integer: from == .tinyint || from == .smallint
        case .bigint: from.isInteger
        case .float: from.isExactNumeric
        case .date: from.isTimestamp
        case .time: from.isTime || from.isTimestamp
        case .timestamp, .timestampLTZ: from.isTimestamp || from.isTimestampLTZ
        case .intervalYearMonth: from.isYearMonthInterval
        case .intervalDayTime: from.isInterval && !from.isYearMonthInterval
        default: false
        }
    }

    private static func explicit(_ from: TypeKind, _ to: TypeKind) -> Bool {
        switch to {
        case .char, .varchar: true
        case .boolean: from.isCharacter || from.isNumeric
        case .binary, .varbinary: from.isCharacter || from.isBinary
        case .tinyint, .smallint, .integer, .bigint:
            from.isNumeric || from.isCharacter || from == .boolean || isSingleField(from)
        case .float, .double, .decimal:
            from.isNumeric || from.isCharacter || from == .boolean
        case .date: from.isCharacter || from.isTimestamp || from.isTimestampLTZ
        case .time: from.isCharacter || from.isTime || from.isTimestamp || from.isTimestampLTZ
        case .timestamp, .timestampLTZ: from.isDatetime || from.isCharacter
        case .intervalYearMonth, .intervalDayTime: from.isExactNumeric && isSingleField(to)
        default: false
        }
    }

    private static func isSingleField(_ kind: TypeKind) -> Bool {
        switch kind {
        case .intervalYearMonth(let fields), .intervalDayTime(let fields):
            fields.from == fields.to
        default: false
        }
    }
}
