package import Columnar

/// The type that values of several types have in common.
package enum CommonType {
    /// Calcite's least restrictive type, used by CASE, comparisons, VALUES and set operations.
    ///
    /// Nil when there is none. FLOAT and DOUBLE give whichever comes first, as in Flink.
    package static func leastRestrictive(_ types: [DataType]) -> DataType? {
        merged(types, widening: false)
    }

    /// Flink's common type, used by COALESCE and other functions with a common argument.
    ///
    /// It also joins DATE with TIMESTAMP and prefers DOUBLE to FLOAT.
    package static func common(_ types: [DataType]) -> DataType? {
        merged(types, widening: true)
    }

    private static func merged(_ types: [DataType], widening: Bool) -> DataType? {
        let typed = types.filter { $0.kind != .null }
        guard var result = typed.first?.kind else { return nil }
        for type in typed.dropFirst() {
            guard let merged = pair(result, type.kind, widening) else { return nil }
            result = merged
        }
        return DataType(result, isNullable: types.contains(where: \.isNullable))
    }

    private static func pair(_ left: TypeKind, _ right: TypeKind, _ widening: Bool) -> TypeKind? {
        if left == right { return left }
        if left.isNumeric, right.isNumeric { return numeric(left, right, widening) }
        if left.isCharacter || left.isBinary { return text(left, right) }
        if left.isInterval { return interval(left, right) }
        if left.isDatetime { return datetime(left, right, widening) }
        return nested(left, right, widening)
    }

    private static func numeric(
        _ left: TypeKind,
        _ right: TypeKind,
        _ widening: Bool
    ) -> TypeKind {
        if left.isApproximateNumeric || right.isApproximateNumeric {
            if left.isDecimal || right.isDecimal { return .double }
            if left.isApproximateNumeric, right.isApproximateNumeric {
                return widening ? .double : left
            }
            return left.isApproximateNumeric ? left : right
        }
        let wider = DecimalRules.decimal(of: left) ?? (0, 0)
        let other = DecimalRules.decimal(of: right) ?? (0, 0)
        if left.isInteger, right.isInteger {
            return wider.precision >= other.precision ? left : right
        }
        let scale = max(wider.scale, other.scale)
        let whole = max(wider.precision - wider.scale, other.precision - other.scale)
        return .decimal(precision: min(DecimalRules.precisionMax, whole + scale), scale: scale)
    }

    private static func text(_ left: TypeKind, _ right: TypeKind) -> TypeKind? {
        let length = max(left.length ?? 0, right.length ?? 0)
        if left.isCharacter, right.isCharacter { return .varchar(length: length) }
        if left.isBinary, right.isBinary { return .varbinary(length: length) }
        return nil
    }

    private static func interval(_ left: TypeKind, _ right: TypeKind) -> TypeKind? {
        let fields = IntervalFields.Field.allCases
        func joined(_ a: IntervalFields, _ b: IntervalFields) -> IntervalFields {
            let from = fields.first { $0 == a.from || $0 == b.from } ?? a.from
            let to = fields.last { $0 == a.to || $0 == b.to } ?? a.to
            return IntervalFields(
                from: from,
                to: to,
                leadingPrecision: max(a.leadingPrecision, b.leadingPrecision),
                fractionalPrecision: max(a.fractionalPrecision, b.fractionalPrecision)
            )
        }
        switch (left, right) {
        case (.intervalYearMonth(let a), .intervalYearMonth(let b)):
            return .intervalYearMonth(joined(a, b))
        case (.intervalDayTime(let a), .intervalDayTime(let b)):
            return .intervalDayTime(joined(a, b))
        default: return nil
        }
    }

    private static func datetime(
        _ left: TypeKind,
        _ right: TypeKind,
        _ widening: Bool
    ) -> TypeKind? {
        switch (left, right) {
        case (.time(let a), .time(let b)): .time(precision: max(a, b))
        case (.timestamp(let a), .timestamp(let b)): .timestamp(precision: max(a, b))
        case (.timestampLTZ(let a), .timestampLTZ(let b)): .timestampLTZ(precision: max(a, b))
        case (.timestamp(let a), .timestampLTZ(let b)), (.timestampLTZ(let a), .timestamp(let b)):
            .timestampLTZ(precision: max(a, b))
        case (.date, .timestamp), (.date, .timestampLTZ): widening ? right : nil
        case (.timestamp, .date), (.timestampLTZ, .date): widening ? left : nil
        default: nil
        }
    }

    private static func nested(
        _ left: TypeKind,
        _ right: TypeKind,
        _ widening: Bool
    ) -> TypeKind? {
        switch (left, right) {
        case (.array(let a), .array(let b)):
            return merged([a, b], widening: widening).map { .array($0) }
        case (.multiset(let a), .multiset(let b)):
            return merged([a, b], widening: widening).map { .multiset($0) }
        case (.map(let a, let aValue), .map(let b, let bValue)):
            guard let key = merged([a, b], widening: widening),
                let value = merged([aValue, bValue], widening: widening)
            else { return nil }
            return .map(key: key, value: value)
        case (.row(let a), .row(let b)):
            guard a.count == b.count else { return nil }
            var fields: [RowField] = []
            for (field, other) in zip(a, b) {
                guard let type = merged([field.type, other.type], widening: widening) else {
                    return nil
                }
                fields.append(RowField(field.name, type))
            }
            return .row(fields)
        default: return nil
        }
    }
}
