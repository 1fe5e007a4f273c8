/// What the texts of strings and quoted names stand for.
enum StringText {
    /// The bytes of a token without the quote at its end and `quotes` bytes at its beginning.
    static func content(of bytes: [UInt8], in token: Range<Int>, quotes: Int) -> ArraySlice<UInt8> {
        let start = min(token.lowerBound + quotes, token.upperBound - 1)
        return bytes[start..<(token.upperBound - 1)]
    }

    /// The text with doubled quotes made single.
    static func unquoted(_ content: ArraySlice<UInt8>, quote: UInt8) -> String {
        guard content.contains(quote) else { return String(decoding: content, as: UTF8.self) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.count)
        var skip = false
        for byte in content {
            if skip {
                skip = false
                continue
            }
            bytes.append(byte)
            skip = byte == quote
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Resolves `\0041` and `\+010041`; nil if an escape is malformed.
    static func unescapedUnicode(_ text: String, escape: Character) -> String? {
        guard text.contains(escape) else { return text }
        let characters = Array(text)
        var units: [UInt16] = []
        var index = 0
        while index < characters.count {
            let character = characters[index]
            index += 1
            guard character == escape else {
                units += Array(String(character).utf16)
                continue
            }
            guard index < characters.count else { return nil }
            if characters[index] == escape {
                units += Array(String(escape).utf16)
                index += 1
                continue
            }
            let isLong = characters[index] == "+"
            let digits = isLong ? 6 : 4
            let start = isLong ? index + 1 : index
            guard let value = hexadecimal(characters, start..<(start + digits)) else { return nil }
            index = start + digits
            if value < 0x1_0000 {
                units.append(UInt16(value))
            } else {
                guard let scalar = Unicode.Scalar(value) else { return nil }
                units += Array(String(scalar).utf16)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// The text of `E'…'`: `\n`, `\x41`, `\u0041`, `\101` and `\'`; nil if an escape is malformed.
    static func unescapedC(_ content: ArraySlice<UInt8>) -> String? {
        let characters = Array(unquotedC(content))
        var text = String.UnicodeScalarView()
        var index = 0
        while index < characters.count {
            let character = characters[index]
            index += 1
            guard character == "\\", index < characters.count else {
                text.append(contentsOf: character.unicodeScalars)
                continue
            }
            let kind = characters[index]
            index += 1
            if let control = controls[kind] {
                text.append(control)
            } else if let (digits, radix) = numericEscape(kind) {
                let start = radix == 8 ? index - 1 : index
                var end = start
                while end < min(start + digits, characters.count),
                    characters[end].isASCII, UInt32(String(characters[end]), radix: radix) != nil
                {
                    end += 1
                }
                let isComplete = kind == "u" || kind == "U" ? end - start == digits : end > start
                guard isComplete,
                    let value = UInt32(String(characters[start..<end]), radix: radix),
                    let scalar = Unicode.Scalar(value)
                else { return nil }
                text.append(scalar)
                index = end
            } else {
                text.append(contentsOf: kind.unicodeScalars)
            }
        }
        return String(text)
    }

    /// Doubled quotes made single, but not one that a backslash escapes.
    private static func unquotedC(_ content: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var index = content.startIndex
        while index < content.endIndex {
            bytes.append(content[index])
            if content[index] == .backslash, index + 1 < content.endIndex {
                bytes.append(content[index + 1])
                index += 1
            } else if content[index] == .singleQuote {
                index += 1
            }
            index += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let controls: [Character: Unicode.Scalar] = [
        "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t",
    ]

    /// How many digits follow, and of which base.
    private static func numericEscape(_ kind: Character) -> (digits: Int, radix: Int)? {
        switch kind {
        case "x": (2, 16)
        case "u": (4, 16)
        case "U": (8, 16)
        case "0"..."7": (3, 8)
        default: nil
        }
    }

    /// The bytes of `X'…'`; nil unless it is pairs of hexadecimal digits.
    static func binary(_ content: ArraySlice<UInt8>) -> [UInt8]? {
        guard content.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.count / 2)
        var high: UInt32?
        for byte in content {
            guard let digit = byte.hexValue else { return nil }
            if let first = high {
                bytes.append(UInt8(first << 4 | digit))
                high = nil
            } else {
                high = digit
            }
        }
        return bytes
    }

    private static func hexadecimal(_ characters: [Character], _ range: Range<Int>) -> UInt32? {
        guard range.upperBound <= characters.count else { return nil }
        var value: UInt32 = 0
        for character in characters[range] {
            guard let byte = character.asciiValue, let digit = byte.hexValue else { return nil }
            value = value << 4 | digit
        }
        return value
    }
}
