/// Percent-encoding as Signature Version 4 wants it: every byte but the unreserved ones.
package enum PercentEncoding {
    /// A path, whose slashes stay.
    package static func path(_ text: String) -> String { encode(text, keepsSlash: true) }

    /// A name or a value of a query or a form.
    package static func component(_ text: String) -> String { encode(text, keepsSlash: false) }

    private static func encode(_ text: String, keepsSlash: Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isUnreserved(byte) || (keepsSlash && byte == UInt8(ascii: "/")) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(HexText.digit(byte >> 4, upper: true))
                bytes.append(HexText.digit(byte & 15, upper: true))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// The text of a key in a listing of `encoding-type=url`, where `+` is a space.
    ///
    /// - Returns: nil when it is not so encoded.
    package static func decode(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"):
                bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(HexText.value),
                    let low = rest.popFirst().flatMap(HexText.value)
                else { return nil }
                bytes.append(high << 4 | low)
            default:
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

/// Hexadecimal digits.
enum HexText {
    static func digit(_ value: UInt8, upper: Bool = false) -> UInt8 {
        value < 10
            ? UInt8(ascii: "0") + value
            : (upper ? UInt8(ascii: "A") : UInt8(ascii: "a")) + value - 10
    }

    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The bytes as lower-case digits.
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var digits: [UInt8] = []
        for byte in bytes {
            digits.append(digit(byte >> 4))
            digits.append(digit(byte & 15))
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
