import Columnar

/// Upper and lower case, and capital initials.
enum CaseMapping {
    /// ASCII byte by byte; other text by Unicode's full mapping, as Java does.
    static func write(_ value: Span<UInt8>, toUpper: Bool, to output: inout BytesBuilder) {
        var isASCII: UInt8 = 0
        for index in value.indices { isASCII |= value[index] }
        if isASCII >= 0x80 {
            let text = String(decoding: value.copied, as: UTF8.self)
            output.write(toUpper ? text.uppercased() : text.lowercased())
            return
        }
        let first = UInt8(ascii: toUpper ? "a" : "A")
        for index in value.indices {
            let byte = value[index]
            output.write(byte: byte &- first < 26 ? byte ^ 0x20 : byte)
        }
    }

    /// Words of ASCII letters and digits start with a capital; other characters end a word.
    static func writeInitials(_ value: Span<UInt8>, to output: inout BytesBuilder) {
        var isStart = true
        for index in value.indices {
            var byte = value[index]
            let isUpper = byte &- UInt8(ascii: "A") < 26
            let isLower = byte &- UInt8(ascii: "a") < 26
            let isDigit = byte &- UInt8(ascii: "0") < 10
            if isStart {
                if isLower { byte ^= 0x20 }
                isStart = !(isUpper || isLower || isDigit)
            } else if isUpper {
                byte ^= 0x20
            } else {
                isStart = !(isLower || isDigit)
            }
            output.write(byte: byte)
        }
    }
}
