/// Numbers as bytes whose order is the order of the numbers.
@usableFromInline package enum OrderedInteger {
    @inlinable static func encode(_ value: Int8) -> UInt8 { UInt8(bitPattern: value) ^ 0x80 }

    @inlinable static func encode(_ value: Int16) -> UInt16 {
        (UInt16(bitPattern: value) ^ (1 &<< 15)).bigEndian
    }

    @inlinable static func encode(_ value: Int32) -> UInt32 {
        (UInt32(bitPattern: value) ^ (1 &<< 31)).bigEndian
    }

    @inlinable static func encode(_ value: Int64) -> UInt64 {
        (UInt64(bitPattern: value) ^ (1 &<< 63)).bigEndian
    }

    @inlinable static func encode(_ value: Int128) -> UInt128 {
        (UInt128(bitPattern: value) ^ (1 &<< 127)).bigEndian
    }

    /// IEEE order with -0.0 before 0.0 and one NaN behind infinity, as Java's `compareTo`.
    @inlinable static func encode(_ value: Float) -> UInt32 {
        let bits = value.isNaN ? Float.nan.bitPattern : value.bitPattern
        return ((bits &>> 31) == 0 ? bits ^ (1 &<< 31) : ~bits).bigEndian
    }

    @inlinable static func encode(_ value: Double) -> UInt64 {
        let bits = value.isNaN ? Double.nan.bitPattern : value.bitPattern
        return ((bits &>> 63) == 0 ? bits ^ (1 &<< 63) : ~bits).bigEndian
    }

    @inlinable static func decode(_ bits: UInt8) -> Int8 { Int8(bitPattern: bits ^ 0x80) }

    @inlinable static func decode(_ bits: UInt16) -> Int16 {
        Int16(bitPattern: bits.bigEndian ^ (1 &<< 15))
    }

    @inlinable static func decode(_ bits: UInt32) -> Int32 {
        Int32(bitPattern: bits.bigEndian ^ (1 &<< 31))
    }

    @inlinable static func decode(_ bits: UInt64) -> Int64 {
        Int64(bitPattern: bits.bigEndian ^ (1 &<< 63))
    }

    @inlinable static func decode(_ bits: UInt128) -> Int128 {
        Int128(bitPattern: bits.bigEndian ^ (1 &<< 127))
    }

    @inlinable static func decodeFloat(_ bits: UInt32) -> Float {
        let bits = bits.bigEndian
        return Float(bitPattern: (bits &>> 31) == 1 ? bits ^ (1 &<< 31) : ~bits)
    }

    @inlinable static func decodeDouble(_ bits: UInt64) -> Double {
        let bits = bits.bigEndian
        return Double(bitPattern: (bits &>> 63) == 1 ? bits ^ (1 &<< 63) : ~bits)
    }
}
