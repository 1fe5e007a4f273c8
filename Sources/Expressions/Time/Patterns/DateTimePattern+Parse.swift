import Columnar

/// Why a text does not match a pattern, in Java's words.
struct PatternMismatch: Error {
    let reason: String
}

extension DateTimePattern {
    /// Reads a whole text, as `DateTimeFormatter.parse` does.
    func parse(_ text: [UInt8]) throws(PatternMismatch) -> ParsedDateTime {
        var fields: [DateTimeField: Int] = [:]
        let end = DateTimePattern.parse(elements, text, 0, &fields)
        if end < 0 {
            throw PatternMismatch(
                reason: "Text '\(shown(text))' could not be parsed at index \(~end)"
            )
        }
        if end < text.count {
            throw PatternMismatch(
                reason: "Text '\(shown(text))' could not be parsed, "
                    + "unparsed text found at index \(end)"
            )
        }
        do {
            return try ParsedDateTime(resolving: fields)
        } catch {
            throw PatternMismatch(
                reason: "Text '\(shown(text))' could not be parsed: \(error.reason)"
            )
        }
    }

    private func shown(_ text: [UInt8]) -> String {
        let all = String(decoding: text, as: UTF8.self)
        return all.utf16.count > 64 ? "\(all.prefix(64))..." : all
    }

    /// The position behind the elements, or the complement of where they do not match.
    private static func parse(
        _ elements: [Element],
        _ text: [UInt8],
        _ start: Int,
        _ fields: inout [DateTimeField: Int]
    ) -> Int {
        var position = start
        for element in elements {
            position = parse(element, text, position, &fields)
            if position < 0 { return position }
        }
        return position
    }

    private static func parse(
        _ element: Element,
        _ text: [UInt8],
        _ position: Int,
        _ fields: inout [DateTimeField: Int]
    ) -> Int {
        switch element {
        case .literal(let literal):
            let end = position + literal.count
            guard end <= text.count, text[position..<end].elementsEqual(literal) else {
                return ~position
            }
            return end
        case .number(let number): return parse(number, text, position, &fields)
        case .text(let field, let style):
            return parseText(field, style, text, position, &fields)
        case .fraction(let minimum, let maximum, let hasPoint, _):
            return parseFraction(minimum, maximum, hasPoint, text, position, &fields)
        case .optional(let elements):
            var copy = fields
            let end = parse(elements, text, position, &copy)
            if end < 0 { return position }
            fields = copy
            return end
        case .offset(let style, let zero):
            return OffsetText.parse(style, zero, text, position)
        case .zoneID: return OffsetText.parseZone(text, position)
        case .padded(let element, let width, let fill):
            return parsePadded(element, width, fill, text, position, &fields)
        }
    }

    private static func set(
        _ field: DateTimeField,
        _ value: Int,
        _ start: Int,
        _ end: Int,
        _ fields: inout [DateTimeField: Int]
    ) -> Int {
        if let old = fields[field], old != value { return ~start }
        fields[field] = value
        return end
    }

    private static func parse(
        _ number: NumberElement,
        _ text: [UInt8],
        _ start: Int,
        _ fields: inout [DateTimeField: Int]
    ) -> Int {
        var position = start
        guard position < text.count else { return ~position }
        let sign = text[position]
        let isPositive = sign == UInt8(ascii: "+")
        let isNegative = sign == UInt8(ascii: "-")
        if isPositive || isNegative {
            let isAllowed =
                number.sign == .exceedsPad || (number.sign == .normal && isNegative)
            guard isAllowed else { return ~position }
            position += 1
        }
        guard position + number.minimum <= text.count else { return ~position }
        var digits = 0
        let limit = min(number.maximum + number.subsequent, text.count - position)
        while digits < limit, text[position + digits] &- UInt8(ascii: "0") <= 9 { digits += 1 }
        if digits < number.minimum { return ~position }
        if number.subsequent > 0 {
            digits = max(number.minimum, digits - number.subsequent)
        }
        guard digits <= 18 else { return ~position }
        var value = 0
        for index in 0..<digits { value = value * 10 + Int(text[position + index] - 48) }
        if isNegative {
            if value == 0 { return ~(position - 1) }
            value = -value
        } else if number.sign == .exceedsPad {
            if isPositive, digits <= number.minimum { return ~(position - 1) }
            if !isPositive, digits > number.minimum { return ~position }
        }
        if let base = number.base, digits == 2 { value += base }
        return set(number.field, value, position, position + digits, &fields)
    }

    private static func parseText(
        _ field: DateTimeField,
        _ style: TextStyle,
        _ text: [UInt8],
        _ position: Int,
        _ fields: inout [DateTimeField: Int]
    ) -> Int {
        let names = CalendarNames.table(field, style) ?? []
        for (name, value) in names.sorted(by: { $0.0.utf8.count > $1.0.utf8.count }) {
            let end = position + name.utf8.count
            if end <= text.count, text[position..<end].elementsEqual(name.utf8) {
                return set(field, value, position, end, &fields)
            }
        }
        return ~position
    }

    private static func parseFraction(
        _ minimum: Int,
        _ maximum: Int,
        _ hasPoint: Bool,
        _ text: [UInt8],
        _ start: Int,
        _ fields: inout [DateTimeField: Int]
    ) -> Int {
        var position = start
        if position == text.count { return minimum > 0 ? ~position : position }
        if hasPoint {
            guard text[position] == UInt8(ascii: ".") else {
                return minimum > 0 ? ~position : position
            }
            position += 1
        }
        guard position + minimum <= text.count else { return ~position }
        var digits = 0
        var value = 0
        while digits < maximum, position + digits < text.count,
            text[position + digits] &- UInt8(ascii: "0") <= 9
        {
            if digits < 9 { value = value * 10 + Int(text[position + digits] - 48) }
            digits += 1
        }
        if digits < minimum { return ~position }
        for _ in min(digits, 9)..<9 { value *= 10 }
        return set(.nanosecond, value, position, position + digits, &fields)
    }

    private static func parsePadded(
        _ element: Element,
        _ width: Int,
        _ fill: UInt8,
        _ text: [UInt8],
        _ position: Int,
        _ fields: inout [DateTimeField: Int]
    ) -> Int {
        let end = position + width
        guard end <= text.count else { return ~position }
        var start = position
        while start < end, text[start] == fill { start += 1 }
        let result = parse(element, Array(text[0..<end]), start, &fields)
        return result == end ? end : ~(position + start)
    }
}
