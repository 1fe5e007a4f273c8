import Columnar

/// Which declared types can hold which types of the server.
extension FieldBuilder {
    /// The builder of a column, or nil when the declared type cannot hold the server's values.
    static func make(_ declared: DataType, _ family: ServerType.Family) -> FieldBuilder? {
        switch declared.kind {
        case .char, .varchar: return TextBuilder(declared)
        case .boolean:
            return family == .boolean || family == .singleBit ? BooleanBuilder(declared) : nil
        case .smallint, .integer, .bigint: return integer(declared, family)
        case .float: return family == .float ? FloatBuilder(declared) : nil
        case .double: return double(declared, family)
        case .decimal(let precision, let scale):
            guard holds(family, digits: precision - scale, scale: scale) else { return nil }
            return DecimalBuilder(
                declared,
                precision: precision,
                scale: scale,
                isMoney: family == .money
            )
        case .binary, .varbinary: return family == .bytea ? ByteaBuilder(declared) : nil
        case .date: return family == .date ? DateBuilder(declared) : nil
        case .time: return family == .time ? TimeBuilder(declared) : nil
        case .timestamp(let precision):
            return family == .timestamp || family == .timestampWithZone
                ? TimestampBuilder(declared, precision: precision) : nil
        case .timestampLTZ(let precision):
            return family == .timestampWithZone
                ? TimestampBuilder(declared, precision: precision) : nil
        case .array(let element):
            guard case .array(let inner) = family else { return nil }
            return array(declared, element, inner)
        default: return nil
        }
    }

    private static func array(
        _ declared: DataType,
        _ element: DataType,
        _ inner: ServerType.Family
    ) -> FieldBuilder? {
        // The server has one array type for all numbers of dimensions.
        if case .array = element.kind {
            guard let elements = make(element, .array(inner)) else { return nil }
            return ArrayBuilder(declared, elements: elements)
        }
        guard let elements = make(element, inner) else { return nil }
        return ArrayBuilder(declared, elements: elements)
    }

    private static func integer(
        _ declared: DataType,
        _ family: ServerType.Family
    ) -> FieldBuilder? {
        guard case .integer(let bytes) = family else {
            guard case .numeric(let precision?, 0) = family else { return nil }
            return narrowNumeric(declared, precision)
        }
        switch declared.kind {
        case .smallint: return bytes <= 2 ? IntegerBuilder(declared) : nil
        case .integer: return bytes <= 4 ? IntegerBuilder(declared) : nil
        default: return IntegerBuilder(declared)
        }
    }

    /// NUMERIC without digits behind the point, where every value fits the integer type.
    private static func narrowNumeric(_ declared: DataType, _ precision: Int) -> FieldBuilder? {
        switch declared.kind {
        case .smallint: precision <= 4 ? IntegerBuilder(declared) : nil
        case .integer: precision <= 9 ? IntegerBuilder(declared) : nil
        default: precision <= 18 ? IntegerBuilder(declared) : nil
        }
    }

    private static func double(
        _ declared: DataType,
        _ family: ServerType.Family
    ) -> FieldBuilder? {
        switch family {
        case .float, .double, .numeric, .integer(bytes: 2), .integer(bytes: 4):
            DoubleBuilder(declared)
        default: nil
        }
    }

    /// Whether a DECIMAL with so many digits before and behind the point holds the type.
    private static func holds(_ family: ServerType.Family, digits: Int, scale: Int) -> Bool {
        switch family {
        case .integer(let bytes): digits >= (bytes == 2 ? 5 : bytes == 4 ? 10 : 19)
        case .numeric(nil, _): true
        case .numeric(let precision?, let serverScale):
            digits >= precision - serverScale && scale >= serverScale
        case .money: scale >= 2
        default: false
        }
    }
}
