extension OutputRawSpan {
    /// Appends an integer, its highest byte first.
    @_lifetime(self: copy self)
    mutating func append<Value: FixedWidthInteger>(bigEndian value: Value) {
        var shift = Value.bitWidth
        while shift > 0 {
            shift -= 8
            append(UInt8(truncatingIfNeeded: value >> Value(shift)))
        }
    }
}

extension Span<UInt8> {
    /// The integer at a place, its highest byte first; traps when the bytes are not there.
    func bigEndian<Value: FixedWidthInteger>(at start: Int, as type: Value.Type) -> Value {
        var value: Value = 0
        for index in start..<start + Value.bitWidth / 8 {
            value = value << 8 | Value(truncatingIfNeeded: self[index])
        }
        return value
    }
}
