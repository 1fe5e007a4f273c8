/// Eight bytes at a time, for the scanner.
typealias Bytes = UnsafePointer<UInt8>

extension UnsafePointer<UInt8> {
    /// The next eight bytes, the first one lowest.
    @inline(always)
    var word: UInt64 {
        unsafe UInt64(
            littleEndian: UnsafeRawPointer(self).loadUnaligned(as: UInt64.self)
        )
    }

    @inline(always)
    var halfWord: UInt32 {
        unsafe UInt32(
            littleEndian: UnsafeRawPointer(self).loadUnaligned(as: UInt32.self)
        )
    }

    @inline(always)
    var pair: UInt16 {
        unsafe UInt16(
            littleEndian: UnsafeRawPointer(self).loadUnaligned(as: UInt16.self)
        )
    }
}

extension UnsafePointer<UInt8> {
    /// The next 32 bytes.
    @inline(always)
    var block: SIMD32<UInt8> {
        unsafe UnsafeRawPointer(self).loadUnaligned(as: SIMD32<UInt8>.self)
    }
}

/// Runs of digits in words of eight bytes.
enum Digits {
    /// How many of the eight bytes, from the first one on, are digits.
    @inline(always)
    static func count(_ word: UInt64) -> Int {
        let offset = word ^ 0x3030_3030_3030_3030
        let isOther = (offset &+ 0x7676_7676_7676_7676 | offset) & 0x8080_8080_8080_8080
        return isOther.trailingZeroBitCount >> 3
    }

    /// The number that the first `count` digits make; 1 to 8.
    @inline(always)
    static func value(_ word: UInt64, _ count: Int) -> UInt64 {
        var value = word &<< UInt64(64 &- 8 &* count)
        value = ((value & 0x0F0F_0F0F_0F0F_0F0F) &* 2561) &>> 8
        value = ((value & 0x00FF_00FF_00FF_00FF) &* 6_553_601) &>> 16
        return ((value & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) &>> 32
    }

    /// 10ⁿ for n up to 19.
    @inline(always)
    static func powerOfTen(_ exponent: Int) -> UInt64 {
        switch exponent {
        case 0: 1
        case 1: 10
        case 2: 100
        case 3: 1000
        case 4: 10_000
        case 5: 100_000
        case 6: 1_000_000
        case 7: 10_000_000
        case 8: 100_000_000
        case 9: 1_000_000_000
        case 10: 10_000_000_000
        case 11: 100_000_000_000
        case 12: 1_000_000_000_000
        case 13: 10_000_000_000_000
        case 14: 100_000_000_000_000
        case 15: 1_000_000_000_000_000
        case 16: 10_000_000_000_000_000
        case 17: 100_000_000_000_000_000
        case 18: 1_000_000_000_000_000_000
        default: 10_000_000_000_000_000_000
        }
    }

    /// Reads digits and returns the byte behind them.
    ///
    /// - `text`: where they start.
    /// - `value`: the number, when there are at most 19 digits.
    @inline(always)
    static func read(_ text: Bytes, _ value: inout UInt64) -> Bytes {
        var next = unsafe text
        var total: UInt64 = 0
        while true {
            let word = unsafe next.word
            let count = count(word)
            if count == 0 { break }
            total = total &* powerOfTen(count) &+ self.value(word, count)
            unsafe next += count
            if count < 8 { break }
        }
        value = total
        return unsafe next
    }
}
