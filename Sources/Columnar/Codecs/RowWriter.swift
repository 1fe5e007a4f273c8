/// Writes columns into encoded rows: measure all, allocate, write all.
struct RowWriter: ~Copyable {
    private let codec: RowCodec
    private let count: Int
    /// The length of the texts of each row, then the position behind the last one written.
    private var cursors: FixedBuilder<Int32>
    private var offsets: FixedBuilder<Int32>
    private var bytes = FixedBuilder<UInt8>(count: 0)

    init(_ codec: RowCodec, count: Int) {
        self.codec = codec
        self.count = count
        cursors = FixedBuilder(count: count)
        cursors.fill(with: 0)
        offsets = FixedBuilder(count: count + 1)
    }

    mutating func measure(_ column: Column) {
        guard case .bytes(let values) = column.values else { return }
        let positions = values.offsets.span
        let validity = column.validity
        var lengths = cursors.span
        for row in lengths.indices {
            if let validity, !validity[row] { continue }
            lengths[row] &+= positions[row &+ 1] &- positions[row]
        }
    }

    mutating func allocate() {
        var total = 0
        for row in 0..<count {
            let length = Int(cursors[row]) + codec.fixedLength
            offsets[row] = Int32(truncatingIfNeeded: total)
            cursors[row] = Int32(codec.fixedLength)
            total += length
            precondition(total <= Int(Int32.max), "the rows of a batch take at most 2 GB")
        }
        offsets[count] = Int32(total)
        bytes = FixedBuilder(count: total)
        let bitmapBytes = (codec.types.count + 7) / 8
        for row in 0..<count {
            let start = Int(offsets[row])
            for byte in 0..<bitmapBytes { bytes[start + byte] = 0 }
        }
    }

    mutating func write(_ column: Column, _ index: Int) {
        let place = codec.places[index]
        switch codec.types[index].layout {
        case .null: break
        case .bits:
            let bits = column.bits
            for row in 0..<count {
                store(bits[row] ? 1 as UInt8 : 0, row, place)
            }
        case .int8: writeAll(column.int8s, place)
        case .int16: writeAll(column.int16s, place)
        case .int32: writeAll(column.int32s, place)
        case .int64: writeAll(column.int64s, place)
        case .int128: writeAll(column.int128s, place)
        case .float: writeAll(column.floats, place)
        case .double: writeAll(column.doubles, place)
        case .bytes, .list, .map, .row: writeBytes(column, place)
        }
        markNulls(column, index)
    }

    @inline(__always)
    private func store<Value: BitwiseCopyable>(_ value: Value, _ row: Int, _ place: Int) {
        unsafe UnsafeMutableRawPointer(bytes.base).storeBytes(
            of: value,
            toByteOffset: Int(offsets[row]) &+ place,
            as: Value.self
        )
    }

    @inline(__always)
    private func writeAll<Value: BitwiseCopyable>(_ values: FixedValues<Value>, _ place: Int) {
        let values = values.span
        for row in 0..<count { store(values[row], row, place) }
    }

    private mutating func writeBytes(_ column: Column, _ place: Int) {
        let values = column.byteStrings
        let validity = column.validity
        let isUntyped = if case .null = column.values { true } else { false }
        for row in 0..<count {
            var end = cursors[row]
            if !isUntyped, validity?[row] ?? true {
                let length = values.length(row)
                let source = unsafe values.bytes.base + Int(values.offsets[row])
                // The exact length: the next row's fixed part may stand right behind.
                unsafe UnsafeMutableRawPointer(bytes.base + Int(offsets[row] &+ end))
                    .copyMemory(from: source, byteCount: length)
                end &+= Int32(truncatingIfNeeded: length)
            }
            store(end, row, place)
            cursors[row] = end
        }
    }

    /// Sets the bits of NULLs and clears the numbers under them, so that equal rows are equal bytes.
    private mutating func markNulls(_ column: Column, _ index: Int) {
        guard column.nullCount > 0 else { return }
        let validity = column.fullValidity
        let width = codec.types[index].layout.fixedWidth ?? 0
        for row in 0..<count where !validity[row] {
            let start = Int(offsets[row])
            bytes[start + index >> 3] |= 1 &<< UInt8(index & 7)
            for byte in 0..<width { bytes[start + codec.places[index] + byte] = 0 }
        }
    }

    consuming func finish() -> BytesValues {
        BytesValues(offsets: offsets.finish(), bytes: bytes.finish())
    }
}
