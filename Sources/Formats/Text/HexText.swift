/// Bytes as pairs of hexadecimal digits.
enum HexText {
    /// The bytes, or nil when the text is not hexadecimal.
    static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: text.count, by: 2) {
            guard let high = JSONEscapes.hexValue(text[index]),
                let low = JSONEscapes.hexValue(text[index + 1])
            else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return bytes
    }
}
