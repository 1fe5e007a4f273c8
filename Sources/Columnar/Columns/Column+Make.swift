extension Column {
    package init(_ type: DataType, _ values: FixedValues<Int8>, validity: Bitmap? = nil) {
        self.init(type: type, validity: validity, values: .int8(values), count: values.count)
    }

    package init(_ type: DataType, _ values: FixedValues<Int16>, validity: Bitmap? = nil) {
        self.init(type: type, validity: validity, values: .int16(values), count: values.count)
    }

    package init(_ type: DataType, _ values: FixedValues<Int32>, validity: Bitmap? = nil) {
        self.init(type: type, validity: validity, values: .int32(values), count: values.count)
    }

    package init(_ type: DataType, _ values: FixedValues<Int64>, validity: Bitmap? = nil) {
        self.init(type: type, validity: validity, values: .int64(values), count: values.count)
    }

    package init(_ type: DataType, _ values: FixedValues<Int128>, validity: Bitmap? = nil) {
        self.init(type: type, validity: validity, values: .int128(values), count: values.count)
    }

    package init(_ type: DataType, _ values: FixedValues<Float>, validity: Bitmap? = nil) {
        self.init(type: type, validity: validity, values: .float(values), count: values.count)
    }

    package init(_ type: DataType, _ values: FixedValues<Double>, validity: Bitmap? = nil) {
        self.init(type: type, validity: validity, values: .double(values), count: values.count)
    }

    package init(_ type: DataType, _ values: BytesValues, validity: Bitmap? = nil) {
        self.init(type: type, validity: validity, values: .bytes(values), count: values.count)
    }

    package init(_ type: DataType, _ values: Bitmap, validity: Bitmap? = nil) {
        self.init(type: type, validity: validity, values: .bits(values), count: values.count)
    }

    package init(_ type: DataType, _ values: ListValues, validity: Bitmap? = nil) {
        self.init(
            type: type,
            validity: validity,
            values: .list(values),
            count: values.offsets.count - 1
        )
    }

    package init(_ type: DataType, _ values: MapValues, validity: Bitmap? = nil) {
        self.init(
            type: type,
            validity: validity,
            values: .map(values),
            count: values.offsets.count - 1
        )
    }

    /// A ROW column of fields of equal length; `count` matters when there is no field.
    package init(_ type: DataType, fields: [Column], count: Int, validity: Bitmap? = nil) {
        precondition(fields.allSatisfy { $0.count == count }, "fields of unequal length")
        self.init(type: type, validity: validity, values: .row(fields), count: count)
    }

    /// A column of which every row is NULL.
    package static func nulls(_ type: DataType, count: Int) -> Column {
        Column(type: type, validity: nil, values: .null, count: count)
    }

    /// A column without rows.
    package static func empty(_ type: DataType) -> Column {
        nulls(type, count: 0)
    }

    /// The same value in every row.
    package static func constant(_ value: ScalarValue, _ type: DataType, count: Int) -> Column {
        if value == .null { return nulls(type, count: count) }
        return Column.fromScalars([value], type)
            .gather(FixedValues<Int32>(repeating: 0, count: count))
    }
}
