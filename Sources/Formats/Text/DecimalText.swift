import Columnar

/// Reads decimal numbers as Java's `BigDecimal` does and fits them into a DECIMAL type.
enum DecimalText {
    /// What a text is as a DECIMAL(p, s).
    enum Outcome: Equatable {
        /// The scaled integer, rounded half up to the scale.
        case value(Int128)
        /// More digits before the point than the type has: NULL, as in Flink.
        case overflow
        case malformed
    }

    /// The parts of a number in decimal notation.
    private struct Parts {
        var isNegative = false
        /// Where the digits are; a point may be among them.
        var lower = 0
        var upper = 0
        /// The digits before the point, or all.
        var wholeDigits = 0
        var exponent = 0
    }

    /// Reads a whole text; no spaces are allowed.
    static func parse(_ text: Span<UInt8>, precision: Int, scale: Int) -> Outcome {
        guard let parts = split(text) else { return .malformed }
        var index = parts.lower
        var position = 0
        while index < parts.upper, text[index] == 0x30 || text[index] == 0x2E {
            if text[index] == 0x30 { position += 1 }
            index += 1
        }
        guard index < parts.upper else { return .value(0) }
        // Digits from here to the last one that the scale keeps.
        let kept = parts.wholeDigits - position + parts.exponent + scale
        if kept > precision { return .overflow }
        if kept < 0 { return .value(0) }
        var value: Int128 = 0
        var taken = 0
        var roundsUp = false
        while index < parts.upper, taken <= kept {
            let byte = text[index]
            index += 1
            guard byte != UInt8(ascii: ".") else { continue }
            let digit = byte - UInt8(ascii: "0")
            if taken == kept { roundsUp = digit >= 5 } else { value = value * 10 + Int128(digit) }
            taken += 1
        }
        if taken < kept { value *= DecimalMath.powerOfTen(kept - taken) }
        if roundsUp { value += 1 }
        if value >= DecimalMath.powerOfTen(precision) { return .overflow }
        return .value(parts.isNegative ? -value : value)
    }

    /// Whether the text is a number in decimal notation.
    static func isNumber(_ text: Span<UInt8>) -> Bool { split(text) != nil }

    private static func split(_ text: Span<UInt8>) -> Parts? {
        var parts = Parts()
        var index = 0
        if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")
        {
            parts.isNegative = text[index] == UInt8(ascii: "-")
            index += 1
        }
        parts.lower = index
        var digits = 0
        var hasPoint = false
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
                parts.wholeDigits = digits
            } else if byte &- 0x30 <= 9 {
                digits += 1
            } else {
                break
            }
            index += 1
        }
        parts.upper = index
        if !hasPoint { parts.wholeDigits = digits }
        guard digits > 0 else { return nil }
        if index == text.count { return parts }
        guard text[index] | 0x20 == UInt8(ascii: "e"),
            let exponent = IntegerText.parse(text.extracting((index + 1)...)),
            index + 1 < text.count, text[index + 1] > 0x20, text[text.count - 1] > 0x20
        else { return nil }
        // Beyond this every number is zero or too large for any DECIMAL.
        parts.exponent = Int(max(-1_000_000, min(1_000_000, exponent)))
        return parts
    }

    /// Fits a scaled integer of one scale into a DECIMAL(p, s), rounding half up.
    static func rescale(
        _ unscaled: Int128,
        from sourceScale: Int,
        precision: Int,
        scale: Int
    ) -> Outcome {
        let steps = scale - sourceScale
        var value = unscaled
        if steps > 0 {
            guard steps <= 38 else { return value == 0 ? .value(0) : .overflow }
            let (product, overflow) = value.multipliedReportingOverflow(
                by: DecimalMath.powerOfTen(steps)
            )
            if overflow { return .overflow }
            value = product
        } else if steps < 0 {
            guard steps >= -38 else { return .value(0) }
            let divisor = DecimalMath.powerOfTen(-steps)
            let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
            let rounds = rest.magnitude >= divisor.magnitude - rest.magnitude
            value = rounds ? quotient + (unscaled < 0 ? -1 : 1) : quotient
        }
        return value.magnitude < DecimalMath.powerOfTen(precision).magnitude
            ? .value(value) : .overflow
    }
}
