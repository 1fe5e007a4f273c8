import Columnar

/// Reads numbers from text the way Flink's `BinaryStringDataUtil` does.
enum NumberParser {
    /// Why a text is not an integer; the raw values are Flink's words.
    enum IntegerError: String, Error {
        case empty = "Input is empty."
        case onlySign = "Input has only positive or negative symbol."
        case invalid = "Invalid character found."
        case overflow = "Overflow."
    }

    /// The text without spaces around it.
    static func trimmedRange(_ text: Span<UInt8>) -> Range<Int> {
        var lower = 0
        var upper = text.count
        while lower < upper, text[lower] == UInt8(ascii: " ") { lower += 1 }
        while upper > lower, text[upper - 1] == UInt8(ascii: " ") { upper -= 1 }
        return lower..<upper
    }

    static func trimmedText(_ values: BytesValues, _ row: Int) -> String {
        let value = values[row]
        let range = trimmedRange(value)
        return String(decoding: values.array(row)[range], as: UTF8.self)
    }

    static func isBlank(_ text: Span<UInt8>) -> Bool {
        text.indices.allSatisfy { text[$0] <= UInt8(ascii: " ") }
    }

    /// An integer; digits behind a point are checked and dropped.
    static func integer<Number: FixedWidthInteger>(
        _ text: Span<UInt8>
    ) throws(IntegerError) -> Number {
        let range = trimmedRange(text)
        var index = range.lowerBound
        guard index < range.upperBound else { throw .empty }
        let isNegative = text[index] == UInt8(ascii: "-")
        if isNegative || text[index] == UInt8(ascii: "+") {
            index += 1
            if index == range.upperBound { throw .onlySign }
        }
        // Negative numbers reach further than positive ones.
        var result: Int64 = 0
        while index < range.upperBound, text[index] != UInt8(ascii: ".") {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { throw .invalid }
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            let (next, carry) = product.subtractingReportingOverflow(Int64(digit))
            if overflow || carry { throw .overflow }
            result = next
            index += 1
        }
        index += 1
        while index < range.upperBound {
            guard text[index] &- UInt8(ascii: "0") <= 9 else { throw .invalid }
            index += 1
        }
        if !isNegative {
            let (positive, overflow) = (0 as Int64).subtractingReportingOverflow(result)
            if overflow { throw .overflow }
            result = positive
        }
        guard let number = Number(exactly: result) else { throw .overflow }
        return number
    }

    static func boolean(_ text: Span<UInt8>) -> Bool? {
        let range = trimmedRange(text)
        guard range.count <= 5 else { return nil }
        let word = String(decoding: range.map { text[$0] | 0x20 }, as: UTF8.self)
        let digits = range.count == 1 ? text[range.lowerBound] : 0
        if digits == UInt8(ascii: "1") { return true }
        if digits == UInt8(ascii: "0") { return false }
        switch word {
        case "t", "true", "y", "yes": return true
        case "f", "false", "n", "no": return false
        default: return nil
        }
    }

    /// The text of a floating-point number in a form that Swift reads, if Java accepts it.
    static func realText(_ text: Span<UInt8>) -> String? {
        var lower = 0
        var upper = text.count
        while lower < upper, text[lower] <= UInt8(ascii: " ") { lower += 1 }
        while upper > lower, text[upper - 1] <= UInt8(ascii: " ") { upper -= 1 }
        guard lower < upper else { return nil }
        var bytes = (lower..<upper).map { text[$0] }
        let unsigned = bytes.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
        guard bytes.count - unsigned.count <= 1 else { return nil }
        let word = String(decoding: unsigned, as: UTF8.self)
        let sign = bytes[0] == UInt8(ascii: "-") ? "-" : ""
        if word == "NaN" { return "nan" }
        if word == "Infinity" { return sign + "inf" }
        guard let last = bytes.last else { return nil }
        let isHexadecimal = unsigned.count > 1 && unsigned[unsigned.startIndex + 1] | 0x20 == 0x78
        if last | 0x20 == UInt8(ascii: "f") || last | 0x20 == UInt8(ascii: "d") {
            bytes.removeLast()
        }
        if isHexadecimal {
            let text = String(decoding: bytes, as: UTF8.self)
            return text.contains(where: { $0 == "p" || $0 == "P" }) && Double(text) != nil
                ? text : nil
        }
        return isDecimalNumber(bytes) ? completed(bytes) : nil
    }

    /// `digits[.digits][e[sign]digits]` with a digit on one side of the point at least.
    private static func isDecimalNumber(_ bytes: [UInt8]) -> Bool {
        var index = 0
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            index = 1
        }
        var digits = 0
        var points = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: ".") {
                points += 1
            } else if bytes[index] &- UInt8(ascii: "0") <= 9 {
                digits += 1
            } else {
                break
            }
            index += 1
        }
        guard digits > 0, points <= 1 else { return false }
        if index == bytes.count { return true }
        guard bytes[index] | 0x20 == UInt8(ascii: "e") else { return false }
        index += 1
        if index < bytes.count,
            bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+")
        {
            index += 1
        }
        guard index < bytes.count else { return false }
        return bytes[index...].allSatisfy { $0 &- UInt8(ascii: "0") <= 9 }
    }

    /// Adds the zeros around a point that Swift wants and Java does not.
    private static func completed(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: ".") {
                let before = result.last.map { $0 &- UInt8(ascii: "0") <= 9 } ?? false
                if !before { result.append(UInt8(ascii: "0")) }
                result.append(byte)
                let next = index + 1 < bytes.count ? bytes[index + 1] : 0
                if next &- UInt8(ascii: "0") > 9 { result.append(UInt8(ascii: "0")) }
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// A decimal of the given shape, rounded half up; nil when it is none or has too many digits.
    static func decimal(_ text: Span<UInt8>, _ precision: Int, _ scale: Int) -> Int128? {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 }
        var lower = 0
        var upper = text.count
        while lower < upper, isSpace(text[lower]) { lower += 1 }
        while upper > lower, isSpace(text[upper - 1]) { upper -= 1 }
        let bytes = (lower..<upper).map { text[$0] }
        guard isDecimalNumber(bytes) else { return nil }
        return decimal(digitsOf: bytes, precision, scale)
    }

    private static func decimal(
        digitsOf bytes: [UInt8],
        _ precision: Int,
        _ scale: Int
    ) -> Int128? {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        var isNegative = false
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: "-") {
                isNegative = true
            } else if byte == UInt8(ascii: ".") {
                point = digits.count
            } else if byte | 0x20 == UInt8(ascii: "e") {
                let text = String(decoding: bytes[(index + 1)...], as: UTF8.self)
                exponent = Int(text) ?? (text.hasPrefix("-") ? -10_000 : 10_000)
                break
            } else if byte != UInt8(ascii: "+") {
                digits.append(byte &- UInt8(ascii: "0"))
            }
        }
        let leading = digits.prefix { $0 == 0 }.count
        // Short texts for short decimals: Flink counts zeros in front as digits.
        let fraction = digits.count - (point ?? digits.count)
        if precision <= 18, bytes.count <= 18,
            digits.count + exponent - fraction + scale > precision
        {
            return nil
        }
        let whole = max(-10_000, min(10_000, exponent)) + (point ?? digits.count) - leading
        digits.removeFirst(leading)
        if digits.isEmpty { return 0 }
        let kept = whole + scale
        if kept < 0 { return 0 }
        if kept > precision { return nil }
        var value: Int128 = 0
        for index in 0..<kept {
            value = value * 10 + Int128(index < digits.count ? digits[index] : 0)
        }
        if kept < digits.count, digits[kept] >= 5 { value += 1 }
        guard value < DecimalMath.powerOfTen(precision) else { return nil }
        return isNegative ? -value : value
    }
}
