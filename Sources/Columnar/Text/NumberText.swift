/// Numbers as text, digit by digit into a byte buffer (FAST_SWIFT rule 20).
@usableFromInline package enum NumberText {
    /// Writes a decimal integer.
    @inlinable package static func write<Number: FixedWidthInteger & SignedInteger>(
        _ number: Number,
        to output: inout BytesBuilder
    ) {
        if number < 0 { output.write(byte: UInt8(ascii: "-")) }
        writeDigits(number.magnitude, minimum: 1, to: &output)
    }

    /// Writes at least `minimum` digits, with zeros in front.
    ///
    /// Inlinable, so that callers of other modules do not pay 250 ns for unspecialised arithmetic
    /// (ExpressionBenchmark, `CAST(price AS STRING)`).
    @inlinable package static func writeDigits<Number: FixedWidthInteger & UnsignedInteger>(
        _ number: Number,
        minimum: Int,
        to output: inout BytesBuilder
    ) {
        if let narrow = UInt64(exactly: number) {
            writeNarrow(narrow, minimum: minimum, to: &output)
        } else {
            writeWide(UInt128(number), minimum: minimum, to: &output)
        }
    }

    @usableFromInline static func writeNarrow(
        _ number: UInt64,
        minimum: Int,
        to output: inout BytesBuilder
    ) {
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var position = 20
        var rest = number
        while rest > 0 {
            position &-= 1
            let quotient = rest / 10
            let digit = UInt8(truncatingIfNeeded: rest &- quotient &* 10)
            digits[position] = UInt8(ascii: "0") &+ digit
            rest = quotient
        }
        for _ in 0..<max(0, minimum - 20) { output.write(byte: UInt8(ascii: "0")) }
        position = min(position, max(0, 20 - minimum))
        output.write(digits.span.extracting(position..<20))
    }

    /// Writes 19 digits at a time: divisions of 128 bits are dear.
    @usableFromInline static func writeWide(
        _ number: UInt128,
        minimum: Int,
        to output: inout BytesBuilder
    ) {
        let (high, low) = number.quotientAndRemainder(dividingBy: 10_000_000_000_000_000_000)
        writeDigits(high, minimum: max(1, minimum - 19), to: &output)
        writeDigits(low, minimum: 19, to: &output)
    }

    /// Writes a scaled integer with `scale` digits behind the point, as `BigDecimal.toPlainString`.
    package static func writeDecimal(
        _ unscaled: Int128,
        scale: Int,
        to output: inout BytesBuilder
    ) {
        if unscaled < 0 { output.write(byte: UInt8(ascii: "-")) }
        guard scale > 0 else {
            writeDigits(unscaled.magnitude, minimum: 1, to: &output)
            return
        }
        let factor = DecimalMath.powerOfTen(scale).magnitude
        let (whole, fraction) = unscaled.magnitude.quotientAndRemainder(dividingBy: factor)
        writeDigits(whole, minimum: 1, to: &output)
        output.write(byte: UInt8(ascii: "."))
        writeDigits(fraction, minimum: scale, to: &output)
    }

    /// Writes a scaled integer as `BigDecimal.toString`: small fractions in scientific notation.
    package static func writeBigDecimal(
        _ unscaled: Int128,
        scale: Int,
        to output: inout BytesBuilder
    ) {
        let digits = String(unscaled.magnitude)
        let adjusted = digits.utf8.count - 1 - scale
        if scale >= 0, adjusted >= -6 {
            writeDecimal(unscaled, scale: scale, to: &output)
            return
        }
        if unscaled < 0 { output.write(byte: UInt8(ascii: "-")) }
        output.write(String(digits.prefix(1)))
        if digits.utf8.count > 1 { output.write("." + digits.dropFirst()) }
        output.write("E\(adjusted < 0 ? "" : "+")\(adjusted)")
    }

    /// Writes a DOUBLE as `Double.toString` of Java 17 does.
    package static func write(_ number: Double, to output: inout BytesBuilder) {
        if number.isNaN {
            output.write("NaN")
            return
        }
        if number.sign == .minus { output.write(byte: UInt8(ascii: "-")) }
        if number.isFinite {
            write(JavaDigits(number), to: &output)
        } else {
            output.write("Infinity")
        }
    }

    /// Writes a FLOAT as `Float.toString` of Java 17 does.
    package static func write(_ number: Float, to output: inout BytesBuilder) {
        guard number.isFinite else {
            write(Double(number), to: &output)
            return
        }
        if number.sign == .minus { output.write(byte: UInt8(ascii: "-")) }
        write(JavaDigits(number), to: &output)
    }

    /// Writes digits in Java's shape: plain from 10⁻³ up to 10⁷, else `1.0E10`.
    private static func write(_ number: JavaDigits, to output: inout BytesBuilder) {
        let zero = UInt8(ascii: "0")
        let point = number.pointPosition
        guard (-2...7).contains(point) else {
            write(number, before: 1, to: &output)
            output.write(byte: UInt8(ascii: "E"))
            write(point - 1, to: &output)
            return
        }
        if point > 0 {
            write(number, before: point, to: &output)
            return
        }
        output.write(byte: zero)
        output.write(byte: UInt8(ascii: "."))
        for _ in 0 ..< -point { output.write(byte: zero) }
        for index in 0..<number.count { output.write(byte: zero + number.digits[index]) }
    }

    /// Writes digits with some before the point and at least one behind it.
    private static func write(
        _ number: JavaDigits,
        before point: Int,
        to output: inout BytesBuilder
    ) {
        let zero = UInt8(ascii: "0")
        for index in 0..<point {
            output.write(byte: index < number.count ? zero + number.digits[index] : zero)
        }
        output.write(byte: UInt8(ascii: "."))
        if number.count <= point { output.write(byte: zero) }
        for index in min(point, number.count)..<number.count {
            output.write(byte: zero + number.digits[index])
        }
    }
}

/// Powers of ten for scaled integers.
@usableFromInline package enum DecimalMath {
    /// 10ⁿ for n from 0 to 38.
    package static func powerOfTen(_ exponent: Int) -> Int128 { powers[exponent] }

    private static let powers: [Int128] = {
        var powers: [Int128] = [1]
        for _ in 0..<38 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()
}
