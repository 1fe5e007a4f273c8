/// Writes one column of fixed width into keys that all have the same length.
@safe struct FixedKeyWriter: ~Copyable {
    /// Where the column's part of the first key starts.
    private let target: UnsafeMutableRawPointer
    private let stride: Int

    init(target: UnsafeMutableRawPointer, stride: Int) {
        unsafe self.target = unsafe target
        self.stride = stride
    }

    func write(_ column: Column, _ type: DataType) {
        let start = type.isNullable ? 1 : 0
        switch type.layout {
        case .null: break
        case .bits:
            let bits = column.bits
            for row in 0..<column.count {
                store(bits[row] ? 1 as UInt8 : 0, row, start)
            }
        case .int8: writeAll(column.int8s, start) { OrderedInteger.encode($0) }
        case .int16: writeAll(column.int16s, start) { OrderedInteger.encode($0) }
        case .int32: writeAll(column.int32s, start) { OrderedInteger.encode($0) }
        case .int64: writeAll(column.int64s, start) { OrderedInteger.encode($0) }
        case .int128: writeAll(column.int128s, start) { OrderedInteger.encode($0) }
        case .float: writeAll(column.floats, start) { OrderedInteger.encode($0) }
        case .double: writeAll(column.doubles, start) { OrderedInteger.encode($0) }
        case .bytes, .list, .map, .row: preconditionFailure("\(type) has no fixed width")
        }
        if type.isNullable { writeMarkers(column, type) }
    }

    @inline(__always)
    private func store<Bits: BitwiseCopyable>(_ bits: Bits, _ row: Int, _ start: Int) {
        unsafe target.storeBytes(of: bits, toByteOffset: row &* stride &+ start, as: Bits.self)
    }

    @inline(__always)
    private func writeAll<Value: BitwiseCopyable, Bits: BitwiseCopyable>(
        _ values: FixedValues<Value>,
        _ start: Int,
        _ encode: (Value) -> Bits
    ) {
        let values = values.span
        for row in values.indices { store(encode(values[row]), row, start) }
    }

    /// Marks the values that are there, and clears what stands under a NULL.
    private func writeMarkers(_ column: Column, _ type: DataType) {
        let width = type.layout.fixedWidth ?? 0
        guard column.nullCount > 0 else {
            for row in 0..<column.count { store(1 as UInt8, row, 0) }
            return
        }
        let validity = column.fullValidity
        for row in 0..<column.count {
            let isValid = validity[row]
            store(isValid ? 1 as UInt8 : 0, row, 0)
            if !isValid {
                for byte in 0..<width { store(0 as UInt8, row, 1 + byte) }
            }
        }
    }
}
