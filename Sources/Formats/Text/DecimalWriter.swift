import Columnar

/// Writes decimals as Java's `BigDecimal.toString`: small fractions in scientific notation.
enum DecimalWriter {
    static func write(_ unscaled: Int128, scale: Int, to output: inout BytesBuilder) {
        let digits = String(unscaled.magnitude)
        let adjusted = digits.utf8.count - 1 - scale
        if scale >= 0, adjusted >= -6 {
            NumberText.writeDecimal(unscaled, scale: scale, to: &output)
            return
        }
        if unscaled < 0 { output.write(byte: UInt8(ascii: "-")) }
        output.write(String(digits.prefix(1)))
        if digits.utf8.count > 1 { output.write("." + digits.dropFirst()) }
        output.write("E\(adjusted < 0 ? "" : "+")\(adjusted)")
    }

    /// The same without final zeros, as `stripTrailingZeros` leaves it.
    static func writeStripped(_ unscaled: Int128, scale: Int, to output: inout BytesBuilder) {
        guard unscaled != 0 else {
            output.write("0")
            return
        }
        var value = unscaled
        var scale = scale
        while value % 10 == 0 {
            value /= 10
            scale -= 1
        }
        write(value, scale: scale, to: &output)
    }
}
