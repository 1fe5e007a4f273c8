import Columnar

/// Writes decimals without final zeros.
enum DecimalWriter {
    /// The number as Java's `stripTrailingZeros` and `BigDecimal.toString` leave it.
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
        NumberText.writeBigDecimal(value, scale: scale, to: &output)
    }
}
