import Columnar

extension LegacyDatePattern {
    /// The moment that a text stands for, in milliseconds since 1970; nil when it does not match.
    ///
    /// What stands behind the matched part is ignored, and fields that are too large carry over.
    ///
    /// - `thisYear`: two digits mean a year from 80 years before this one on.
    func parse(_ text: [UInt8], zone: ZoneRules, thisYear: Int) -> Int64? {
        var reader = LegacyReader(text: text, centuryStart: thisYear - 80)
        for (index, element) in elements.enumerated() {
            switch element {
            case .literal(let literal):
                guard reader.skip(literal) else { return nil }
            case .field(let letter, let count):
                // A number right before another field takes only its own digits.
                var isAbutting = false
                if index + 1 < elements.count, case .field = elements[index + 1] {
                    isAbutting = true
                }
                guard reader.read(letter, count, isAbutting: isAbutting) else { return nil }
            }
        }
        return reader.fields.milliseconds(zone: zone)
    }
}

/// The fields that a text gave, with lenient arithmetic.
private struct LegacyFields {
    var era = 1
    var year: Int?
    var weekYear: Int?
    var month: Int?
    var day: Int?
    var dayOfYear: Int?
    var weekday: Int?
    var week: Int?
    var half: Int?
    var hour: Int?
    var hourOfHalf: Int?
    var minute = 0
    var second = 0
    var millisecond = 0
    var offsetSeconds: Int?

    func milliseconds(zone: ZoneRules) -> Int64 {
        var hours = hour ?? 0
        if hour == nil, let hourOfHalf { hours = hourOfHalf + 12 * (half ?? 0) }
        let seconds = Int64(days) * 86_400 + Int64(hours * 3600 + minute * 60 + second)
        let local = seconds * 1000 + Int64(millisecond)
        if let offsetSeconds { return local - Int64(offsetSeconds) * 1000 }
        let localSeconds = local.flooredDivision(by: 1000)
        return local - Int64(legacyOffset(zone, localSeconds)) * 1000
    }

    /// Java's calendar takes an ambiguous time as standard time, the later of the two.
    private func legacyOffset(_ zone: ZoneRules, _ local: Int64) -> Int {
        let early = zone.offset(atLocal: local)
        let later = zone.offset(atUTC: local - Int64(early) + 7200)
        let isAmbiguous = later < early && zone.offset(atUTC: local - Int64(later)) == later
        return isAmbiguous ? later : early
    }

    private var days: Int {
        let year = era == 0 ? 1 - (self.year ?? 1) : self.year ?? 1970
        if let week, day == nil, dayOfYear == nil {
            let start = WeekOfUnitedStates.firstDay(ofYear: weekYear ?? year)
            return start + (week - 1) * 7 + (weekday ?? 1) - 1
        }
        if let dayOfYear, day == nil, month == nil {
            return HybridCalendar.days(year: year, month: 1, day: dayOfYear)
        }
        return HybridCalendar.days(year: weekYear ?? year, month: month ?? 1, day: day ?? 1)
    }
}

/// Reads one field after the other.
private struct LegacyReader {
    let text: [UInt8]
    let centuryStart: Int
    var position = 0
    var fields = LegacyFields()

    init(text: [UInt8], centuryStart: Int) {
        self.text = text
        self.centuryStart = centuryStart
    }

    mutating func skip(_ literal: [UInt8]) -> Bool {
        let end = position + literal.count
        guard end <= text.count, text[position..<end].elementsEqual(literal) else { return false }
        position = end
        return true
    }

    mutating func read(_ letter: Unicode.Scalar, _ count: Int, isAbutting: Bool) -> Bool {
        while position < text.count, text[position] == 32 || text[position] == 9 { position += 1 }
        guard position < text.count else { return false }
        switch letter {
        case "G": return name(["BC", "AD"]).map { fields.era = $0 } != nil
        case "a": return name(CalendarNames.halves).map { fields.half = $0 } != nil
        case "E":
            guard let weekday = longName(CalendarNames.weekdays) else { return false }
            fields.weekday = (weekday + 1) % 7 + 1
            return true
        case "M", "L":
            if count >= 3 {
                return longName(CalendarNames.months).map { fields.month = $0 + 1 } != nil
            }
        case "z", "Z", "X": return offset()
        default: break
        }
        guard let value = number(isAbutting ? count : nil) else { return false }
        set(letter, value.number, digits: value.digits, count)
        return true
    }

    private mutating func set(_ letter: Unicode.Scalar, _ value: Int, digits: Int, _ count: Int) {
        switch letter {
        case "y": fields.year = count <= 2 && digits == 2 ? century(value) : value
        case "Y": fields.weekYear = count <= 2 && digits == 2 ? century(value) : value
        case "M", "L": fields.month = value
        case "d": fields.day = value
        case "D": fields.dayOfYear = value
        case "w": fields.week = value
        case "u": fields.weekday = value % 7 + 1
        case "H": fields.hour = value
        case "k": fields.hour = value == 24 ? 0 : value
        case "K": fields.hourOfHalf = value
        case "h": fields.hourOfHalf = value == 12 ? 0 : value
        case "m": fields.minute = value
        case "s": fields.second = value
        case "S": fields.millisecond = value
        default: break
        }
    }

    private func century(_ value: Int) -> Int {
        let year = centuryStart / 100 * 100 + value
        return year < centuryStart ? year + 100 : year
    }

    private mutating func number(_ width: Int?) -> (number: Int, digits: Int)? {
        var end = position
        var isNegative = false
        if width == nil, text[end] == UInt8(ascii: "-") {
            isNegative = true
            end += 1
        }
        let start = end
        var value = 0
        while end < text.count, text[end] &- UInt8(ascii: "0") <= 9, end - start < width ?? 9 {
            value = value * 10 + Int(text[end] - UInt8(ascii: "0"))
            end += 1
        }
        guard end > start, width == nil || end - start == width else { return nil }
        position = end
        return (isNegative ? -value : value, end - start)
    }

    private mutating func name(_ names: [String]) -> Int? {
        for (index, name) in names.enumerated() where matches(name) {
            position += name.utf8.count
            return index
        }
        return nil
    }

    /// A full name or its first three letters.
    private mutating func longName(_ names: [String]) -> Int? {
        if let index = name(names) { return index }
        return name(names.map { String($0.prefix(3)) })
    }

    private func matches(_ name: String) -> Bool {
        let end = position + name.utf8.count
        guard end <= text.count else { return false }
        return zip(text[position..<end], name.utf8).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }

    private mutating func offset() -> Bool {
        if text[position] == UInt8(ascii: "Z") {
            position += 1
            fields.offsetSeconds = 0
            return true
        }
        var end = position
        while end < text.count, text[end] != UInt8(ascii: " ") { end += 1 }
        while end > position {
            let id = String(decoding: text[position..<end], as: UTF8.self)
            if let seconds = ZoneNames.fixedOffset(id) {
                fields.offsetSeconds = seconds
                position = end
                return true
            }
            end -= 1
        }
        return false
    }
}
