/// The kinds of values in a JSON text.
enum JSONToken: UInt8 {
    case object
    case array
    case string
    case integer
    /// A number with a point or an exponent.
    case float
    case `true`
    case `false`
    case null

    /// The kind in a message.
    var description: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string: "a text"
        case .integer, .float: "a number"
        case .true, .false: "a boolean"
        case .null: "null"
        }
    }
}

/// A value of a parsed text.
struct JSONNode: BitwiseCopyable {
    let token: JSONToken
    /// Whether a string has backslashes.
    var hasEscapes = false
    /// Where the value stands; for a string without its quotation marks.
    var start: Int
    var end = 0
    /// The node behind this one and everything in it.
    var next = 0
}

/// Why a text is not JSON, in Jackson's words where people search for them.
struct JSONSyntaxError: Error, Equatable {
    let message: String
    /// The byte of the text.
    let position: Int
}

/// A JSON text as nodes in the order of the text; keys stand before their values.
///
/// The strict reading of a record: entered where the scanner meets anything unusual.
final class JSONTree {
    private(set) var nodes: [JSONNode] = []

    /// Reads a whole text of one value.
    ///
    /// - Parameter text: UTF-8; a byte-order mark at the front is skipped.
    /// - Throws: what is wrong and where.
    func parse(_ text: Span<UInt8>) throws(JSONSyntaxError) {
        var reader = JSONTreeReader(nodes: nodes)
        defer { nodes = reader.nodes }
        try reader.read(text)
    }

    /// The nodes directly in an object (keys and values in turn) or array.
    func children(of index: Int) -> [Int] {
        var found: [Int] = []
        var child = index + 1
        while child < nodes[index].next {
            found.append(child)
            child = nodes[child].next
        }
        return found
    }

    /// The value of a key of an object, the last one when there are several.
    func value(of key: String, in object: Int, _ text: Span<UInt8>) -> Int? {
        var found: Int?
        var child = object + 1
        let end = nodes[object].next
        while child < end {
            let value = nodes[child].next
            if equals(child, key, text) { found = value }
            child = nodes[value].next
        }
        return found
    }

    private func equals(_ index: Int, _ key: String, _ text: Span<UInt8>) -> Bool {
        let node = nodes[index]
        if node.hasEscapes { return string(index, text) == Array(key.utf8) }
        guard node.end - node.start == key.utf8.count else { return false }
        var position = node.start
        for byte in key.utf8 {
            if text[position] != byte { return false }
            position += 1
        }
        return true
    }

    /// The content of a string, unescaped.
    func string(_ index: Int, _ text: Span<UInt8>) -> [UInt8] {
        let node = nodes[index]
        var content: [UInt8] = []
        JSONEscapes.append(
            text.extracting(node.start..<node.end),
            hasEscapes: node.hasEscapes,
            to: &content
        )
        return content
    }
}

/// Reads a text into nodes without recursion, so that depth costs no stack.
private struct JSONTreeReader: ~Copyable {
    var nodes: [JSONNode]
    /// The objects and arrays around the current position.
    private var open: [Int] = []

    init(nodes: consuming [JSONNode]) {
        self.nodes = nodes
        self.nodes.removeAll(keepingCapacity: true)
    }

    mutating func read(_ text: Span<UInt8>) throws(JSONSyntaxError) {
        var index = 0
        if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { index = 3 }
        index = skipSpaces(text, index)
        guard index < text.count else {
            throw JSONSyntaxError(
                message: "No content to map due to end-of-input",
                position: index
            )
        }
        repeat {
            index = try readValue(text, index)
            index = try closeContainers(text, index)
        } while !open.isEmpty
        guard index == text.count else {
            throw unexpected(text, index, "the end of the record behind its value")
        }
    }

    /// Reads a scalar, entering objects and arrays up to their first value.
    private mutating func readValue(
        _ text: Span<UInt8>,
        _ start: Int
    ) throws(JSONSyntaxError) -> Int {
        var index = start
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "{"):
                try enter(.object, index)
                index = skipSpaces(text, index + 1)
                if index < text.count, text[index] == UInt8(ascii: "}") { return index }
                index = try readKey(text, index)
            case UInt8(ascii: "["):
                try enter(.array, index)
                index = skipSpaces(text, index + 1)
                if index < text.count, text[index] == UInt8(ascii: "]") { return index }
            case UInt8(ascii: "\""): return try readString(text, index, "VALUE_STRING")
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                return try readNumber(text, index)
            default: return try readWord(text, index)
            }
        }
        throw endOfInput(index)
    }

    private mutating func enter(_ token: JSONToken, _ index: Int) throws(JSONSyntaxError) {
        guard open.count < FormatLimits.jsonDepthMax else {
            throw JSONSyntaxError(
                message: """
                    Document nesting depth (\(open.count + 1)) exceeds the maximum allowed \
                    (\(FormatLimits.jsonDepthMax))
                    """,
                position: index
            )
        }
        open.append(nodes.count)
        nodes.append(JSONNode(token: token, start: index))
    }

    /// Goes on behind a value: closes what ends here, up to the start of the next value.
    private mutating func closeContainers(
        _ text: Span<UInt8>,
        _ start: Int
    ) throws(JSONSyntaxError) -> Int {
        var index = skipSpaces(text, start)
        while let container = open.last {
            let isObject = nodes[container].token == .object
            guard index < text.count else { throw endOfInput(index) }
            let byte = text[index]
            if byte == UInt8(ascii: isObject ? "}" : "]") {
                open.removeLast()
                nodes[container].end = index + 1
                nodes[container].next = nodes.count
                index = skipSpaces(text, index + 1)
            } else if byte == UInt8(ascii: ","), nodes.count > container + 1 {
                index = skipSpaces(text, index + 1)
                return isObject ? try readKey(text, index) : index
            } else {
                throw unexpected(
                    text,
                    index,
                    "comma to separate \(isObject ? "Object" : "Array") entries"
                )
            }
        }
        return index
    }

    /// Reads a key and its colon, up to its value.
    private mutating func readKey(
        _ text: Span<UInt8>,
        _ index: Int
    ) throws(JSONSyntaxError) -> Int {
        guard index < text.count else { throw endOfInput(index) }
        guard text[index] == UInt8(ascii: "\"") else {
            throw unexpected(text, index, "double-quote to start field name")
        }
        let colon = skipSpaces(text, try readString(text, index, "FIELD_NAME"))
        guard colon < text.count else { throw endOfInput(colon) }
        guard text[colon] == UInt8(ascii: ":") else {
            throw unexpected(text, colon, "colon to separate field name and value")
        }
        return skipSpaces(text, colon + 1)
    }

    private mutating func readString(
        _ text: Span<UInt8>,
        _ index: Int,
        _ place: String
    ) throws(JSONSyntaxError) -> Int {
        var node = JSONNode(token: .string, start: index + 1)
        var end = index + 1
        while end < text.count, text[end] != UInt8(ascii: "\"") {
            if text[end] == UInt8(ascii: "\\") {
                node.hasEscapes = true
                end = try skipEscape(text, end)
            } else {
                end += 1
            }
        }
        guard end < text.count else {
            throw JSONSyntaxError(
                message: "Unexpected end-of-input in \(place)",
                position: text.count
            )
        }
        node.end = end
        guard JSONEscapes.isUTF8(text.extracting(node.start..<end)) else {
            throw JSONSyntaxError(message: "Invalid UTF-8 in \(place)", position: index)
        }
        node.next = nodes.count + 1
        nodes.append(node)
        return end + 1
    }

    private func skipEscape(
        _ text: Span<UInt8>,
        _ index: Int
    ) throws(JSONSyntaxError) -> Int {
        guard index + 1 < text.count else { return text.count }
        switch text[index + 1] {
        case UInt8(ascii: "u"):
            guard index + 6 <= text.count else { return text.count }
            for digit in index + 2..<index + 6 where JSONEscapes.hexValue(text[digit]) == nil {
                throw unexpected(text, digit, "hex-digit for character escape sequence")
            }
            return index + 6
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return index + 2
        default:
            throw JSONSyntaxError(
                message: "Unrecognized character escape \(describe(text[index + 1]))",
                position: index
            )
        }
    }

    private mutating func readNumber(
        _ text: Span<UInt8>,
        _ index: Int
    ) throws(JSONSyntaxError) -> Int {
        var end = index
        var token = JSONToken.integer
        if text[end] == UInt8(ascii: "-") { end += 1 }
        let whole = end
        end = try skipDigits(text, end)
        if end - whole > 1, text[whole] == UInt8(ascii: "0") {
            throw JSONSyntaxError(
                message: "Invalid numeric value: Leading zeroes not allowed",
                position: index
            )
        }
        if end < text.count, text[end] == UInt8(ascii: ".") {
            token = .float
            end = try skipDigits(text, end + 1)
        }
        if end < text.count, text[end] | 0x20 == UInt8(ascii: "e") {
            token = .float
            end += 1
            if end < text.count, text[end] == UInt8(ascii: "+") || text[end] == UInt8(ascii: "-") {
                end += 1
            }
            end = try skipDigits(text, end)
        }
        guard isDelimiter(text, end) else {
            throw unexpected(text, end, "a space or comma behind a number")
        }
        nodes.append(JSONNode(token: token, start: index, end: end, next: nodes.count + 1))
        return end
    }

    private func skipDigits(
        _ text: Span<UInt8>,
        _ index: Int
    ) throws(JSONSyntaxError) -> Int {
        var end = index
        while end < text.count, text[end] &- 0x30 <= 9 { end += 1 }
        if end == index {
            if end == text.count { throw endOfInput(end) }
            throw unexpected(text, end, "a digit of a number")
        }
        return end
    }

    private mutating func readWord(
        _ text: Span<UInt8>,
        _ index: Int
    ) throws(JSONSyntaxError) -> Int {
        var end = index
        while end < text.count, isWordByte(text[end]) { end += 1 }
        guard end > index else {
            throw unexpected(
                text,
                index,
                "a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
            )
        }
        var word = ""
        for position in index..<min(end, index + 32) {
            word.unicodeScalars.append(Unicode.Scalar(text[position]))
        }
        let token: JSONToken
        switch word {
        case "true": token = .true
        case "false": token = .false
        case "null": token = .null
        default:
            throw JSONSyntaxError(
                message: """
                    Unrecognized token '\(word)': was expecting \
                    (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
                    """,
                position: index
            )
        }
        nodes.append(JSONNode(token: token, start: index, end: end, next: nodes.count + 1))
        return end
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        byte &- 0x30 <= 9 || byte | 0x20 &- 0x61 <= 25 || byte == UInt8(ascii: "_")
    }

    private func isDelimiter(_ text: Span<UInt8>, _ index: Int) -> Bool {
        guard index < text.count else { return true }
        switch text[index] {
        case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"):
            return true
        default: return false
        }
    }

    private func skipSpaces(_ text: Span<UInt8>, _ index: Int) -> Int {
        var end = index
        while end < text.count,
            text[end] == 0x20 || text[end] == 0x0A || text[end] == 0x09 || text[end] == 0x0D
        {
            end += 1
        }
        return end
    }

    private func endOfInput(_ position: Int) -> JSONSyntaxError {
        let place =
            open.last.map { nodes[$0].token == .object ? "Object" : "Array" } ?? "ROOT"
        return JSONSyntaxError(
            message: "Unexpected end-of-input within/between \(place) entries",
            position: position
        )
    }

    private func unexpected(
        _ text: Span<UInt8>,
        _ index: Int,
        _ expected: String
    ) -> JSONSyntaxError {
        guard index < text.count else { return endOfInput(index) }
        return JSONSyntaxError(
            message:
                "Unexpected character (\(describe(text[index]))): was expecting \(expected)",
            position: index
        )
    }

    private func describe(_ byte: UInt8) -> String {
        byte > 0x20 && byte < 0x7F
            ? "'\(Unicode.Scalar(byte))' (code \(byte))" : "code \(byte)"
    }
}
