import Columnar

/// The parts of a URL as Java's `URL` finds them, and the form encoding.
struct URLText {
    private let scheme: String
    private let authority: String?
    private let path: String
    private let query: String?
    private let reference: String?

    /// Nil for a text without one of the schemes that Java knows.
    init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        scheme = text[..<colon].lowercased()
        guard ["http", "https", "ftp", "file", "jar", "mailto"].contains(scheme) else {
            return nil
        }
        var rest = text[text.index(after: colon)...]
        if let hash = rest.firstIndex(of: "#") {
            reference = String(rest[rest.index(after: hash)...])
            rest = rest[..<hash]
        } else {
            reference = nil
        }
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        } else {
            query = nil
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            authority = String(rest[..<end])
            rest = rest[end...]
        } else {
            authority = nil
        }
        path = String(rest)
    }

    /// `HOST`, `PATH`, `QUERY`, `REF`, `PROTOCOL`, `FILE`, `AUTHORITY` or `USERINFO`.
    func part(_ name: String) -> String? {
        switch name {
        case "HOST": host
        case "PATH": path
        case "QUERY": query
        case "REF": reference
        case "PROTOCOL": scheme
        case "FILE": query.map { "\(path)?\($0)" } ?? path
        case "AUTHORITY": authority
        case "USERINFO": userInfo
        default: nil
        }
    }

    private var userInfo: String? {
        guard let authority, let at = authority.lastIndex(of: "@") else { return nil }
        return String(authority[..<at])
    }

    private var host: String {
        guard let authority else { return "" }
        let start = authority.lastIndex(of: "@").map { authority.index(after: $0) }
        let rest = authority[(start ?? authority.startIndex)...]
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") { return String(rest[...end]) }
        return String(rest.prefix { $0 != ":" })
    }

    /// The value of a parameter of a query.
    static func parameter(_ key: String, in query: String) -> String? {
        for pair in query.split(separator: "&", omittingEmptySubsequences: false)
        where pair.hasPrefix(key + "=") {
            return String(pair.dropFirst(key.count + 1))
        }
        return nil
    }

    /// The form encoding of Java's `URLEncoder`.
    static func writeEncoded(_ value: Span<UInt8>, to output: inout BytesBuilder) {
        for index in value.indices {
            let byte = value[index]
            let isLetter = (byte | 0x20) &- UInt8(ascii: "a") < 26
            let isDigit = byte &- UInt8(ascii: "0") < 10
            if isLetter || isDigit || ".-*_".utf8.contains(byte) {
                output.write(byte: byte)
            } else if byte == UInt8(ascii: " ") {
                output.write(byte: UInt8(ascii: "+"))
            } else {
                output.write(byte: UInt8(ascii: "%"))
                HexText.write([byte].span, uppercase: true, to: &output)
            }
        }
    }

    /// The bytes of a form-encoded text; nil when an escape is broken.
    static func decoded(_ text: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "+"): result.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard index + 2 < text.count,
                    let byte = HexText.parse(Array(text[index + 1...index + 2]))
                else { return nil }
                result += byte
                index += 2
            default: result.append(text[index])
            }
            index += 1
        }
        return result
    }
}
