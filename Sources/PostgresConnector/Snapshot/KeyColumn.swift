import Columnar

/// A column of the key by which a table is cut into chunks.
struct KeyColumn: Hashable, Sendable, Codable {
    /// How values compare on the server, where we can do the same.
    enum Order: String, Sendable, Codable {
        case integer
        case numeric
        case boolean
        /// Byte by byte: text under C collation, uuid, bytea in hexadecimal.
        case bytes
        case date
        case time
        case timestamp
        /// Only the server knows.
        case server
    }

    let name: String
    /// As `format_type` writes it, for casts.
    let sqlType: String
    let order: Order
    /// In quotes, when it is not the database's.
    let collation: String?

    init(_ column: ServerColumn) {
        name = column.name
        sqlType = column.type.name
        collation = column.collation
        switch column.type.family {
        case .integer: order = .integer
        case .numeric: order = .numeric
        case .boolean: order = .boolean
        case .bytea: order = .bytes
        case .date: order = .date
        case .time: order = .time
        case .timestamp, .timestampWithZone: order = .timestamp
        case .text:
            let isPlainText =
                column.type.name == "text" || column.type.name.hasPrefix("character varying")
            order =
                column.type.name == "uuid" || (isPlainText && column.isByteOrdered)
                ? .bytes : .server
        default: order = .server
        }
    }

    /// The value as a literal with its type.
    func literal(_ value: String) -> String {
        let typed = "\(SQLText.literal(value))::\(sqlType)"
        return collation.map { "\(typed) COLLATE \($0)" } ?? typed
    }
}

/// Compares keys as the server would.
enum KeyOrder {
    /// Whether we can compare keys of these columns at all.
    static func isNative(_ columns: [KeyColumn]) -> Bool {
        columns.allSatisfy { $0.order != .server }
    }

    /// Whether the left key comes before the right one; column by column.
    static func precedes(_ left: [String], _ right: [String], _ columns: [KeyColumn]) -> Bool {
        for (index, column) in columns.enumerated() {
            let order = compare(left[index], right[index], column.order)
            if order != 0 { return order < 0 }
        }
        return false
    }

    /// Negative, zero or positive as the left value is below, equal to or above the right one.
    static func compare(_ left: String, _ right: String, _ order: KeyColumn.Order) -> Int {
        switch order {
        case .integer: return sign(Int64(left), Int64(right))
        case .boolean, .bytes, .server: return bytes(left, right)
        case .numeric: return NumericOrder.compare(left, right)
        case .date: return sign(moment(left, TimeScan.date), moment(right, TimeScan.date))
        case .time:
            return sign(
                TimeScan.time(Array(left.utf8).span),
                TimeScan.time(Array(right.utf8).span)
            )
        case .timestamp: return sign(moment(left, timestamp), moment(right, timestamp))
        }
    }

    private static func timestamp(_ text: Span<UInt8>) -> TimeScan.Outcome {
        TimeScan.timestamp(text, unitsPerSecond: 1_000_000, step: 1)
    }

    /// A point in time; the infinities lie beyond all others.
    private static func moment(
        _ text: String,
        _ scan: (Span<UInt8>) -> TimeScan.Outcome
    ) -> Int64? {
        switch scan(Array(text.utf8).span) {
        case .value(let value): value
        case .clamped: text.hasPrefix("-") ? .min : .max
        case .malformed: nil
        }
    }

    private static func sign(_ left: Int64?, _ right: Int64?) -> Int {
        guard let left, let right else { return 0 }
        return left < right ? -1 : left > right ? 1 : 0
    }

    private static func bytes(_ left: String, _ right: String) -> Int {
        var right = right.utf8.makeIterator()
        for byte in left.utf8 {
            guard let other = right.next() else { return 1 }
            if byte != other { return byte < other ? -1 : 1 }
        }
        return right.next() == nil ? 0 : -1
    }
}

/// NUMERIC values as text, of any length.
enum NumericOrder {
    static func compare(_ left: String, _ right: String) -> Int {
        let ranks = (rank(left), rank(right))
        if ranks.0 != ranks.1 { return ranks.0 < ranks.1 ? -1 : 1 }
        switch ranks.0 {
        case 1: return -magnitude(left.dropFirst(), right.dropFirst())
        case 3: return magnitude(left[...], right[...])
        default: return 0
        }
    }

    /// -Infinity, negative, zero, positive, Infinity, NaN.
    private static func rank(_ text: String) -> Int {
        if text == "NaN" { return 5 }
        if text == "Infinity" { return 4 }
        if text == "-Infinity" { return 0 }
        if text.allSatisfy({ $0 == "0" || $0 == "." || $0 == "-" }) { return 2 }
        return text.hasPrefix("-") ? 1 : 3
    }

    private static func magnitude(_ left: Substring, _ right: Substring) -> Int {
        let wholes = (whole(left), whole(right))
        if wholes.0.count != wholes.1.count { return wholes.0.count < wholes.1.count ? -1 : 1 }
        if wholes.0 != wholes.1 { return wholes.0 < wholes.1 ? -1 : 1 }
        let fractions = (fraction(left), fraction(right))
        return fractions.0 == fractions.1 ? 0 : fractions.0 < fractions.1 ? -1 : 1
    }

    private static func whole(_ text: Substring) -> String {
        String(text.prefix { $0 != "." }.drop { $0 == "0" })
    }

    private static func fraction(_ text: Substring) -> String {
        var digits = String(text.drop { $0 != "." }.dropFirst())
        while digits.last == "0" { digits.removeLast() }
        return digits
    }
}
