/// The bytes that the lexer and the line counting know by name.
extension UInt8 {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let singleQuote = UInt8(ascii: "'")
    static let doubleQuote = UInt8(ascii: "\"")
    static let backQuote = UInt8(ascii: "`")
    static let backslash = UInt8(ascii: "\\")

    /// Whether the byte ends a line.
    var isLineEnd: Bool { self == .lineFeed || self == .carriageReturn }

    /// Whether the byte is `0` to `9`.
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

    /// The letter in upper case; other bytes unchanged.
    var uppercased: UInt8 {
        self &- UInt8(ascii: "a") < 26 ? self &- 32 : self
    }

    /// The value of a hexadecimal digit.
    var hexValue: UInt32? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self &- UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self &- UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self &- UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
