package import Columnar
import Core
package import SQLSyntax

/// Types as written in SQL, given their defaults: `DECIMAL` is `DECIMAL(10, 0)`.
package enum TypeBinder {
    /// Precisions beyond the largest are cut to it, as in Calcite.
    package static func type(_ syntax: DataTypeSyntax) throws(PlannerError) -> DataType {
        DataType(try kind(syntax), isNullable: syntax.isNullable ?? true)
    }

    private static func kind(_ syntax: DataTypeSyntax) throws(PlannerError) -> TypeKind {
        switch syntax.kind {
        case .scalar(let name, let precision, let scale):
            return try scalar(name, precision, scale, syntax.range)
        case .interval(let qualifier): return interval(qualifier)
        case .array(let element): return .array(try type(element))
        case .multiset(let element): return .multiset(try type(element))
        case .map(let key, let value): return .map(key: try type(key), value: try type(value))
        case .row(let fields):
            var bound: [RowField] = []
            for field in fields { bound.append(RowField(field.name.name, try type(field.type))) }
            return .row(bound)
        case .raw:
            throw PlannerError("The type RAW is not supported", at: syntax.range)
        case .named(let name):
            let known = ScalarTypeName.allCases.map(\.rawValue)
            throw PlannerError(
                "Unknown identifier '\(name.dotted)'",
                hint: NameHint.text(name.dotted, known),
                at: name.range
            )
        }
    }

    private static func scalar(
        _ name: ScalarTypeName,
        _ precision: Int?,
        _ scale: Int?,
        _ range: SourceRange
    ) throws(PlannerError) -> TypeKind {
        switch name {
        case .boolean: return .boolean
        case .tinyint: return .tinyint
        case .smallint: return .smallint
        case .int: return .integer
        case .bigint: return .bigint
        case .float: return .float
        case .double: return .double
        case .decimal:
            let digits = min(38, precision ?? 10)
            return .decimal(precision: digits, scale: min(digits, scale ?? 0))
        case .char: return .char(length: precision ?? 1)
        case .varchar: return .varchar(length: precision ?? TypeKind.maximumLength)
        case .string: return .string
        case .binary: return .binary(length: precision ?? 1)
        case .varbinary: return .varbinary(length: precision ?? TypeKind.maximumLength)
        case .bytes: return .bytes
        case .date: return .date
        case .time: return .time(precision: min(9, precision ?? 0))
        case .timestamp: return .timestamp(precision: min(9, precision ?? 6))
        case .timestampLTZ: return .timestampLTZ(precision: min(9, precision ?? 6))
        case .variant:
            throw PlannerError("The type VARIANT is not supported", at: range)
        }
    }

    /// The type of an interval with the given units.
    package static func interval(_ qualifier: IntervalQualifier) -> TypeKind {
        let fields = fields(qualifier)
        return qualifier.start.isYearMonth ? .intervalYearMonth(fields) : .intervalDayTime(fields)
    }

    /// The units of an interval with their precisions.
    package static func fields(_ qualifier: IntervalQualifier) -> IntervalFields {
        IntervalFields(
            from: field(qualifier.start),
            to: qualifier.end.map { field($0) },
            leadingPrecision: qualifier.startPrecision ?? 2,
            fractionalPrecision: qualifier.fractionalPrecision ?? 6
        )
    }

    private static func field(_ unit: SQLSyntax.TimeUnit) -> IntervalFields.Field {
        IntervalFields.Field(rawValue: unit.rawValue) ?? .second
    }
}
