extension RecordScanner {
    /// Reads a whole number.
    @inline(always)
    func scanInteger<Value: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
        _ slot: UnsafeMutablePointer<ValueSlot>,
        _ text: Bytes,
        _ row: Int,
        as type: Value.Type
    ) -> Bytes? {
        let isNegative = unsafe text[0] == UInt8(ascii: "-")
        let digits = unsafe isNegative ? text + 1 : text
        let word = unsafe digits.word
        let count = Digits.count(word)
        // Up to seven digits: one word, the common case.
        guard count &- 1 < 7, count > 0 else {
            return unsafe scanLongInteger(slot, text, row, as: type)
        }
        let end = unsafe digits + count
        guard unsafe digits[0] != UInt8(ascii: "0") || count == 1,
            unsafe end[0] != UInt8(ascii: "."),
            unsafe end[0] | 0x20 != UInt8(ascii: "e")
        else { return unsafe scanUnusual(slot, text, row) }
        let magnitude = Int64(truncatingIfNeeded: Digits.value(word, count))
        let value = isNegative ? 0 &- magnitude : magnitude
        guard let fitted = Value(exactly: value) else { return unsafe scanUnusual(slot, text, row) }
        unsafe slot.pointee.store(fitted, row)
        return unsafe end
    }

    @inline(never)
    private func scanLongInteger<Value: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
        _ slot: UnsafeMutablePointer<ValueSlot>,
        _ text: Bytes,
        _ row: Int,
        as type: Value.Type
    ) -> Bytes? {
        let isNegative = unsafe text[0] == UInt8(ascii: "-")
        let digits = unsafe isNegative ? text + 1 : text
        var magnitude: UInt64 = 0
        let end = unsafe Digits.read(digits, &magnitude)
        let count = unsafe end - digits
        // At most 18 digits cannot overflow; anything else takes the slow way.
        guard count &- 1 < 18, count > 0, unsafe digits[0] != UInt8(ascii: "0") || count == 1,
            unsafe end[0] != UInt8(ascii: "."), unsafe end[0] | 0x20 != UInt8(ascii: "e")
        else { return unsafe scanUnusual(slot, text, row) }
        let value = isNegative ? 0 &- Int64(magnitude) : Int64(magnitude)
        guard let fitted = Value(exactly: value) else { return unsafe scanUnusual(slot, text, row) }
        unsafe slot.pointee.store(fitted, row)
        return unsafe end
    }

    /// Reads a number into a DECIMAL of up to 18 digits.
    @inline(always)
    func scanDecimal(
        _ slot: UnsafeMutablePointer<ValueSlot>,
        _ text: Bytes,
        _ row: Int
    ) -> Bytes? {
        if unsafe text[0] == UInt8(ascii: "\"") { return unsafe scanDecimalBytes(slot, text, row) }
        let isNegative = unsafe text[0] == UInt8(ascii: "-")
        let digits = unsafe isNegative ? text + 1 : text
        var whole: UInt64 = 0
        var end = unsafe Digits.read(digits, &whole)
        let wholeDigits = unsafe end - digits
        var fraction: UInt64 = 0
        var fractionDigits = 0
        if unsafe end[0] == UInt8(ascii: ".") {
            let start = unsafe end + 1
            unsafe end = unsafe Digits.read(start, &fraction)
            fractionDigits = unsafe end - start
            if fractionDigits == 0 { return nil }
        }
        let scale = unsafe Int(slot.pointee.scale)
        // Digits behind the scale are rounded, and too many before it are NULL: the slow way.
        guard wholeDigits > 0, unsafe digits[0] != UInt8(ascii: "0") || wholeDigits == 1,
            unsafe wholeDigits &+ scale <= Int(slot.pointee.precision), fractionDigits <= scale,
            unsafe end[0] | 0x20 != UInt8(ascii: "e")
        else { return unsafe scanUnusual(slot, text, row) }
        let value =
            whole &* Digits.powerOfTen(scale)
            &+ fraction &* Digits.powerOfTen(scale &- fractionDigits)
        unsafe slot.pointee.store(isNegative ? 0 &- Int64(value) : Int64(value), row)
        return unsafe end
    }

    /// Reads a decimal of up to eight bytes as base 64, big end first.
    @inline(never)
    private func scanDecimalBytes(
        _ slot: UnsafeMutablePointer<ValueSlot>,
        _ text: Bytes,
        _ row: Int
    ) -> Bytes? {
        guard unsafe Int(slot.pointee.encoding.decimalBytesScale) == Int(slot.pointee.scale) else {
            return unsafe scanUnusual(slot, text, row)
        }
        var next = unsafe text + 1
        var bits: UInt64 = 0
        var count = 0
        while count < 10 {
            let value = unsafe Base64Text.value(next[0])
            if value > 63 { break }
            bits = bits &<< 6 | UInt64(value)
            count &+= 1
            unsafe next += 1
        }
        // Two or three characters of the last four end in bits that are no part of the value.
        let rest = count & 3
        let padding = rest == 0 ? 0 : 4 &- rest
        guard count > 1, rest != 1, count < 10 else { return unsafe scanUnusual(slot, text, row) }
        for _ in 0..<padding {
            guard unsafe next[0] == UInt8(ascii: "=") else {
                return unsafe scanUnusual(slot, text, row)
            }
            unsafe next += 1
        }
        guard unsafe next[0] == UInt8(ascii: "\"") else {
            return unsafe scanUnusual(slot, text, row)
        }
        bits &>>= UInt64(padding &* 2)
        let width = UInt64(64 &- (count &* 6 / 8) &* 8)
        let value = Int64(bitPattern: bits &<< width) &>> Int64(width)
        guard unsafe value.magnitude < Digits.powerOfTen(Int(slot.pointee.precision)) else {
            return unsafe scanUnusual(slot, text, row)
        }
        unsafe slot.pointee.store(value, row)
        return unsafe next + 1
    }

    /// Reads a number into a DOUBLE, when it is exact in 53 bits and a small power of ten.
    @inline(always)
    func scanDouble(
        _ slot: UnsafeMutablePointer<ValueSlot>,
        _ text: Bytes,
        _ row: Int
    ) -> Bytes? {
        let isNegative = unsafe text[0] == UInt8(ascii: "-")
        let digits = unsafe isNegative ? text + 1 : text
        var mantissa: UInt64 = 0
        var end = unsafe Digits.read(digits, &mantissa)
        let wholeDigits = unsafe end - digits
        var fractionDigits = 0
        if unsafe end[0] == UInt8(ascii: ".") {
            let start = unsafe end + 1
            var fraction: UInt64 = 0
            unsafe end = unsafe Digits.read(start, &fraction)
            fractionDigits = unsafe end - start
            if fractionDigits == 0 || wholeDigits &+ fractionDigits > 18 {
                return unsafe scanUnusual(slot, text, row)
            }
            mantissa = mantissa &* Digits.powerOfTen(fractionDigits) &+ fraction
        }
        guard wholeDigits > 0, wholeDigits <= 18,
            unsafe digits[0] != UInt8(ascii: "0") || wholeDigits == 1,
            mantissa <= 1 << 53, unsafe end[0] | 0x20 != UInt8(ascii: "e")
        else { return unsafe scanUnusual(slot, text, row) }
        var value = Double(mantissa)
        if fractionDigits > 0 { value /= Double(Digits.powerOfTen(fractionDigits)) }
        unsafe slot.pointee.store(isNegative ? -value : value, row)
        return unsafe end
    }
}
