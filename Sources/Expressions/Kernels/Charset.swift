import Columnar

/// The character sets of `ENCODE` and `DECODE`.
enum Charset {
    case ascii
    case latin1
    case utf8
    case utf16(isBigEndian: Bool, hasMark: Bool)

    init(named name: String) throws(RowFailure) {
        switch name.uppercased() {
        case "US-ASCII", "ASCII": self = .ascii
        case "ISO-8859-1", "LATIN1": self = .latin1
        case "UTF-8", "UTF8": self = .utf8
        case "UTF-16BE": self = .utf16(isBigEndian: true, hasMark: false)
        case "UTF-16LE": self = .utf16(isBigEndian: false, hasMark: false)
        case "UTF-16": self = .utf16(isBigEndian: true, hasMark: true)
        default: throw RowFailure("Unsupported character encoding: \(name)")
        }
    }

    func write(_ text: String, to output: inout BytesBuilder) {
        switch self {
        case .utf8: output.write(text)
        case .ascii: writeBytes(text, below: 0x80, to: &output)
        case .latin1: writeBytes(text, below: 0x100, to: &output)
        case .utf16(let isBigEndian, let hasMark):
            if hasMark { writeUnit(0xFEFF, isBigEndian, to: &output) }
            for unit in text.utf16 { writeUnit(unit, isBigEndian, to: &output) }
        }
    }

    private func writeBytes(_ text: String, below limit: UInt32, to output: inout BytesBuilder) {
        for scalar in text.unicodeScalars {
            let isKnown = scalar.value < limit
            output.write(byte: isKnown ? UInt8(scalar.value) : UInt8(ascii: "?"))
        }
    }

    private func writeUnit(_ unit: UInt16, _ isBigEndian: Bool, to output: inout BytesBuilder) {
        let high = UInt8(unit >> 8)
        let low = UInt8(unit & 0xFF)
        output.write(byte: isBigEndian ? high : low)
        output.write(byte: isBigEndian ? low : high)
    }

    func text(_ bytes: [UInt8]) -> String {
        switch self {
        case .utf8: return String(decoding: bytes, as: UTF8.self)
        case .ascii:
            return String(
                String.UnicodeScalarView(
                    bytes.map { $0 < 0x80 ? Unicode.Scalar($0) : "\u{FFFD}" }
                )
            )
        case .latin1: return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        case .utf16(let isBigEndian, let hasMark):
            var units: [UInt16] = []
            for index in stride(from: 0, to: bytes.count - 1, by: 2) {
                let first = UInt16(bytes[index])
                let second = UInt16(bytes[index + 1])
                units.append(isBigEndian ? first << 8 | second : second << 8 | first)
            }
            if hasMark, let mark = units.first, mark == 0xFEFF || mark == 0xFFFE {
                units.removeFirst()
                if mark == 0xFFFE { units = units.map(\.byteSwapped) }
            }
            return String(decoding: units, as: UTF16.self)
        }
    }
}
