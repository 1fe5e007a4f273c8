/// Reads columns out of encoded rows.
struct RowReader {
    private let codec: RowCodec
    private let rows: BytesValues
    private let hasEmpty: Bool

    init(_ codec: RowCodec, _ rows: BytesValues) {
        self.codec = codec
        self.rows = rows
        var shortest = Int.max
        for row in 0..<rows.count { shortest = min(shortest, rows.length(row)) }
        hasEmpty = shortest == 0
        for row in 0..<rows.count {
            let length = rows.length(row)
            precondition(
                length == 0 || length >= codec.fixedLength,
                "a stored row is cut off"
            )
        }
    }

    func read(_ index: Int) -> Column {
        let type = codec.types[index]
        let validity = readValidity(index)
        let place = codec.places[index]
        switch type.layout {
        case .null: return .nulls(type, count: rows.count)
        case .bits:
            let values = readAll(UInt8.self, place)
            let span = values.span
            let bits = Bitmap.make(count: rows.count) { span[$0] == 1 }
            return Column(type, bits, validity: validity)
        case .int8: return Column(type, readAll(Int8.self, place), validity: validity)
        case .int16: return Column(type, readAll(Int16.self, place), validity: validity)
        case .int32: return Column(type, readAll(Int32.self, place), validity: validity)
        case .int64: return Column(type, readAll(Int64.self, place), validity: validity)
        case .int128: return Column(type, readAll(Int128.self, place), validity: validity)
        case .float: return Column(type, readAll(Float.self, place), validity: validity)
        case .double: return Column(type, readAll(Double.self, place), validity: validity)
        case .bytes, .list, .map, .row:
            return Column(DataType(.bytes), readBytes(index), validity: validity)
        }
    }

    private func readValidity(_ index: Int) -> Bitmap? {
        let bytes = rows.bytes.span
        let offsets = rows.offsets.span
        let mask: UInt8 = 1 &<< UInt8(index & 7)
        var anyNull: UInt8 = 0
        let validity = Bitmap.make(count: rows.count) { row in
            let start = Int(offsets[row])
            let isEmpty = offsets[row + 1] == offsets[row]
            let null = isEmpty ? mask : bytes[start &+ index >> 3] & mask
            anyNull |= null
            return null == 0
        }
        return anyNull == 0 ? nil : validity
    }

    private func readAll<Value: BitwiseCopyable>(
        _: Value.Type,
        _ place: Int
    ) -> FixedValues<Value> {
        var result = FixedBuilder<Value>(count: rows.count)
        let source = unsafe UnsafeRawPointer(rows.bytes.base)
        let offsets = rows.offsets.span
        var output = result.span
        if hasEmpty {
            let zero = [UInt8](repeating: 0, count: 16)
            let nothing = unsafe zero.span.bytes
            for row in output.indices {
                output[row] =
                    offsets[row + 1] == offsets[row]
                    ? unsafe nothing.unsafeLoadUnaligned(as: Value.self)
                    : unsafe source.loadUnaligned(
                        fromByteOffset: Int(offsets[row]) &+ place,
                        as: Value.self
                    )
            }
            return result.finish()
        }
        for row in output.indices {
            output[row] = unsafe source.loadUnaligned(
                fromByteOffset: Int(offsets[row]) &+ place,
                as: Value.self
            )
        }
        return result.finish()
    }

    private func readBytes(_ index: Int) -> BytesValues {
        let ends = readAll(Int32.self, codec.places[index])
        let previous = codec.types[..<index].lastIndex { $0.layout.fixedWidth == nil }
        let starts =
            previous.map { readAll(Int32.self, codec.places[$0]) }
            ?? FixedValues(repeating: Int32(codec.fixedLength), count: rows.count)
        var builder = BytesBuilder(reserving: rows.count)
        for row in 0..<rows.count {
            if rows.length(row) > 0 {
                let value = rows[row]
                precondition(Int(ends[row]) <= value.count, "a stored text leaves its row")
                builder.write(value.extracting(Int(starts[row])..<Int(ends[row])))
            }
            builder.endValue()
        }
        return builder.finish()
    }
}
