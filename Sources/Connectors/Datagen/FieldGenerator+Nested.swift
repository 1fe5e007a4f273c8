import Columnar

extension FieldGenerator {
    /// Numbers for the elements of collections, `length` for each row.
    static func elements(_ rows: FixedValues<Int64>, _ length: Int) -> FixedValues<Int64> {
        var elements = FixedBuilder<Int64>(count: rows.count * length)
        for row in 0..<rows.count {
            for position in 0..<length {
                elements[row * length + position] = rows[row] &* Int64(length) &+ Int64(position)
            }
        }
        return elements.finish()
    }

    static func offsets(_ length: Int, count: Int) -> FixedValues<Int32> {
        var offsets = FixedBuilder<Int32>(count: count + 1)
        for row in 0...count { offsets[row] = Int32(clamping: row * length) }
        return offsets.finish()
    }

    /// Maps of up to `length` entries: of those with equal keys only the last one stays.
    func maps(
        _ key: FieldGenerator,
        _ value: FieldGenerator,
        _ length: Int,
        _ rows: FixedValues<Int64>,
        _ context: GenerationContext
    ) -> MapValues {
        let elements = Self.elements(rows, length)
        let keys = key.column(elements, context)
        let values = value.column(elements, context)
        var kept: [Int32] = []
        var offsets: [Int32] = [0]
        for row in 0..<rows.count {
            var last: [ScalarValue: Int32] = [:]
            for element in row * length..<(row + 1) * length {
                last[keys.scalar(element)] = Int32(element)
            }
            kept += last.values.sorted()
            offsets.append(Int32(kept.count))
        }
        let positions = FixedValues<Int32>(kept)
        return MapValues(
            offsets: FixedValues(offsets),
            keys: keys.gather(positions),
            values: values.gather(positions)
        )
    }
}

extension Column {
    /// The column at the end of a path of ROW fields, NULL where anything on the way is.
    func descending(_ path: some Sequence<Int>, to type: DataType) -> Column {
        var column = self
        for step in path {
            let field = column.fieldColumns[step]
            column = field.withValidity(Bitmap.both(column.validity, field.validity))
        }
        return column.retyped(type)
    }
}
