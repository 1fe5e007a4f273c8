/// Numbers as text, digit by digit into a byte buffer (FAST_SWIFT rule 20).
package enum NumberText {
    /// Writes a decimal integer.
    package static func write<Number: FixedWidthInteger & SignedInteger>(
        _ number: Number,
        to output: inout BytesBuilder
    ) {
        if number < 0 { output.write(byte: UInt8(ascii: "-")) }
        writeDigits(number.magnitude, minimum: 1, to: &output)
    }

    /// Writes at least `minimum` digits, with zeros in front.
    package static func writeDigits<Number: FixedWidthInteger & UnsignedInteger>(
        _ number: Number,
        minimum: Int,
        to output: inout BytesBuilder
    ) {
        var digits = InlineArray<40, UInt8>(repeating: UInt8(ascii: "0"))
        var position = 40
        var rest = number
        while rest > 0 {
            position -= 1
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            digits[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
        position = min(position, 40 - minimum)
        for index in position..<40 { output.write(byte: digits[index]) }
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

    /// Writes the shortest text that reads back equal, in the shape of Java's `Double.toString`.
    package static func write(_ number: Double, to output: inout BytesBuilder) {
        output.write(javaText(number.description, isFinite: number.isFinite))
    }

    /// Writes the shortest text that reads back equal, in the shape of Java's `Float.toString`.
    package static func write(_ number: Float, to output: inout BytesBuilder) {
        output.write(javaText(number.description, isFinite: number.isFinite))
    }

    /// Swift's shortest digits in Java's shape: plain from 10⁻³ up to 10⁷, else `1.0E10`.
    private static func javaText(_ swiftText: String, isFinite: Bool) -> String {
        guard isFinite else {
            switch swiftText {
            case "inf": return "Infinity"
            case "-inf": return "-Infinity"
            default: return "NaN"
            }
        }
        let (sign, digits, exponent) = scientific(swiftText)
        guard let first = digits.first, digits != "0" else { return "\(sign)0.0" }
        if exponent >= -3, exponent < 7 {
            return sign + plain(digits, exponent)
        }
        let rest = digits.dropFirst()
        return "\(sign)\(first).\(rest.isEmpty ? "0" : String(rest))E\(exponent)"
    }

    /// Sign, significant digits and the decimal exponent of the first one.
    private static func scientific(_ text: String) -> (String, String, Int) {
        let isNegative = text.first == "-"
        let parts = text.drop { $0 == "-" }.split(separator: "e")
        let mantissa = parts.first ?? "0"
        let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let whole = halves.first.map(String.init) ?? ""
        let fraction = halves.count > 1 ? String(halves[1]) : ""
        var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.count - 1
        var digits = whole + fraction
        while digits.count > 1, digits.first == "0" {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return (isNegative ? "-" : "", digits, exponent)
    }

    private static func plain(_ digits: String, _ exponent: Int) -> String {
        if exponent < 0 {
            return "0." + String(repeating: "0", count: -exponent - 1) + digits
        }
        let whole = digits.prefix(exponent + 1)
        let fraction = digits.dropFirst(exponent + 1)
        let zeros = String(repeating: "0", count: max(0, exponent + 1 - whole.count))
        return "\(whole)\(zeros).\(fraction.isEmpty ? "0" : String(fraction))"
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
