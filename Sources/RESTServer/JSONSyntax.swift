/// Finds where a text stops being JSON: the decoder does not tell.
struct JSONSyntax {
    private let bytes: [UInt8]
    private var position = 0

    /// Objects and arrays in each other, at most.
    private static let depthMax = 64

    private struct Defect: Error {
        let what: String
    }

    /// What is wrong and where, as in `line 1, column 7: ':' expected`; nil when nothing is.
    static func defect(_ bytes: [UInt8]) -> String? {
        var syntax = JSONSyntax(bytes: bytes)
        do throws(Defect) {
            try syntax.value(depth: 0)
            syntax.skipSpace()
            if syntax.position < bytes.count { throw Defect(what: "more after the end") }
            return nil
        } catch {
            let before = bytes[..<min(syntax.position, bytes.count)]
            let newline = UInt8(ascii: "\n")
            let line = before.count { $0 == newline } + 1
            let start = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
            return "line \(line), column \(before.count - start + 1): \(error.what)"
        }
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(Defect) {
        guard take(character) else { throw Defect(what: "'\(character)' expected") }
    }

    private mutating func value(depth: Int) throws(Defect) {
        guard depth <= Self.depthMax else {
            throw Defect(what: "more than \(Self.depthMax) levels")
        }
        skipSpace()
        switch next {
        case nil: throw Defect(what: "a value expected, but the text ends")
        case UInt8(ascii: "{"): try members(depth: depth)
        case UInt8(ascii: "["): try elements(depth: depth)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    private mutating func members(depth: Int) throws(Defect) {
        try expect("{")
        if take("}") { return }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else {
                throw Defect(what: "a name in double quotes expected")
            }
            try string()
            try expect(":")
            try value(depth: depth + 1)
        } while take(",")
        guard take("}") else { throw Defect(what: "',' or '}' expected") }
    }

    private mutating func elements(depth: Int) throws(Defect) {
        try expect("[")
        if take("]") { return }
        repeat { try value(depth: depth + 1) } while take(",")
        guard take("]") else { throw Defect(what: "',' or ']' expected") }
    }

    private mutating func string() throws(Defect) {
        let start = position
        position += 1
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): position += 2
            case ..<0x20: throw Defect(what: "a control character in a text must be escaped")
            default: position += 1
            }
        }
        position = start
        throw Defect(what: "the text that begins here does not end")
    }

    private mutating func word(_ word: String) throws(Defect) {
        guard bytes[position...].starts(with: word.utf8) else {
            throw Defect(what: "a value expected")
        }
        position += word.utf8.count
    }

    private mutating func number() throws(Defect) {
        let start = position
        while let byte = next, "+-.eE0123456789".utf8.contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let hasLeadingZero = digits.hasPrefix("0") && digits.dropFirst().first?.isNumber == true
        guard digits.first?.isNumber == true, Double(text) != nil, !hasLeadingZero else {
            position = start
            throw Defect(what: "a value expected")
        }
    }
}
