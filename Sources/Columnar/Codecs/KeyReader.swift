/// Reads the columns of encoded keys, one after the other.
struct KeyReader: ~Copyable {
    private let keys: BytesValues
    /// Where the next column of each key starts.
    private var cursors: FixedBuilder<Int32>

    init(_ keys: BytesValues) {
        self.keys = keys
        cursors = FixedBuilder(count: keys.count)
        for row in 0..<keys.count { cursors[row] = keys.offsets[row] }
    }

    mutating func read(_ type: DataType, isLast: Bool) -> Column {
        let validity = type.isNullable ? readMarkers() : nil
        switch type.layout {
        case .null: return .nulls(type, count: keys.count)
        case .bits:
            let bytes = readAll { (bits: UInt8) in bits }
            let span = bytes.span
            let bits = Bitmap.make(count: keys.count) { span[$0] == 1 }
            return Column(type, bits, validity: validity)
        case .int8:
            let values = readAll { (bits: UInt8) in OrderedInteger.decode(bits) }
            return Column(type, values, validity: validity)
        case .int16:
            let values = readAll { (bits: UInt16) in OrderedInteger.decode(bits) }
            return Column(type, values, validity: validity)
        case .int32:
            let values = readAll { (bits: UInt32) in OrderedInteger.decode(bits) }
            return Column(type, values, validity: validity)
        case .int64:
            let values = readAll { (bits: UInt64) in OrderedInteger.decode(bits) }
            return Column(type, values, validity: validity)
        case .int128:
            let values = readAll { (bits: UInt128) in OrderedInteger.decode(bits) }
            return Column(type, values, validity: validity)
        case .float:
            let values = readAll { (bits: UInt32) in OrderedInteger.decodeFloat(bits) }
            return Column(type, values, validity: validity)
        case .double:
            let values = readAll { (bits: UInt64) in OrderedInteger.decodeDouble(bits) }
            return Column(type, values, validity: validity)
        case .bytes, .list, .map, .row:
            return Column(DataType(.bytes), readBytes(validity, isLast: isLast), validity: validity)
        }
    }

    private mutating func readMarkers() -> Bitmap? {
        var anyNull = false
        let validity = Bitmap.make(count: keys.count) { row in
            let isValid = keys.bytes[Int(cursors[row])] == 1
            anyNull = anyNull || !isValid
            return isValid
        }
        for row in 0..<keys.count { cursors[row] &+= 1 }
        return anyNull ? validity : nil
    }

    @inline(__always)
    private mutating func readAll<Bits: BitwiseCopyable, Value: BitwiseCopyable>(
        _ decode: (Bits) -> Value
    ) -> FixedValues<Value> {
        var result = FixedBuilder<Value>(count: keys.count)
        let source = unsafe UnsafeRawPointer(keys.bytes.base)
        let width = MemoryLayout<Bits>.size
        for row in 0..<keys.count {
            let start = Int(cursors[row])
            precondition(start + width <= Int(keys.offsets[row + 1]), "a key is cut off")
            result[row] = decode(
                unsafe source.loadUnaligned(fromByteOffset: start, as: Bits.self)
            )
            cursors[row] = Int32(start + width)
        }
        return result.finish()
    }

    private mutating func readBytes(_ validity: Bitmap?, isLast: Bool) -> BytesValues {
        var builder = BytesBuilder(reserving: keys.count)
        for row in 0..<keys.count {
            if let validity, !validity[row] {
                builder.appendEmpty()
                continue
            }
            var position = Int(cursors[row])
            let end = Int(keys.offsets[row + 1])
            while position < end {
                let byte = keys.bytes[position]
                position += 1
                if byte == 0, !isLast {
                    let next = keys.bytes[position]
                    position += 1
                    if next == 1 { break }
                }
                builder.write(byte: byte)
            }
            cursors[row] = Int32(position)
            builder.endValue()
        }
        return builder.finish()
    }
}
