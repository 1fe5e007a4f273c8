/// Reads whole numbers as Java's `Long.parseLong` does, after trimming.
enum IntegerText {
    /// The number, or nil when the text is not a whole number of 64 bits.
    static func parse(_ text: Span<UInt8>) -> Int64? {
        let (lower, upper) = trimmed(text)
        guard lower < upper else { return nil }
        var index = lower
        let isNegative = text[index] == UInt8(ascii: "-")
        if isNegative || text[index] == UInt8(ascii: "+") { index += 1 }
        guard index < upper else { return nil }
        var value: Int64 = 0
        while index < upper {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            let (product, high) = value.multipliedReportingOverflow(by: 10)
            let (sum, low) =
                isNegative
                ? product.subtractingReportingOverflow(Int64(digit))
                : product.addingReportingOverflow(Int64(digit))
            if high || low { return nil }
            value = sum
            index += 1
        }
        return value
    }

    /// The range without bytes up to the space at both ends, as Java's `String.trim`.
    static func trimmed(_ text: Span<UInt8>) -> (lower: Int, upper: Int) {
        var lower = 0
        var upper = text.count
        while lower < upper, text[lower] <= 0x20 { lower += 1 }
        while upper > lower, text[upper - 1] <= 0x20 { upper -= 1 }
        return (lower, upper)
    }
}
