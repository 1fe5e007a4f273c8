/// Which characters words consist of, by Calcite's lists.
extension Lexer {
    /// The length in bytes of the letter at the present offset, or 0.
    func letterLength() -> Int {
        guard offset < end else { return 0 }
        let byte = bytes[offset]
        if byte < 0x80 {
            let isLetter = byte.uppercased &- UInt8(ascii: "A") < 26
            return isLetter || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$") ? 1 : 0
        }
        guard let (value, length) = scalar() else { return 0 }
        return Lexer.isLetter(value) ? length : 0
    }

    /// The length in bytes of the digit at the present offset, or 0.
    func digitLength() -> Int {
        guard offset < end else { return 0 }
        let byte = bytes[offset]
        if byte < 0x80 { return byte.isDigit ? 1 : 0 }
        guard let (value, length) = scalar() else { return 0 }
        return Lexer.isDigit(value) ? length : 0
    }

    /// The character at the present offset and its length; the bytes are well-formed UTF-8.
    private func scalar() -> (value: UInt32, length: Int)? {
        let lead = bytes[offset]
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        guard lead >= 0xC0, offset + length <= end else { return nil }
        var value = UInt32(lead) & (0xFF >> UInt32(length + 1))
        for index in 1..<length {
            value = value << 6 | UInt32(bytes[offset + index] & 0x3F)
        }
        return (value, length)
    }

    private static func isLetter(_ value: UInt32) -> Bool {
        switch value {
        case 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x1FFF, 0x3040...0x318F, 0x3300...0x337F: true
        case 0x3400...0x3D2D, 0x4E00...0x9FFF, 0xF900...0xFAFF: true
        default: false
        }
    }

    /// The digits of scripts other than Latin; most of them are letters as well.
    private static func isDigit(_ value: UInt32) -> Bool {
        switch value {
        case 0x660...0x669, 0x6F0...0x6F9, 0x966...0x96F, 0x9E6...0x9EF, 0xA66...0xA6F: true
        case 0xAE6...0xAEF, 0xB66...0xB6F, 0xBE7...0xBEF, 0xC66...0xC6F, 0xCE6...0xCEF: true
        case 0xD66...0xD6F, 0xE50...0xE59, 0xED0...0xED9, 0x1040...0x1049: true
        default: false
        }
    }
}
