/// What a pattern cache can hold.
protocol CompiledPattern {
    init(_ pattern: String) throws(DateTimePattern.Invalid)
}

extension DateTimePattern: CompiledPattern {}
extension LegacyDatePattern: CompiledPattern {}

/// Compiled patterns by their text; most calls use one.
struct PatternCache<Pattern: CompiledPattern> {
    private var last: (text: String, pattern: Pattern?, reason: String)?
    private var others: [String: Pattern] = [:]

    /// Patterns that a column brings are kept up to this number.
    private static var countMax: Int { 64 }

    /// The compiled pattern; nil when it is invalid.
    mutating func get(_ text: String) -> Pattern? {
        if let last, last.text == text { return last.pattern }
        if let known = others[text] {
            last = (text, known, "")
            return known
        }
        do {
            let pattern = try Pattern(text)
            if others.count < Self.countMax { others[text] = pattern }
            last = (text, pattern, "")
            return pattern
        } catch {
            last = (text, nil, error.reason)
            return nil
        }
    }

    /// The compiled pattern; fails with Java's words when it is invalid.
    mutating func require(_ text: String) throws(RowFailure) -> Pattern {
        guard let pattern = get(text) else { throw RowFailure(last?.reason ?? "") }
        return pattern
    }
}

/// Timestamps by pattern, with the fall-back of `TO_TIMESTAMP`.
enum TimestampPatterns {
    /// Microseconds of a text; nil when neither the pattern nor the SQL form fits it.
    static func parse(_ text: [UInt8], _ pattern: DateTimePattern) -> Int64? {
        do {
            let parsed = try pattern.parse(text)
            guard let value = parsed.timestamp(digits: 3) else { return nil }
            return TimeParser.units(value, 3, nil)
        } catch {
            return lenient(text)
        }
    }

    /// `yyyy-m-d [h:m:s[.f]]` as Java's `Timestamp.valueOf` reads it: hours beyond 23 carry over.
    private static func lenient(_ text: [UInt8]) -> Int64? {
        let words = String(decoding: text, as: UTF8.self).trimmingSpaces.split(
            separator: " ",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard let first = words.first else { return nil }
        let date = first.split(separator: "-", omittingEmptySubsequences: false)
        guard date.count == 3, date[0].utf8.count == 4, (1...2).contains(date[1].utf8.count),
            (1...2).contains(date[2].utf8.count), let year = digits(date[0]),
            let month = digits(date[1]), let day = digits(date[2]), (1...12).contains(month),
            (1...31).contains(day)
        else { return nil }
        let days = HybridCalendar.days(year: year, month: month, day: day)
        var milliseconds = days * 86_400_000
        if words.count > 1 {
            guard let clock = clock(words[1]) else { return nil }
            milliseconds += clock
        }
        return Int64(milliseconds) * 1000
    }

    private static func clock(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let hour = digits(parts[0]), let minute = digits(parts[1]) else {
            return nil
        }
        let halves = parts[2].split(
            separator: ".",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        guard let second = digits(halves[0]) else { return nil }
        var fraction = 0
        if halves.count > 1 {
            guard (1...9).contains(halves[1].utf8.count), digits(halves[1]) != nil else {
                return nil
            }
            fraction = digits((halves[1] + "00").prefix(3)) ?? 0
        }
        return (hour * 3600 + minute * 60 + second) * 1000 + fraction
    }

    private static func digits(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 9,
            text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") <= 9 })
        else { return nil }
        return Int(text)
    }
}

extension String {
    /// The text without control characters and spaces around it, as Java's `trim`.
    fileprivate var trimmingSpaces: Substring {
        let bytes = utf8
        guard let first = bytes.firstIndex(where: { $0 > 32 }),
            let last = bytes.lastIndex(where: { $0 > 32 })
        else { return "" }
        return self[first...last]
    }
}
