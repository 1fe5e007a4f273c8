import Columnar

/// Base64 with padding, RFC 4648 section 4, as Java's basic encoder.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )

    static func write(_ value: Span<UInt8>, to output: inout BytesBuilder) {
        var index = 0
        while index < value.count {
            let count = min(3, value.count - index)
            var group: UInt32 = 0
            for offset in 0..<3 {
                group = group << 8 | (offset < count ? UInt32(value[index + offset]) : 0)
            }
            for digit in 0..<4 {
                let isFill = digit > count
                let code = Int(group >> UInt32(18 - 6 * digit)) & 63
                output.write(byte: isFill ? UInt8(ascii: "=") : alphabet[code])
            }
            index += 3
        }
    }

    /// The bytes of a text; fails with Java's words.
    static func parse(_ text: [UInt8]) throws(RowFailure) -> [UInt8] {
        var digits = text[...]
        if digits.last == UInt8(ascii: "=") { digits.removeLast() }
        if digits.last == UInt8(ascii: "="), text.count >= 2 { digits.removeLast() }
        if digits.count != text.count, text.count % 4 != 0 {
            throw RowFailure("Input byte array has wrong 4-byte ending unit")
        }
        if digits.count % 4 == 1 {
            throw RowFailure("Last unit does not have enough valid bits")
        }
        var result: [UInt8] = []
        var group: UInt32 = 0
        var bits = 0
        for byte in digits {
            guard let code = code(byte) else {
                throw RowFailure("Illegal base64 character \(String(byte, radix: 16))")
            }
            group = group << 6 | UInt32(code)
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
            }
        }
        return result
    }

    private static func code(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
