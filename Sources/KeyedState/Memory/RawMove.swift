/// Copies and comparisons of short runs of bytes without a call.
enum RawMove {
    /// Copies exactly `count` bytes between places that do not overlap.
    @inline(__always) @unsafe
    static func copy(
        from source: UnsafeRawPointer,
        to target: UnsafeMutableRawPointer,
        count: Int
    ) {
        if count >= 16 {
            if count > 256 {
                unsafe target.copyMemory(from: source, byteCount: count)
                return
            }
            var offset = 0
            while offset &+ 16 <= count {
                unsafe move(SIMD16<UInt8>.self, source, target, offset)
                offset &+= 16
            }
            unsafe move(SIMD16<UInt8>.self, source, target, count &- 16)
        } else if count >= 8 {
            unsafe move(UInt64.self, source, target, 0)
            unsafe move(UInt64.self, source, target, count &- 8)
        } else if count >= 4 {
            unsafe move(UInt32.self, source, target, 0)
            unsafe move(UInt32.self, source, target, count &- 4)
        } else {
            for offset in 0..<count { unsafe move(UInt8.self, source, target, offset) }
        }
    }

    @inline(__always) @unsafe
    private static func move<Word: BitwiseCopyable>(
        _: Word.Type,
        _ source: UnsafeRawPointer,
        _ target: UnsafeMutableRawPointer,
        _ offset: Int
    ) {
        let word = unsafe source.loadUnaligned(fromByteOffset: offset, as: Word.self)
        unsafe target.storeBytes(of: word, toByteOffset: offset, as: Word.self)
    }

    /// The order of two runs of bytes: negative, zero or positive, as `memcmp` and then length.
    @inline(__always) @unsafe
    static func compare(
        _ left: UnsafeRawPointer,
        _ leftCount: Int,
        _ right: UnsafeRawPointer,
        _ rightCount: Int
    ) -> Int {
        let common = min(leftCount, rightCount)
        var offset = 0
        while offset &+ 8 <= common {
            let a = unsafe left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let b = unsafe right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if a != b { return a.bigEndian < b.bigEndian ? -1 : 1 }
            offset &+= 8
        }
        while offset < common {
            let a = unsafe left.load(fromByteOffset: offset, as: UInt8.self)
            let b = unsafe right.load(fromByteOffset: offset, as: UInt8.self)
            if a != b { return a < b ? -1 : 1 }
            offset &+= 1
        }
        return leftCount &- rightCount
    }
}
