package import Columnar

/// Calls that SQL has a syntax of its own for, and values made without a function.
extension FunctionCatalogue {
    /// The canonical name of a time unit, or nil; `SQL_TSI_DAY` is one too.
    package static func timeUnit(_ keyword: String) -> String? {
        TimeUnit(keyword: keyword)?.rawValue
    }

    /// A keyword as an argument: a time unit, or `BOTH`, `LEADING`, `TRAILING`.
    package static func symbol(_ keyword: String) -> Expression {
        .literal(
            .text(keyword),
            DataType(.char(length: keyword.utf8.count), isNullable: false)
        )
    }

    /// `(later - earlier) DAY TO SECOND`: the distance as an interval of the given fields.
    package static func difference(
        _ later: Expression,
        _ earlier: Expression,
        _ fields: IntervalFields
    ) throws(BindError) -> Expression {
        let (_, type) = try standard.bind(
            "MINUS_DATE",
            [BoundArgument(later), BoundArgument(earlier)]
        )
        let kind: TypeKind =
            fields.from == .year || fields.from == .month
            ? .intervalYearMonth(fields) : .intervalDayTime(fields)
        return .call(
            function: "MINUS_DATE",
            arguments: [later, earlier],
            type: DataType(kind, isNullable: type.isNullable)
        )
    }

    /// `INTERVAL x DAY`: as many units as a number says.
    package static func interval(
        _ unitName: String,
        times number: Expression
    ) throws(BindError) -> Expression {
        guard let unit = TimeUnit(keyword: unitName) else {
            throw BindError("'\(unitName)' is not a time unit")
        }
        return try interval(unit, times: number)
    }

    static func interval(
        _ unit: TimeUnit,
        times number: Expression
    ) throws(BindError) -> Expression {
        let one: Expression
        if let months = unit.months {
            let field: IntervalFields.Field =
                switch unit {
                case .year: .year
                case .quarter: .quarter
                default: .month
                }
            let type = DataType(.intervalYearMonth(IntervalFields(from: field)), isNullable: false)
            one = .literal(.int(Int64(months)), type)
        } else if let milliseconds = unit.milliseconds {
            let field = IntervalFields.Field(rawValue: unit.rawValue) ?? .second
            let type = DataType(.intervalDayTime(IntervalFields(from: field)), isNullable: false)
            one = .literal(.int(milliseconds), type)
        } else {
            throw BindError("Unit '\(unit.rawValue)' is not supported")
        }
        return try standard.call("*", [one, number])
    }

    /// A field of a ROW by position; NULL where the row is.
    package static func field(_ row: Expression, _ position: Int) -> Expression {
        let field = row.type.rowFields[position].type
        let index = Expression.literal(.int(Int64(position)), DataType(.integer).notNull)
        return .call(
            function: "FIELD",
            arguments: [row, index],
            type: field.nullable(field.isNullable || row.type.isNullable)
        )
    }

    /// `ROW(a, b)`; fields without names are called `EXPR$0`, `EXPR$1`.
    package static func row(_ fields: [Expression], names: [String]? = nil) -> Expression {
        let types = fields.enumerated().map { index, field in
            RowField(names?[index] ?? "EXPR$\(index)", field.type)
        }
        return .call(
            function: "ROW",
            arguments: fields,
            type: DataType(.row(types), isNullable: false)
        )
    }
}
