import CTextScan

/// Backslash escapes of JSON strings, both ways.
enum JSONEscapes {
    /// Whether bytes are well-formed UTF-8.
    static func isUTF8(_ text: Span<UInt8>) -> Bool {
        unsafe text.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return true }
            return unsafe apus_is_utf8(base, buffer.count)
        }
    }

    static func hexValue(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) - 0x30
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte) - 0x57
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte) - 0x37
        default: nil
        }
    }

    /// Appends the content of a string whose escapes are known to be well-formed.
    static func append(_ text: Span<UInt8>, hasEscapes: Bool, to output: inout [UInt8]) {
        let first = output.count
        output.append(contentsOf: repeatElement(0, count: text.count))
        let length = unsafe output.withUnsafeMutableBufferPointer { target in
            unsafe text.withUnsafeBufferPointer { source -> Int in
                guard let from = source.baseAddress, let to = target.baseAddress else { return 0 }
                if hasEscapes { return unsafe unescape(from, from + source.count, to + first) }
                unsafe (to + first).update(from: from, count: source.count)
                return source.count
            }
        }
        output.removeLast(text.count - length)
    }

    /// Writes the content of a string whose escapes are known to be well-formed.
    ///
    /// - Returns: the number of bytes written, never more than there are to read.
    static func unescape(
        _ text: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>,
        _ target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var from = unsafe text
        var to = unsafe target
        while unsafe from < end {
            if unsafe from[0] != UInt8(ascii: "\\") {
                unsafe to[0] = unsafe from[0]
                unsafe from += 1
                unsafe to += 1
                continue
            }
            switch unsafe from[1] {
            case UInt8(ascii: "u"):
                let (scalar, length) = unsafe unicodeEscape(from, end)
                unsafe to += encode(scalar, to)
                unsafe from += length
                continue
            case UInt8(ascii: "b"): unsafe to[0] = 0x08
            case UInt8(ascii: "f"): unsafe to[0] = 0x0C
            case UInt8(ascii: "n"): unsafe to[0] = 0x0A
            case UInt8(ascii: "r"): unsafe to[0] = 0x0D
            case UInt8(ascii: "t"): unsafe to[0] = 0x09
            case let byte: unsafe to[0] = byte
            }
            unsafe from += 2
            unsafe to += 1
        }
        return unsafe to - target
    }

    /// The scalar of `\uHHHH`, or of a pair of them, and the length of the escape.
    ///
    /// Half of a pair alone becomes a question mark, as Java encodes it.
    private static func unicodeEscape(
        _ text: UnsafePointer<UInt8>,
        _ end: UnsafePointer<UInt8>
    ) -> (scalar: UInt32, length: Int) {
        let first = unsafe hex(text + 2)
        guard first & 0xF800 == 0xD800 else { return (first, 6) }
        guard first < 0xDC00, unsafe end - text >= 12, unsafe text[6] == UInt8(ascii: "\\"),
            unsafe text[7] == UInt8(ascii: "u")
        else { return (UInt32(UInt8(ascii: "?")), 6) }
        let second = unsafe hex(text + 8)
        guard second & 0xFC00 == 0xDC00 else { return (UInt32(UInt8(ascii: "?")), 6) }
        return (0x10000 + (first - 0xD800) << 10 + (second - 0xDC00), 12)
    }

    private static func hex(_ text: UnsafePointer<UInt8>) -> UInt32 {
        (0..<4).reduce(0) { unsafe $0 << 4 | (hexValue(text[$1]) ?? 0) }
    }

    private static func encode(_ scalar: UInt32, _ to: UnsafeMutablePointer<UInt8>) -> Int {
        switch scalar {
        case ..<0x80:
            unsafe to[0] = UInt8(scalar)
            return 1
        case ..<0x800:
            unsafe to[0] = UInt8(0xC0 | scalar >> 6)
            unsafe to[1] = UInt8(0x80 | scalar & 0x3F)
            return 2
        case ..<0x10000:
            unsafe to[0] = UInt8(0xE0 | scalar >> 12)
            unsafe to[1] = UInt8(0x80 | scalar >> 6 & 0x3F)
            unsafe to[2] = UInt8(0x80 | scalar & 0x3F)
            return 3
        default:
            unsafe to[0] = UInt8(0xF0 | scalar >> 18)
            unsafe to[1] = UInt8(0x80 | scalar >> 12 & 0x3F)
            unsafe to[2] = UInt8(0x80 | scalar >> 6 & 0x3F)
            unsafe to[3] = UInt8(0x80 | scalar & 0x3F)
            return 4
        }
    }
}
