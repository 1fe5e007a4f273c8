/// Reads the server's text forms of numbers, byte by byte, without a `String`.
enum TextScan {
    @inline(__always)
    static func digit(_ byte: UInt8) -> UInt8? {
        let value = byte &- UInt8(ascii: "0")
        return value < 10 ? value : nil
    }

    /// A whole number with an optional sign; nil when it is none or does not fit.
    static func integer(_ text: Span<UInt8>) -> Int64? {
        var index = 0
        guard text.count > 0 else { return nil }
        let isNegative = text[0] == UInt8(ascii: "-")
        if isNegative || text[0] == UInt8(ascii: "+") { index = 1 }
        guard index < text.count, text.count &- index < 20 else { return nil }
        var value: UInt64 = 0
        var isValid = true
        while index < text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            isValid = isValid && digit < 10
            value = value &* 10 &+ UInt64(digit)
            index &+= 1
        }
        guard isValid else { return nil }
        if isNegative {
            return value <= 1 &<< 63 ? Int64(truncatingIfNeeded: 0 &- value) : nil
        }
        return value < 1 &<< 63 ? Int64(truncatingIfNeeded: value) : nil
    }

    /// A number of exactly `count` digits at a position.
    @inline(__always)
    static func digits(_ text: Span<UInt8>, at start: Int, count: Int) -> Int? {
        guard start >= 0, start &+ count <= text.count else { return nil }
        var value = 0
        for index in start..<start &+ count {
            guard let digit = digit(text[index]) else { return nil }
            value = value &* 10 &+ Int(digit)
        }
        return value
    }

    /// Whether the text is exactly the given ASCII word.
    static func equals(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
        guard text.count == word.utf8CodeUnitCount else { return false }
        return hasPrefix(text, word)
    }

    /// Whether the text begins with the given ASCII word.
    static func hasPrefix(_ text: Span<UInt8>, _ word: StaticString) -> Bool {
        let letters = word.description.utf8
        guard text.count >= letters.count else { return false }
        var index = 0
        for letter in letters {
            if text[index] != letter { return false }
            index &+= 1
        }
        return true
    }

    /// The bytes as a `String`; for cold code.
    static func string(_ text: Span<UInt8>) -> String {
        String(decoding: text.indices.map { text[$0] }, as: UTF8.self)
    }

    /// A floating-point number in the server's shortest form.
    static func double(_ text: Span<UInt8>) -> Double? {
        var mantissa: UInt64 = 0
        var digits = 0
        var exponent = 0
        var index = 0
        guard text.count > 0 else { return nil }
        let isNegative = text[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        var isBehindPoint = false
        while index < text.count {
            let byte = text[index]
            if let digit = digit(byte) {
                mantissa = mantissa &* 10 &+ UInt64(digit)
                digits &+= mantissa == 0 ? 0 : 1
                if isBehindPoint { exponent &-= 1 }
            } else if byte == UInt8(ascii: "."), !isBehindPoint {
                isBehindPoint = true
            } else {
                break
            }
            index &+= 1
        }
        // Exact when mantissa and power of ten are doubles without rounding (Clinger).
        if index == text.count, digits <= 15, exponent >= -22, index > (isNegative ? 1 : 0) {
            let value = Double(mantissa) / exactPowers[-exponent]
            return isNegative ? -value : value
        }
        return slowDouble(text)
    }

    private static func slowDouble(_ text: Span<UInt8>) -> Double? {
        if equals(text, "Infinity") { return .infinity }
        if equals(text, "-Infinity") { return -.infinity }
        if equals(text, "NaN") { return .nan }
        return Double(string(text))
    }

    private static let exactPowers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]
}

/// A number with a point as a scaled integer.
enum DecimalScan {
    enum Outcome {
        case value(Int128)
        /// More digits in front of the point than the type has.
        case tooLarge
        case notFinite
        case malformed
    }

    /// Reads plain decimal text, rounding half up to `scale` digits behind the point.
    static func scaled(_ text: Span<UInt8>, scale: Int, limit: UInt128) -> Outcome {
        var index = 0
        guard text.count > 0 else { return .malformed }
        let isNegative = text[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        guard index < text.count else { return .malformed }
        if TextScan.digit(text[index]) == nil, text[index] != UInt8(ascii: ".") {
            return isSpecial(text) ? .notFinite : .malformed
        }
        var value: UInt128 = 0
        var remaining = scale
        var isBehindPoint = false
        var roundsUp = false
        while index < text.count {
            let byte = text[index]
            index &+= 1
            if byte == UInt8(ascii: ".") {
                if isBehindPoint { return .malformed }
                isBehindPoint = true
                continue
            }
            guard let digit = TextScan.digit(byte) else { return .malformed }
            if isBehindPoint {
                if remaining <= 0 {
                    if remaining == 0 { roundsUp = digit >= 5 }
                    remaining = -1
                    continue
                }
                remaining &-= 1
            }
            if value > ceiling { return .tooLarge }
            value = value &* 10 &+ UInt128(digit)
        }
        while remaining > 0 {
            if value > ceiling { return .tooLarge }
            value = value &* 10
            remaining &-= 1
        }
        if roundsUp { value &+= 1 }
        if value >= limit { return .tooLarge }
        let signed = Int128(truncatingIfNeeded: value)
        return .value(isNegative ? 0 &- signed : signed)
    }

    /// Above this another digit could overflow 127 bits.
    private static let ceiling: UInt128 = UInt128(Int128.max) / 10 - 1

    private static func isSpecial(_ text: Span<UInt8>) -> Bool {
        TextScan.equals(text, "NaN") || TextScan.equals(text, "Infinity")
            || TextScan.equals(text, "-Infinity")
    }
}
