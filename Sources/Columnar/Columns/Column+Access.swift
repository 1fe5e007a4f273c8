/// Typed views of a column for kernels: the layout is chosen once for a batch.
///
/// Each traps when the column has another layout, which the planner's types rule out. A column of
/// which every row is NULL may lack values: these accessors then give zeros.
extension Column {
    package var bits: Bitmap {
        switch values {
        case .bits(let bits): bits
        case .null: Bitmap(repeating: false, count: count)
        default: preconditionFailure("\(type) is not a BOOLEAN column")
        }
    }

    package var int8s: FixedValues<Int8> {
        switch values {
        case .int8(let values): values
        case .null: FixedValues(repeating: 0, count: count)
        default: preconditionFailure("\(type) is not a column of 8-bit integers")
        }
    }

    package var int16s: FixedValues<Int16> {
        switch values {
        case .int16(let values): values
        case .null: FixedValues(repeating: 0, count: count)
        default: preconditionFailure("\(type) is not a column of 16-bit integers")
        }
    }

    package var int32s: FixedValues<Int32> {
        switch values {
        case .int32(let values): values
        case .null: FixedValues(repeating: 0, count: count)
        default: preconditionFailure("\(type) is not a column of 32-bit integers")
        }
    }

    package var int64s: FixedValues<Int64> {
        switch values {
        case .int64(let values): values
        case .null: FixedValues(repeating: 0, count: count)
        default: preconditionFailure("\(type) is not a column of 64-bit integers")
        }
    }

    package var int128s: FixedValues<Int128> {
        switch values {
        case .int128(let values): values
        case .null: FixedValues(repeating: 0, count: count)
        default: preconditionFailure("\(type) is not a column of 128-bit integers")
        }
    }

    package var floats: FixedValues<Float> {
        switch values {
        case .float(let values): values
        case .null: FixedValues(repeating: 0, count: count)
        default: preconditionFailure("\(type) is not a FLOAT column")
        }
    }

    package var doubles: FixedValues<Double> {
        switch values {
        case .double(let values): values
        case .null: FixedValues(repeating: 0, count: count)
        default: preconditionFailure("\(type) is not a DOUBLE column")
        }
    }

    /// Text or binary values.
    package var byteStrings: BytesValues {
        switch values {
        case .bytes(let values): values
        case .null: .empties(count: count)
        default: preconditionFailure("\(type) is not a column of text or bytes")
        }
    }

    package var lists: ListValues {
        switch values {
        case .list(let values): values
        case .null:
            ListValues(
                offsets: FixedValues(repeating: 0, count: count + 1),
                elements: .nulls(type.elementType, count: 0)
            )
        default: preconditionFailure("\(type) is not an ARRAY column")
        }
    }

    package var maps: MapValues {
        switch values {
        case .map(let values): values
        case .null:
            MapValues(
                offsets: FixedValues(repeating: 0, count: count + 1),
                keys: .nulls(type.mapTypes.key, count: 0),
                values: .nulls(type.mapTypes.value, count: 0)
            )
        default: preconditionFailure("\(type) is not a MAP column")
        }
    }

    /// The fields of a ROW column, each with as many rows as this column.
    package var fieldColumns: [Column] {
        switch values {
        case .row(let fields): fields
        case .null: type.rowFields.map { .nulls($0.type, count: count) }
        default: preconditionFailure("\(type) is not a ROW column")
        }
    }
}

extension DataType {
    /// The fields of a ROW type; empty for other types.
    package var rowFields: [RowField] {
        guard case .row(let fields) = kind else { return [] }
        return fields
    }

    /// The element type of an ARRAY or MULTISET; NULL for other types.
    package var elementType: DataType {
        switch kind {
        case .array(let element), .multiset(let element): element
        default: .null
        }
    }

    /// The entry types of a MAP or MULTISET; NULL for other types.
    package var mapTypes: (key: DataType, value: DataType) {
        switch kind {
        case .map(let key, let value): (key, value)
        case .multiset(let element): (element, DataType.integer.notNull)
        default: (.null, .null)
        }
    }
}
