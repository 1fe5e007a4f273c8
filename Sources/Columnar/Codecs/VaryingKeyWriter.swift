/// Writes columns one after the other into keys of different lengths.
///
/// First every column is measured, then the keys are allocated, then every column is written.
struct VaryingKeyWriter: ~Copyable {
    private let count: Int
    /// The length of each key, then where the next byte of each key goes.
    private var cursors: FixedBuilder<Int32>
    private var offsets: FixedBuilder<Int32>
    private var bytes = FixedBuilder<UInt8>(count: 0)

    init(count: Int) {
        self.count = count
        cursors = FixedBuilder(count: count)
        cursors.fill(with: 0)
        offsets = FixedBuilder(count: count + 1)
    }

    mutating func measure(_ column: Column, _ type: DataType, isLast: Bool) {
        if let width = KeyCodec.fixedWidth(type) {
            for row in 0..<count { cursors[row] += Int32(width) }
            return
        }
        let marker: Int32 = type.isNullable ? 1 : 0
        let values = column.byteStrings
        let validity = column.validity
        for row in 0..<count {
            cursors[row] += marker
            if let validity, !validity[row] { continue }
            if case .null = column.values { continue }
            cursors[row] += Int32(values.length(row))
            if !isLast { cursors[row] += Int32(zeros(values[row])) + 2 }
        }
    }

    private func zeros(_ value: Span<UInt8>) -> Int {
        var zeros = 0
        for index in value.indices where value[index] == 0 { zeros &+= 1 }
        return zeros
    }

    mutating func allocate() {
        var total = 0
        for row in 0..<count {
            let length = Int(cursors[row])
            offsets[row] = Int32(total)
            cursors[row] = Int32(total)
            total += length
            precondition(total <= Int(Int32.max), "the keys of a batch take at most 2 GB")
        }
        offsets[count] = Int32(total)
        bytes = FixedBuilder(count: total)
    }

    mutating func write(_ column: Column, _ type: DataType, isLast: Bool) {
        if let width = KeyCodec.fixedWidth(type) {
            writeFixed(column, type, width)
            return
        }
        let values = column.byteStrings
        let isUntyped = if case .null = column.values { true } else { false }
        for row in 0..<count {
            let isNull = isUntyped || column.validity.map { !$0[row] } ?? false
            if type.isNullable { put(isNull ? 0 : 1, row) }
            if isNull { continue }
            if isLast {
                copy(values, row)
            } else {
                writeEscaped(values[row], row)
            }
        }
    }

    private mutating func put(_ byte: UInt8, _ row: Int) {
        bytes[Int(cursors[row])] = byte
        cursors[row] &+= 1
    }

    private mutating func copy(_ values: BytesValues, _ row: Int) {
        let length = values.length(row)
        let source = unsafe values.bytes.base + Int(values.offsets[row])
        // The exact length: the bytes behind belong to the next key and may be written already.
        unsafe UnsafeMutableRawPointer(bytes.base + Int(cursors[row]))
            .copyMemory(from: source, byteCount: length)
        cursors[row] &+= Int32(length)
    }

    private mutating func writeEscaped(_ value: Span<UInt8>, _ row: Int) {
        for index in value.indices {
            put(value[index], row)
            if value[index] == 0 { put(0xFF, row) }
        }
        put(0, row)
        put(1, row)
    }

    /// Writes fixed-width parts as a block of their own, then scatters them.
    private mutating func writeFixed(_ column: Column, _ type: DataType, _ width: Int) {
        let block = FixedBuilder<UInt8>(count: count * width)
        let writer = unsafe FixedKeyWriter(
            target: UnsafeMutableRawPointer(block.base),
            stride: width
        )
        writer.write(column, type)
        let source = unsafe UnsafePointer(block.base)
        for row in 0..<count {
            let target = unsafe bytes.base + Int(cursors[row])
            for byte in 0..<width { unsafe target[byte] = source[row &* width &+ byte] }
            cursors[row] &+= Int32(width)
        }
    }

    consuming func finish() -> BytesValues {
        BytesValues(offsets: offsets.finish(), bytes: bytes.finish())
    }
}
