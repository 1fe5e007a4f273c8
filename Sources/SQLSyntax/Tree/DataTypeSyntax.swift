/// A data type as it was written, with its place.
package struct DataTypeSyntax: Sendable, Hashable {
    package let kind: DataTypeKind
    /// `NULL` is true, `NOT NULL` is false, neither is nil.
    package let isNullable: Bool?
    @Ignored package var range: SourceRange
}

/// The shapes of types.
package indirect enum DataTypeKind: Sendable, Hashable {
    /// `DECIMAL(10, 2)`, `TIMESTAMP(3)`, `STRING`
    case scalar(ScalarTypeName, precision: Int?, scale: Int?)
    /// `INTERVAL DAY TO SECOND`
    case interval(IntervalQualifier)
    /// `ARRAY<T>` or `T ARRAY`
    case array(DataTypeSyntax)
    case multiset(DataTypeSyntax)
    case map(key: DataTypeSyntax, value: DataTypeSyntax)
    case row([RowFieldSyntax])
    /// `RAW('class', 'snapshot')`
    case raw(className: String, serializer: String)
    /// A name that is no built-in type: Flink says "Unknown identifier".
    case named(QualifiedName)
}

/// A field of a `ROW` type.
package struct RowFieldSyntax: Sendable, Hashable {
    package let name: Identifier
    package let type: DataTypeSyntax
    package let comment: String?
}

/// The built-in types without parts; synonyms are one.
package enum ScalarTypeName: String, Sendable, Hashable, CaseIterable {
    case boolean = "BOOLEAN"
    case tinyint = "TINYINT"
    case smallint = "SMALLINT"
    /// `INT`, `INTEGER`
    case int = "INT"
    case bigint = "BIGINT"
    /// `FLOAT`, `REAL`
    case float = "FLOAT"
    /// `DOUBLE`, `DOUBLE PRECISION`
    case double = "DOUBLE"
    /// `DECIMAL`, `DEC`, `NUMERIC`
    case decimal = "DECIMAL"
    /// `CHAR`, `CHARACTER`
    case char = "CHAR"
    /// `VARCHAR`, `CHAR VARYING`
    case varchar = "VARCHAR"
    case string = "STRING"
    case binary = "BINARY"
    /// `VARBINARY`, `BINARY VARYING`
    case varbinary = "VARBINARY"
    case bytes = "BYTES"
    case date = "DATE"
    case time = "TIME"
    case timestamp = "TIMESTAMP"
    /// `TIMESTAMP_LTZ`, `TIMESTAMP WITH LOCAL TIME ZONE`
    case timestampLTZ = "TIMESTAMP_LTZ"
    case variant = "VARIANT"
}
