import Columnar

/// Numbers as Jackson writes them once it has read them into a tree.
enum NumberNormalization {
    /// Appends the text of a JSON number.
    ///
    /// - Parameters:
    ///   - text: the number as it stands in the record.
    ///   - token: `.integer` or `.float`.
    ///   - asDecimal: whether fractions are read as exact decimals, as Flink does in tables with
    ///     a DECIMAL column; else they are DOUBLE.
    ///   - output: where it goes.
    static func append(
        _ text: Span<UInt8>,
        _ token: JSONToken,
        asDecimal: Bool,
        to output: inout [UInt8]
    ) {
        if token == .integer {
            let isZero = text.count == 2 && text[1] == UInt8(ascii: "0")
            for index in (isZero ? 1 : 0)..<text.count { output.append(text[index]) }
        } else if asDecimal {
            appendDecimal(text, to: &output)
        } else if let number = FloatText.double(text) {
            var builder = BytesBuilder(reserving: 1, bytes: 32)
            NumberText.write(number, to: &builder)
            builder.endValue()
            let bytes = builder.finish()
            for index in 0..<bytes.length(0) { output.append(bytes[0][index]) }
        }
    }

    /// `BigDecimal.stripTrailingZeros().toString()`.
    private static func appendDecimal(_ text: Span<UInt8>, to output: inout [UInt8]) {
        var digits: [UInt8] = []
        var scale = 0
        var exponent = 0
        var isFraction = false
        for index in text.indices {
            let byte = text[index]
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else if byte | 0x20 == UInt8(ascii: "e") {
                exponent = Int(IntegerText.parse(text.extracting((index + 1)...)) ?? 0)
                break
            } else if byte &- 0x30 <= 9 {
                if isFraction { scale += 1 }
                if !digits.isEmpty || byte != 0x30 { digits.append(byte) }
            }
        }
        scale -= exponent
        while let last = digits.last, last == 0x30 {
            digits.removeLast()
            scale -= 1
        }
        guard !digits.isEmpty else {
            output.append(0x30)
            return
        }
        if text[0] == UInt8(ascii: "-") { output.append(text[0]) }
        append(digits, scale: scale, to: &output)
    }

    /// `BigDecimal.toString` of digits without leading zeros.
    private static func append(_ digits: [UInt8], scale: Int, to output: inout [UInt8]) {
        let adjusted = digits.count - 1 - scale
        if scale >= 0, adjusted >= -6 {
            let point = digits.count - scale
            if point <= 0 {
                output += Array("0.".utf8)
                output += [UInt8](repeating: 0x30, count: -point) + digits
            } else {
                output += digits[..<point]
                if scale > 0 { output += [UInt8(ascii: ".")] + digits[point...] }
            }
            return
        }
        output.append(digits[0])
        if digits.count > 1 { output += [UInt8(ascii: ".")] + digits[1...] }
        output += Array("E\(adjusted < 0 ? "" : "+")\(adjusted)".utf8)
    }
}
