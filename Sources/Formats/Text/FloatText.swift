/// Reads floating-point numbers as Java's `Double.parseDouble` does.
enum FloatText {
    /// The nearest DOUBLE, or nil when the text is not a number.
    static func double(_ text: Span<UInt8>) -> Double? {
        guard let number = javaNumber(text) else { return nil }
        return Double(number)
    }

    /// The nearest FLOAT, or nil when the text is not a number.
    static func float(_ text: Span<UInt8>) -> Float? {
        guard let number = javaNumber(text) else { return nil }
        return Float(number)
    }

    /// The text in a form that Swift reads, once it is known that Java would read it.
    private static func javaNumber(_ text: Span<UInt8>) -> String? {
        let (lower, upper) = IntegerText.trimmed(text)
        guard lower < upper else { return nil }
        var characters: [UInt8] = []
        for index in lower..<upper { characters.append(text[index]) }
        var number = String(decoding: characters, as: UTF8.self)
        switch number {
        case "NaN", "+NaN", "-NaN": return "nan"
        case "Infinity", "+Infinity": return "inf"
        case "-Infinity": return "-inf"
        default: break
        }
        if let last = characters.last, [0x64, 0x66, 0x44, 0x46].contains(last) {
            characters.removeLast()
            number.removeLast()
        }
        return DecimalText.isNumber(characters.span) ? number : nil
    }
}
