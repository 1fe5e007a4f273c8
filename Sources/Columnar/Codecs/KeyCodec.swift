/// Encodes key columns to byte strings that are equal when the keys are, and sort as the keys do.
///
/// A nullable column starts with one byte, 0 for NULL (which sorts first) and 1 for a value.
/// Numbers are big-endian with the sign turned over. Text and bytes in the last column stand as
/// they are; in other columns a zero byte becomes `00 FF` and `00 01` ends the value. Nested
/// values are written by `NestedCodec` as if they were bytes: equal when equal, in no useful order.
package struct KeyCodec: Sendable {
    package let types: [DataType]
    private let fixedStride: Int?

    /// - Parameter types: the types that both ends agree on; nullable where either side is.
    package init(_ types: [DataType]) {
        self.types = types
        let widths = types.map { KeyCodec.fixedWidth($0) }
        fixedStride =
            widths.contains(nil) ? nil : widths.reduce(0) { $0 + ($1 ?? 0) }
    }

    /// The encoded width of a column, or nil when it varies.
    static func fixedWidth(_ type: DataType) -> Int? {
        let marker = type.isNullable ? 1 : 0
        return type.layout.fixedWidth.map { $0 + marker }
    }

    /// The keys of all rows with their hashes.
    package func encode(_ columns: [Column], count: Int) -> KeyBatch {
        KeyBatch(encodeBytes(columns, count: count))
    }

    /// The keys of all rows.
    package func encodeBytes(_ columns: [Column], count: Int) -> BytesValues {
        precondition(columns.count == types.count, "one column for each type of the key")
        let columns = columns.map { NestedCodec.flattened($0) }
        if let fixedStride {
            return encodeFixed(columns, count, fixedStride)
        }
        if columns.count == 1, !types[0].isNullable, case .bytes(let values) = columns[0].values {
            return values
        }
        return encodeVarying(columns, count)
    }

    private func encodeFixed(_ columns: [Column], _ count: Int, _ stride: Int) -> BytesValues {
        var offsets = FixedBuilder<Int32>(count: count + 1)
        do {
            var output = offsets.span
            for index in output.indices {
                output[index] = Int32(truncatingIfNeeded: index &* stride)
            }
        }
        let bytes = FixedBuilder<UInt8>(count: count * stride)
        var offset = 0
        for (column, type) in zip(columns, types) {
            let writer = unsafe FixedKeyWriter(
                target: UnsafeMutableRawPointer(bytes.base) + offset,
                stride: stride
            )
            writer.write(column, type)
            offset += KeyCodec.fixedWidth(type) ?? 0
        }
        return BytesValues(offsets: offsets.finish(), bytes: bytes.finish())
    }

    private func encodeVarying(_ columns: [Column], _ count: Int) -> BytesValues {
        var writer = VaryingKeyWriter(count: count)
        for (index, column) in columns.enumerated() {
            writer.measure(column, types[index], isLast: index == columns.count - 1)
        }
        writer.allocate()
        for (index, column) in columns.enumerated() {
            writer.write(column, types[index], isLast: index == columns.count - 1)
        }
        return writer.finish()
    }

    /// The columns of encoded keys.
    package func decode(_ keys: BytesValues) -> [Column] {
        var reader = KeyReader(keys)
        return types.enumerated().map { index, type in
            NestedCodec.unflattened(
                reader.read(type, isLast: index == types.count - 1),
                type
            )
        }
    }
}

extension Layout {
    /// Bytes of a value in encoded keys and rows; nil where it varies.
    var fixedWidth: Int? {
        switch self {
        case .null: 0
        case .bits, .int8: 1
        case .int16: 2
        case .int32, .float: 4
        case .int64, .double: 8
        case .int128: 16
        case .bytes, .list, .map, .row: nil
        }
    }
}
