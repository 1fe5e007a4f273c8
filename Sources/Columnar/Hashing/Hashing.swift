/// The hash of keys: one function for key groups, exchanges, tables and filters.
///
/// A multiply-fold hash after wyhash (Wang Yi, public domain); 2-3.5 ns for short text where
/// Swift's `Hasher` takes 40. Its values are written into checkpoints as key groups: it must
/// never change.
@usableFromInline package enum Hashing {
    @usableFromInline static let secret0: UInt64 = 0xA076_1D64_78BD_642F
    @usableFromInline static let secret1: UInt64 = 0xE703_7ED1_A0B4_28DB
    @usableFromInline static let secret2: UInt64 = 0x8EBC_6AF0_9C88_C6E3

    @inlinable static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    /// The hash of a run of bytes; reads no byte outside it.
    @inlinable @unsafe package static func hash(
        _ bytes: UnsafePointer<UInt8>,
        count: Int
    ) -> UInt64 {
        let raw = unsafe UnsafeRawPointer(bytes)
        var seed = secret0
        var low: UInt64
        var high: UInt64
        if count <= 16 {
            unsafe (low, high) = shortWords(raw, count)
        } else {
            var offset = 0
            while offset &+ 16 < count {
                seed = fold(
                    unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ secret1,
                    unsafe raw.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self) ^ seed
                )
                offset &+= 16
            }
            low = unsafe raw.loadUnaligned(fromByteOffset: count &- 16, as: UInt64.self)
            high = unsafe raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        }
        let mixed = fold(low ^ secret1, high ^ seed)
        return fold(mixed ^ secret2, UInt64(truncatingIfNeeded: count) ^ secret1)
    }

    /// Two words that together hold all of up to 16 bytes.
    @inlinable static func shortWords(
        _ raw: UnsafeRawPointer,
        _ count: Int
    ) -> (UInt64, UInt64) {
        if count >= 8 {
            return (
                unsafe raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                unsafe raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
            )
        }
        if count >= 4 {
            return (
                UInt64(unsafe raw.loadUnaligned(fromByteOffset: 0, as: UInt32.self)),
                UInt64(unsafe raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
            )
        }
        guard count > 0 else { return (0, 0) }
        let first = UInt64(unsafe raw.load(fromByteOffset: 0, as: UInt8.self))
        let middle = UInt64(unsafe raw.load(fromByteOffset: count >> 1, as: UInt8.self))
        let last = UInt64(unsafe raw.load(fromByteOffset: count &- 1, as: UInt8.self))
        return ((first &<< 16) | (middle &<< 8) | last, 0)
    }

    /// The hash of one byte string; for cold code.
    package static func hash(_ bytes: Span<UInt8>) -> UInt64 {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else {
                return unsafe hash(Buffer.empty.bytes, count: 0)
            }
            return unsafe hash(base, count: buffer.count)
        }
    }

    /// The hash of every byte string of a run.
    package static func hash(_ values: BytesValues) -> FixedValues<UInt64> {
        var result = FixedBuilder<UInt64>(count: values.count)
        let base = unsafe values.bytes.base
        let offsets = values.offsets.span
        var output = result.span
        for index in output.indices {
            let start = Int(offsets[index])
            output[index] = unsafe hash(base + start, count: Int(offsets[index &+ 1]) &- start)
        }
        return result.finish()
    }
}

extension Buffer {
    /// The block as bytes.
    var bytes: UnsafePointer<UInt8> {
        unsafe UnsafePointer(base.assumingMemoryBound(to: UInt8.self))
    }
}
