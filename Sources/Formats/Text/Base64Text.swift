/// Base 64 (RFC 4648): what JSON has for bytes.
enum Base64Text {
    /// The value of each character; 255 for others.
    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (index, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(index) }
        table[Int(UInt8(ascii: "-"))] = 62
        table[Int(UInt8(ascii: "_"))] = 63
        return table
    }()

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    /// The six bits of a character; more than 63 for others.
    @inline(always)
    static func value(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte &- 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte &- 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte &+ 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: 255
        }
    }

    /// The bytes, or nil when the text is not base 64.
    ///
    /// The URL alphabet is read, too; spaces and line ends are skipped. The padding must be there
    /// unless `isPadded` is false.
    static func decode(_ text: Span<UInt8>, isPadded: Bool = true) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 3)
        var pending: UInt32 = 0
        var count = 0
        var padding = 0
        for index in text.indices {
            let byte = text[index]
            if byte <= 0x20 { continue }
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            let value = values[Int(byte)]
            guard value < 64, padding == 0 else { return nil }
            pending = pending << 6 | UInt32(value)
            count += 1
            if count & 3 == 0 {
                bytes.append(UInt8(truncatingIfNeeded: pending >> 16))
                bytes.append(UInt8(truncatingIfNeeded: pending >> 8))
                bytes.append(UInt8(truncatingIfNeeded: pending))
            }
        }
        switch count & 3 {
        case 0: return padding == 0 ? bytes : nil
        case 2 where padding == 2 || (padding == 0 && !isPadded):
            bytes.append(UInt8(truncatingIfNeeded: pending >> 4))
            return bytes
        case 3 where padding == 1 || (padding == 0 && !isPadded):
            bytes.append(UInt8(truncatingIfNeeded: pending >> 10))
            bytes.append(UInt8(truncatingIfNeeded: pending >> 2))
            return bytes
        default: return nil
        }
    }

    /// The bytes as text with padding.
    static func encode(_ bytes: Span<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let rest = min(3, bytes.count - index)
            var word = UInt32(bytes[index]) << 16
            if rest > 1 { word |= UInt32(bytes[index + 1]) << 8 }
            if rest > 2 { word |= UInt32(bytes[index + 2]) }
            for position in 0..<4 {
                let digit = Int(word >> UInt32(18 - 6 * position)) & 63
                text.append(position <= rest ? alphabet[digit] : UInt8(ascii: "="))
            }
            index += 3
        }
        return text
    }
}
