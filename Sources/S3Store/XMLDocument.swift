/// An element of an answer in XML: what S3 and STS send, and no more.
///
/// No document types, no external entities; whatever is not well-formed is refused.
package struct XMLElement: Equatable, Sendable {
    /// The name without its namespace prefix.
    package let name: String
    package var text = ""
    package var children: [XMLElement] = []

    /// The first child of a name.
    package subscript(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    /// The children of a name, in order.
    package func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The text of the first child of a name.
    package func text(_ name: String) -> String? { self[name]?.text }

    /// Reads a whole document; nil when it is not well-formed.
    package static func parse(_ bytes: [UInt8]) -> XMLElement? {
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var parser = XMLParser(bytes)
        return parser.document()
    }
}

/// A strict parser of a small part of XML 1.0.
private struct XMLParser {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() -> XMLElement? {
        // Stores send spaces ahead of the answer to keep a slow connection alive.
        guard skipOutside(), peek == UInt8(ascii: "<"), let root = element(depth: 0),
            skipOutside(), position == bytes.count
        else { return nil }
        return root
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func starts(_ text: StaticString) -> Bool {
        let wanted = text.description.utf8
        return bytes[position...].prefix(wanted.count).elementsEqual(wanted)
    }

    /// Goes behind the next occurrence of a text; false when there is none.
    private mutating func skip(behind text: StaticString) -> Bool {
        while position < bytes.count {
            if starts(text) {
                position += text.description.utf8.count
                return true
            }
            position += 1
        }
        return false
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 32 || byte == 9 || byte == 10 || byte == 13
    }

    private mutating func skipSpace() {
        while let byte = peek, Self.isSpace(byte) { position += 1 }
    }

    /// Skips spaces, declarations and comments around the root.
    private mutating func skipOutside() -> Bool {
        while true {
            skipSpace()
            if starts("<?") {
                guard skip(behind: "?>") else { return false }
            } else if starts("<!--") {
                guard skip(behind: "-->") else { return false }
            } else {
                return true
            }
        }
    }

    private mutating func name() -> String? {
        let start = position
        while let byte = peek, !Self.isSpace(byte), !"<>/=\"'&".utf8.contains(byte) {
            position += 1
        }
        guard position > start else { return nil }
        let full = String(decoding: bytes[start..<position], as: UTF8.self)
        return full.split(separator: ":").last.map(String.init)
    }

    /// Reads an element, its start tag being next.
    private mutating func element(depth: Int) -> XMLElement? {
        guard depth < S3Limits.elementDepthMax, peek == UInt8(ascii: "<") else { return nil }
        position += 1
        guard let name = name(), let isEmpty = attributes() else { return nil }
        var element = XMLElement(name: name)
        if isEmpty { return element }
        var text: [UInt8] = []
        while let byte = peek {
            if byte != UInt8(ascii: "<") {
                guard let part = characters() else { return nil }
                text += part
            } else if starts("</") {
                position += 2
                guard self.name() == name else { return nil }
                skipSpace()
                guard peek == UInt8(ascii: ">") else { return nil }
                position += 1
                element.text = String(decoding: text, as: UTF8.self)
                return element
            } else if starts("<!--") {
                guard skip(behind: "-->") else { return nil }
            } else if starts("<![CDATA[") {
                position += 9
                let start = position
                guard skip(behind: "]]>") else { return nil }
                text += bytes[start..<(position - 3)]
            } else {
                guard let child = self.element(depth: depth + 1) else { return nil }
                element.children.append(child)
            }
        }
        return nil
    }

    /// Skips the attributes up to the end of a start tag.
    ///
    /// - Returns: whether the element ends with it; nil when it is malformed.
    private mutating func attributes() -> Bool? {
        while true {
            skipSpace()
            if starts("/>") {
                position += 2
                return true
            }
            if peek == UInt8(ascii: ">") {
                position += 1
                return false
            }
            guard name() != nil else { return nil }
            skipSpace()
            guard peek == UInt8(ascii: "=") else { return nil }
            position += 1
            skipSpace()
            guard let quote = peek, quote == 34 || quote == 39 else { return nil }
            position += 1
            while let byte = peek, byte != quote {
                if byte == UInt8(ascii: "<") { return nil }
                position += 1
            }
            guard peek == quote else { return nil }
            position += 1
        }
    }

    /// Reads text up to the next tag.
    private mutating func characters() -> [UInt8]? {
        var text: [UInt8] = []
        while let byte = peek, byte != UInt8(ascii: "<") {
            position += 1
            if byte != UInt8(ascii: "&") {
                text.append(byte)
                continue
            }
            let start = position
            guard skip(behind: ";"), position - start <= 10,
                let character = Self.reference(
                    String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
                )
            else { return nil }
            text += Array(String(character).utf8)
        }
        return text
    }

    private static func reference(_ name: String) -> Character? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.hasPrefix("#") else { return nil }
            let digits = name.dropFirst()
            let number =
                digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return number.flatMap(Unicode.Scalar.init).map(Character.init)
        }
    }
}

/// Text inside of an element that we send.
enum XMLText {
    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\r": escaped += "&#13;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Whether XML 1.0 can carry a text at all: most control characters it cannot.
    static func canHold(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 32 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
                || scalar == "\t" || scalar == "\n" || scalar == "\r"
        }
    }
}
