/// A SQL data type with its nullability, as Flink's `LogicalType`.
package struct DataType: Hashable, Sendable, Codable {
    package var kind: TypeKind
    /// Whether a value may be NULL; types are nullable unless declared `NOT NULL`.
    package var isNullable: Bool

    package init(_ kind: TypeKind, isNullable: Bool = true) {
        self.kind = kind
        self.isNullable = isNullable
    }

    /// The same type with the given nullability.
    package func nullable(_ isNullable: Bool = true) -> DataType {
        DataType(kind, isNullable: isNullable)
    }

    /// The same type without NULL.
    package var notNull: DataType { nullable(false) }
}

/// What a value is, without regard to NULL (DESIGN §5; names as in Flink SQL).
package enum TypeKind: Hashable, Sendable, Codable {
    /// The type of an untyped NULL literal.
    case null
    case boolean
    case tinyint
    case smallint
    case integer
    case bigint
    case float
    case double
    /// A scaled integer of up to 38 digits.
    case decimal(precision: Int, scale: Int)
    case char(length: Int)
    /// UTF-8 text; `STRING` is the one with the largest length.
    case varchar(length: Int)
    case binary(length: Int)
    /// Raw bytes; `BYTES` is the one with the largest length.
    case varbinary(length: Int)
    case date
    case time(precision: Int)
    /// Date and time without a zone.
    case timestamp(precision: Int)
    /// A point in time, shown in the session's time zone.
    case timestampLTZ(precision: Int)
    /// A number of months.
    case intervalYearMonth(IntervalFields)
    /// A number of milliseconds.
    case intervalDayTime(IntervalFields)
    indirect case array(DataType)
    indirect case multiset(DataType)
    indirect case map(key: DataType, value: DataType)
    case row([RowField])

    /// The length that `STRING` and `BYTES` stand for.
    package static let maximumLength = 2_147_483_647

    package static let string = TypeKind.varchar(length: maximumLength)
    package static let bytes = TypeKind.varbinary(length: maximumLength)
}

/// A named field of a ROW type.
package struct RowField: Hashable, Sendable, Codable {
    package let name: String
    package let type: DataType

    package init(_ name: String, _ type: DataType) {
        self.name = name
        self.type = type
    }
}

/// The leading and trailing field of an interval type, for example `DAY(2) TO SECOND(3)`.
package struct IntervalFields: Hashable, Sendable, Codable {
    /// The fields from coarse to fine, as their SQL keywords.
    package enum Field: String, Sendable, Codable, CaseIterable {
        case year = "YEAR"
        case quarter = "QUARTER"
        case month = "MONTH"
        case week = "WEEK"
        case day = "DAY"
        case hour = "HOUR"
        case minute = "MINUTE"
        case second = "SECOND"
    }

    package let from: Field
    package let to: Field
    package let leadingPrecision: Int
    package let fractionalPrecision: Int

    package init(
        from: Field,
        to: Field? = nil,
        leadingPrecision: Int = 2,
        fractionalPrecision: Int = 6
    ) {
        self.from = from
        self.to = to ?? from
        self.leadingPrecision = leadingPrecision
        self.fractionalPrecision = fractionalPrecision
    }
}

extension DataType {
    package static let null = DataType(.null)
    package static let boolean = DataType(.boolean)
    package static let tinyint = DataType(.tinyint)
    package static let smallint = DataType(.smallint)
    package static let integer = DataType(.integer)
    package static let bigint = DataType(.bigint)
    package static let float = DataType(.float)
    package static let double = DataType(.double)
    package static let string = DataType(.string)
    package static let bytes = DataType(.bytes)
    package static let date = DataType(.date)

    package static func decimal(_ precision: Int, _ scale: Int) -> DataType {
        DataType(.decimal(precision: precision, scale: scale))
    }

    package static func time(_ precision: Int) -> DataType {
        DataType(.time(precision: precision))
    }

    package static func timestamp(_ precision: Int) -> DataType {
        DataType(.timestamp(precision: precision))
    }

    package static func timestampLTZ(_ precision: Int) -> DataType {
        DataType(.timestampLTZ(precision: precision))
    }

    package static func array(_ element: DataType) -> DataType { DataType(.array(element)) }

    package static func map(_ key: DataType, _ value: DataType) -> DataType {
        DataType(.map(key: key, value: value))
    }

    package static func row(_ fields: [RowField]) -> DataType { DataType(.row(fields)) }
}
