extension Column {
    /// The value of one row; for tests, literals and messages.
    package func scalar(_ row: Int) -> ScalarValue {
        if isNull(row) { return .null }
        switch values {
        case .null: return .null
        case .bits(let bits): return .bool(bits[row])
        case .int8(let values): return .int(Int64(values[row]))
        case .int16(let values): return .int(Int64(values[row]))
        case .int32(let values): return .int(Int64(values[row]))
        case .int64(let values): return .int(values[row])
        case .int128(let values): return .int128(values[row])
        case .float(let values): return .float(values[row])
        case .double(let values): return .double(values[row])
        case .bytes(let values):
            let value = values[row]
            return .bytes(value.indices.map { value[$0] })
        case .list(let lists):
            let range = Int(lists.offsets[row])..<Int(lists.offsets[row + 1])
            return .list(range.map { lists.elements.scalar($0) })
        case .map(let maps):
            let range = Int(maps.offsets[row])..<Int(maps.offsets[row + 1])
            return .map(range.flatMap { [maps.keys.scalar($0), maps.values.scalar($0)] })
        case .row(let fields): return .row(fields.map { $0.scalar(row) })
        }
    }

    /// A column of the given values, which must fit the layout of the type.
    package static func fromScalars(_ scalars: [ScalarValue], _ type: DataType) -> Column {
        let hasNull = scalars.contains(.null)
        let validity = hasNull ? Bitmap(scalars.map { $0 != .null }) : nil
        return Column(
            type: type,
            validity: validity,
            values: scalarValues(scalars, type),
            count: scalars.count
        )
    }

    private static func scalarValues(_ scalars: [ScalarValue], _ type: DataType) -> ColumnValues {
        switch type.layout {
        case .null: .null
        case .bits: .bits(Bitmap(scalars.map { $0 == .bool(true) }))
        case .int8: .int8(FixedValues(scalars.map { Int8(truncatingIfNeeded: $0.integer) }))
        case .int16: .int16(FixedValues(scalars.map { Int16(truncatingIfNeeded: $0.integer) }))
        case .int32: .int32(FixedValues(scalars.map { Int32(truncatingIfNeeded: $0.integer) }))
        case .int64: .int64(FixedValues(scalars.map(\.integer)))
        case .int128: .int128(FixedValues(scalars.map(\.wideInteger)))
        case .float: .float(FixedValues(scalars.map { Float($0.number) }))
        case .double: .double(FixedValues(scalars.map(\.number)))
        case .bytes: .bytes(byteStrings(scalars))
        case .list: .list(lists(scalars, type))
        case .map: .map(maps(scalars, type))
        case .row:
            .row(
                type.rowFields.enumerated().map { index, field in
                    fromScalars(
                        scalars.map { $0.children.isEmpty ? .null : $0.children[index] },
                        field.type
                    )
                }
            )
        }
    }

    private static func byteStrings(_ scalars: [ScalarValue]) -> BytesValues {
        var builder = BytesBuilder(reserving: scalars.count)
        for scalar in scalars {
            if case .bytes(let bytes) = scalar { builder.write(bytes.span) }
            builder.endValue()
        }
        return builder.finish()
    }

    private static func offsets(_ lengths: [Int]) -> FixedValues<Int32> {
        var offsets: [Int32] = [0]
        for length in lengths { offsets.append(offsets[offsets.count - 1] + Int32(length)) }
        return FixedValues(offsets)
    }

    private static func lists(_ scalars: [ScalarValue], _ type: DataType) -> ListValues {
        let children = scalars.map(\.children)
        return ListValues(
            offsets: offsets(children.map(\.count)),
            elements: fromScalars(children.flatMap { $0 }, type.elementType)
        )
    }

    private static func maps(_ scalars: [ScalarValue], _ type: DataType) -> MapValues {
        let children = scalars.map(\.children)
        let flat = children.flatMap { $0 }
        let keys = stride(from: 0, to: flat.count, by: 2).map { flat[$0] }
        let values = stride(from: 1, to: flat.count, by: 2).map { flat[$0] }
        return MapValues(
            offsets: offsets(children.map { $0.count / 2 }),
            keys: fromScalars(keys, type.mapTypes.key),
            values: fromScalars(values, type.mapTypes.value)
        )
    }
}

extension ScalarValue {
    /// The value as an integer; zero for NULL.
    package var integer: Int64 {
        switch self {
        case .int(let value): value
        case .int128(let value): Int64(truncatingIfNeeded: value)
        case .bool(let value): value ? 1 : 0
        default: 0
        }
    }

    /// The value as a 128-bit integer; zero for NULL.
    package var wideInteger: Int128 {
        switch self {
        case .int128(let value): value
        default: Int128(integer)
        }
    }

    /// The value as a floating-point number; zero for NULL.
    package var number: Double {
        switch self {
        case .float(let value): Double(value)
        case .double(let value): value
        default: Double(integer)
        }
    }

    /// The elements, entries or fields of a nested value.
    package var children: [ScalarValue] {
        switch self {
        case .list(let values), .map(let values), .row(let values): values
        default: []
        }
    }
}
