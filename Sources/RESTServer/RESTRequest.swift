import ManagementAPI

/// The first part of a request: everything but the body.
struct RequestHead: Sendable {
    let method: String
    /// The path as it was sent, with the query.
    let target: String
    /// Header fields by lower-case name; the first of each.
    let fields: [String: String]

    /// The path without the query and without a `/v1` before it, as Flink's clients write it.
    var path: String {
        let path = String(target.prefix { $0 != "?" })
        guard path == "/v1" || path.hasPrefix("/v1/") else { return path }
        let rest = path.dropFirst(3)
        return rest.isEmpty ? "/" : String(rest)
    }

    /// The query by name; of a repeated name the last one counts.
    var query: [String: String] {
        let text = target.drop { $0 != "?" }.dropFirst()
        var query: [String: String] = [:]
        for part in text.split(separator: "&") {
            let name = part.prefix { $0 != "=" }
            let value = part.dropFirst(name.count).dropFirst()
            query[PercentText.decode(name, plusIsSpace: true)] =
                PercentText.decode(value, plusIsSpace: true)
        }
        return query
    }
}

/// A request that a route handles.
struct RESTRequest: Sendable {
    let head: RequestHead
    /// The values of the `{…}` parts of the route's pattern.
    let parameters: [String: String]
    let query: [String: String]
    let body: [UInt8]

    /// What names the request in messages.
    var name: String { "\(head.method) \(head.path)" }

    /// The value of a part of the path; the pattern of the route has it.
    subscript(_ parameter: String) -> String {
        guard let value = parameters[parameter] else {
            preconditionFailure("the route of '\(head.path)' has no '{\(parameter)}'")
        }
        return value
    }

    /// A whole number of the query; nil if it is not there.
    func integer(
        _ name: String,
        in range: ClosedRange<Int>
    ) throws(ServiceError) -> Int? {
        guard let text = query[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let bound =
                range.upperBound == .max
                ? "from \(range.lowerBound) on" : "from \(range.lowerBound) to \(range.upperBound)"
            throw .badRequest(
                "The query parameter '\(name)' is a whole number \(bound), not '\(text)'."
            )
        }
        return number
    }

    /// A truth value of the query; false if it is not there.
    func flag(_ name: String) throws(ServiceError) -> Bool {
        switch query[name] {
        case nil, "false": return false
        case "true", "": return true
        case let text?:
            throw .badRequest("The query parameter '\(name)' is true or false, not '\(text)'.")
        }
    }
}

/// Percent-encoded text.
enum PercentText {
    /// The text; what is no valid escape stays as it is.
    static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let high = hexadecimal(rest[rest.startIndex]),
                let low = hexadecimal(rest[rest.startIndex + 1])
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
