/// Encodes rows to byte strings and back: what state and prepared sink rows are kept as.
///
/// A row is: one bit for each column, 1 where the value is NULL, in whole bytes; then every
/// column at a fixed place, numbers little-endian in their natural width, text and bytes as the
/// 32-bit position behind their end; then the text and bytes, in column order. Nested values are
/// stored as the bytes that `NestedCodec` writes.
package struct RowCodec: Sendable {
    package let types: [DataType]
    /// Where each column stands in a row.
    let places: [Int]
    /// Where the first text starts.
    let fixedLength: Int

    package init(_ types: [DataType]) {
        self.types = types
        var position = (types.count + 7) / 8
        var places: [Int] = []
        for type in types {
            places.append(position)
            position += type.layout.fixedWidth ?? 4
        }
        self.places = places
        fixedLength = position
    }

    /// All rows of the columns, which have these types' layouts.
    package func encode(_ columns: [Column], count: Int) -> BytesValues {
        precondition(columns.count == types.count, "one column for each type of the row")
        var writer = RowWriter(self, count: count)
        let columns = columns.map { NestedCodec.flattened($0) }
        for column in columns { writer.measure(column) }
        writer.allocate()
        for (index, column) in columns.enumerated() { writer.write(column, index) }
        return writer.finish()
    }

    /// The columns of encoded rows; an empty byte string gives a row of NULLs.
    package func decode(_ rows: BytesValues) -> [Column] {
        let reader = RowReader(self, rows)
        return types.indices.map { NestedCodec.unflattened(reader.read($0), types[$0]) }
    }
}
