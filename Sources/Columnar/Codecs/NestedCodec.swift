/// Arrays, maps and rows as byte strings, for keys and for stored rows.
///
/// One value: a NULL is the byte 0, anything else 1 followed by the value. Numbers stand
/// little-endian, text and bytes behind a 32-bit length, arrays and maps behind a 32-bit count.
enum NestedCodec {
    /// A nested column as a column of bytes; other columns as they are.
    static func flattened(_ column: Column) -> Column {
        switch column.type.layout {
        case .list, .map, .row:
            var writer = NestedWriter()
            for row in 0..<column.count {
                if !column.isNull(row) { writer.write(column, row) }
                writer.output.endValue()
            }
            return Column(
                DataType(.bytes, isNullable: column.type.isNullable),
                writer.output.finish(),
                validity: column.nullCount > 0 ? column.fullValidity : nil
            )
        default: return column
        }
    }

    /// A nested column back from bytes; other columns get their type back.
    static func unflattened(_ column: Column, _ type: DataType) -> Column {
        switch type.layout {
        case .list, .map, .row:
            let values = column.byteStrings
            let scalars = (0..<column.count).map { row -> ScalarValue in
                if column.isNull(row) { return .null }
                let value = values[row]
                var reader = NestedReader(bytes: value.indices.map { value[$0] })
                return reader.read(type)
            }
            return Column.fromScalars(scalars, type)
        default: return column.retyped(type)
        }
    }
}

private struct NestedWriter: ~Copyable {
    var output = BytesBuilder()

    mutating func write(_ column: Column, _ row: Int) {
        switch column.values {
        case .null: break
        case .bits(let bits): output.write(byte: bits[row] ? 1 : 0)
        case .int8(let values): integer(values[row])
        case .int16(let values): integer(values[row])
        case .int32(let values): integer(values[row])
        case .int64(let values): integer(values[row])
        case .int128(let values): integer(values[row])
        case .float(let values): integer(values[row].bitPattern)
        case .double(let values): integer(values[row].bitPattern)
        case .bytes(let values):
            integer(Int32(values.length(row)))
            output.write(values[row])
        case .list(let lists):
            let range = lists.offsets[row]..<lists.offsets[row + 1]
            integer(Int32(range.count))
            for element in range { optional(lists.elements, Int(element)) }
        case .map(let maps):
            let range = maps.offsets[row]..<maps.offsets[row + 1]
            integer(Int32(range.count))
            for entry in range {
                optional(maps.keys, Int(entry))
                optional(maps.values, Int(entry))
            }
        case .row(let fields):
            for field in fields { optional(field, row) }
        }
    }

    private mutating func optional(_ column: Column, _ row: Int) {
        let isNull = column.isNull(row)
        output.write(byte: isNull ? 0 : 1)
        if !isNull { write(column, row) }
    }

    private mutating func integer<Number: FixedWidthInteger>(_ number: Number) {
        var rest = number
        for _ in 0..<MemoryLayout<Number>.size {
            output.write(byte: UInt8(truncatingIfNeeded: rest))
            rest = Number.bitWidth > 8 ? rest >> 8 : 0
        }
    }
}

private struct NestedReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func read(_ type: DataType) -> ScalarValue {
        switch type.layout {
        case .null: return .null
        case .bits: return .bool(integer(UInt8.self) == 1)
        case .int8: return .int(Int64(integer(Int8.self)))
        case .int16: return .int(Int64(integer(Int16.self)))
        case .int32: return .int(Int64(integer(Int32.self)))
        case .int64: return .int(integer(Int64.self))
        case .int128: return .int128(integer(Int128.self))
        case .float: return .float(Float(bitPattern: integer(UInt32.self)))
        case .double: return .double(Double(bitPattern: integer(UInt64.self)))
        case .bytes:
            let length = Int(integer(Int32.self))
            defer { position += length }
            return .bytes(Array(bytes[position..<position + length]))
        case .list:
            let count = Int(integer(Int32.self))
            return .list((0..<count).map { _ in optional(type.elementType) })
        case .map:
            let count = Int(integer(Int32.self))
            let types = type.mapTypes
            return .map(
                (0..<count).flatMap { _ in [optional(types.key), optional(types.value)] }
            )
        case .row: return .row(type.rowFields.map { optional($0.type) })
        }
    }

    private mutating func optional(_ type: DataType) -> ScalarValue {
        integer(UInt8.self) == 0 ? .null : read(type)
    }

    private mutating func integer<Number: FixedWidthInteger>(_: Number.Type) -> Number {
        let width = MemoryLayout<Number>.size
        precondition(position + width <= bytes.count, "a nested value is cut off")
        var number: Number = 0
        for index in (0..<width).reversed() {
            let byte = Number(truncatingIfNeeded: bytes[position + index])
            number = Number.bitWidth > 8 ? (number << 8) | byte : byte
        }
        position += width
        return number
    }
}
