import Columnar

/// Text in JSON's quotation marks.
enum JSONText {
    private static let hexDigits = Array("0123456789ABCDEF".utf8)

    /// Appends a string with the escapes that Jackson writes: no more than JSON asks for.
    static func appendQuoted(_ text: Span<UInt8>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for index in text.indices {
            let byte = text[index]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                output.append(byte)
            } else {
                appendEscape(byte, to: &output)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Writes a string with the escapes that Jackson writes.
    static func writeQuoted(_ text: Span<UInt8>, to output: inout BytesBuilder) {
        output.write(byte: UInt8(ascii: "\""))
        var start = 0
        for index in text.indices {
            let byte = text[index]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { continue }
            output.write(text.extracting(start..<index))
            var escape: [UInt8] = []
            appendEscape(byte, to: &escape)
            output.write(escape.span)
            start = index + 1
        }
        output.write(text.extracting(start...))
        output.write(byte: UInt8(ascii: "\""))
    }

    private static func appendEscape(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: output.append(UInt8(ascii: "b"))
        case 0x09: output.append(UInt8(ascii: "t"))
        case 0x0A: output.append(UInt8(ascii: "n"))
        case 0x0C: output.append(UInt8(ascii: "f"))
        case 0x0D: output.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
        default:
            output += Array("u00".utf8)
            output.append(hexDigits[Int(byte >> 4)])
            output.append(hexDigits[Int(byte & 15)])
        }
    }
}
