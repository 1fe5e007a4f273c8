/// One immutable column of a batch: a type, a validity and the values.
///
/// The values under a NULL are undefined but readable. A column may have a validity without any
/// NULL in it; it must have one where there is a NULL.
package struct Column: Sendable {
    package let type: DataType
    package let count: Int
    /// One bit for each row, 1 where the value is not NULL; nil when no value is NULL.
    package let validity: Bitmap?
    package let values: ColumnValues

    package init(type: DataType, validity: Bitmap?, values: ColumnValues, count: Int) {
        precondition(validity == nil || validity?.count == count, "one validity bit for each row")
        precondition(values.matches(type.layout), "the values do not have the layout of \(type)")
        self.type = type
        self.count = count
        self.validity = validity
        self.values = values
    }

    /// Whether the value of a row is NULL; for cold code.
    package func isNull(_ row: Int) -> Bool {
        if case .null = values { return true }
        guard let validity else { return false }
        return !validity[row]
    }

    /// The number of NULLs.
    package var nullCount: Int {
        if case .null = values { return count }
        guard let validity else { return 0 }
        return count - validity.onesCount
    }

    /// The validity with all its bits, also when there is no NULL.
    package var fullValidity: Bitmap {
        if case .null = values { return Bitmap(repeating: false, count: count) }
        return validity ?? Bitmap(repeating: true, count: count)
    }

    /// The same values under another type of the same layout.
    package func retyped(_ type: DataType) -> Column {
        Column(type: type, validity: validity, values: values, count: count)
    }

    /// The same values with another validity.
    package func withValidity(_ validity: Bitmap?) -> Column {
        Column(type: type, validity: validity, values: values, count: count)
    }
}

/// The values of a column, by layout.
package enum ColumnValues: Sendable {
    /// Every row is NULL.
    case null
    case bits(Bitmap)
    case int8(FixedValues<Int8>)
    case int16(FixedValues<Int16>)
    case int32(FixedValues<Int32>)
    case int64(FixedValues<Int64>)
    case int128(FixedValues<Int128>)
    case float(FixedValues<Float>)
    case double(FixedValues<Double>)
    case bytes(BytesValues)
    indirect case list(ListValues)
    indirect case map(MapValues)
    case row([Column])

    func matches(_ layout: Layout) -> Bool {
        switch (self, layout) {
        case (.null, _), (.bits, .bits), (.int8, .int8), (.int16, .int16), (.int32, .int32),
            (.int64, .int64), (.int128, .int128), (.float, .float), (.double, .double),
            (.bytes, .bytes), (.list, .list), (.map, .map), (.row, .row):
            true
        default: false
        }
    }
}

/// Arrays: row *i* holds the elements `offsets[i]..<offsets[i + 1]`.
package struct ListValues: Sendable {
    package let offsets: FixedValues<Int32>
    package let elements: Column

    package init(offsets: FixedValues<Int32>, elements: Column) {
        self.offsets = offsets
        self.elements = elements
    }
}

/// Maps: row *i* holds the entries `offsets[i]..<offsets[i + 1]`.
package struct MapValues: Sendable {
    package let offsets: FixedValues<Int32>
    package let keys: Column
    /// The values; for a multiset the counts, `INT NOT NULL`.
    package let values: Column

    package init(offsets: FixedValues<Int32>, keys: Column, values: Column) {
        self.offsets = offsets
        self.keys = keys
        self.values = values
    }
}
