import Columnar

/// The fields of a parsed text, resolved as Java's SMART resolver does.
struct ParsedDateTime {
    private var fields: [DateTimeField: Int]
    private var date: CivilDate?
    /// The time of the day, when an hour was given.
    private var clock: (hour: Int, minute: Int, second: Int, nanosecond: Int)?

    /// Why fields make no date or time, in Java's words.
    struct Unresolvable: Error {
        let reason: String
    }

    init(resolving parsed: [DateTimeField: Int]) throws(Unresolvable) {
        fields = parsed
        try resolveTimeFields()
        try resolveDate()
        try resolveTime()
        try crossCheck()
    }

    private static func check(
        _ field: DateTimeField,
        _ value: Int,
        _ range: ClosedRange<Int>,
        _ text: String? = nil
    ) throws(Unresolvable) {
        guard range.contains(value) else {
            let valid = text ?? "\(range.lowerBound) - \(range.upperBound)"
            throw Unresolvable(
                reason: "Invalid value for \(field.javaName) (valid values \(valid)): \(value)"
            )
        }
    }

    private mutating func resolveTimeFields() throws(Unresolvable) {
        if let value = fields.removeValue(forKey: .clockHour) {
            if value != 0 { try Self.check(.clockHour, value, 1...24) }
            try update(.clockHour, .hour, value == 24 ? 0 : value)
        }
        if let value = fields.removeValue(forKey: .clockHourOfHalf) {
            if value != 0 { try Self.check(.clockHourOfHalf, value, 1...12) }
            try update(.clockHourOfHalf, .hourOfHalf, value == 12 ? 0 : value)
        }
        if let half = fields[.half], let hour = fields[.hourOfHalf] {
            try Self.check(.hourOfHalf, hour, 0...11)
            fields[.half] = nil
            fields[.hourOfHalf] = nil
            try update(.half, .hour, half * 12 + hour)
        }
        if let value = fields.removeValue(forKey: .millisecondOfDay) {
            try Self.check(.millisecondOfDay, value, 0...86_399_999)
            try spread(nanoseconds: value * 1_000_000, .millisecondOfDay)
        }
        if let value = fields.removeValue(forKey: .nanosecondOfDay) {
            try Self.check(.nanosecondOfDay, value, 0...86_399_999_999_999)
            try spread(nanoseconds: value, .nanosecondOfDay)
        }
    }

    private mutating func spread(
        nanoseconds value: Int,
        _ source: DateTimeField
    ) throws(Unresolvable) {
        let seconds = value / 1_000_000_000
        try update(source, .hour, seconds / 3600)
        try update(source, .minute, seconds / 60 % 60)
        try update(source, .second, seconds % 60)
        try update(source, .nanosecond, value % 1_000_000_000)
    }

    private mutating func update(
        _ source: DateTimeField,
        _ field: DateTimeField,
        _ value: Int
    ) throws(Unresolvable) {
        if let old = fields[field], old != value {
            throw Unresolvable(
                reason: "Conflict found: \(field.javaName) \(old) differs from "
                    + "\(field.javaName) \(value) while resolving  \(source.javaName)"
            )
        }
        fields[field] = value
    }

    private mutating func resolveDate() throws(Unresolvable) {
        if let value = fields.removeValue(forKey: .modifiedJulianDay) {
            date = CivilDate(daysSinceEpoch: value - 40_587)
            return
        }
        if let value = fields.removeValue(forKey: .yearOfEra) {
            try Self.check(.yearOfEra, value, 1...999_999_999, "1 - 999999999/1000000000")
            let isCommonEra = fields.removeValue(forKey: .era) != 0
            try update(.yearOfEra, .year, isCommonEra ? value : 1 - value)
        }
        if let year = fields[.year], let month = fields[.month], let day = fields[.day] {
            try Self.check(.year, year, -999_999_999...999_999_999)
            try Self.check(.month, month, 1...12)
            try Self.check(.day, day, 1...31, "1 - 28/31")
            let clipped = min(day, CivilDate.daysInMonth(year, month))
            date = CivilDate(year: year, month: month, day: clipped)
        } else if let year = fields[.year], let day = fields[.dayOfYear] {
            try Self.check(.dayOfYear, day, 1...366, "1 - 365/366")
            if day == 366, !CivilDate.isLeap(year) {
                throw Unresolvable(
                    reason: "Invalid date 'DayOfYear 366' as '\(year)' is not a leap year"
                )
            }
            let first = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
            date = CivilDate(daysSinceEpoch: first + day - 1)
        } else {
            resolveWeekDate()
        }
    }

    /// A week-based year, week and day of the week of the United States.
    private mutating func resolveWeekDate() {
        guard let year = fields[.weekBasedYear], let week = fields[.weekOfYear] else { return }
        let weekday: Int
        if let local = fields[.localDayOfWeek] {
            weekday = local
        } else if let day = fields[.dayOfWeek] {
            weekday = day % 7 + 1
        } else {
            return
        }
        let start = WeekOfUnitedStates.firstDay(ofYear: year)
        date = CivilDate(daysSinceEpoch: start + (week - 1) * 7 + weekday - 1)
    }

    private mutating func resolveTime() throws(Unresolvable) {
        guard let hour = fields[.hour] else { return }
        let minute = fields[.minute]
        let second = fields[.second]
        let nanosecond = fields[.nanosecond]
        if minute == nil, second != nil || nanosecond != nil { return }
        if minute != nil, second == nil, nanosecond != nil { return }
        if hour == 24, minute ?? 0 == 0, second ?? 0 == 0, nanosecond ?? 0 == 0 {
            clock = (0, 0, 0, 0)
            if let day = date { date = CivilDate(daysSinceEpoch: day.daysSinceEpoch + 1) }
            return
        }
        try Self.check(.hour, hour, 0...23)
        try Self.check(.minute, minute ?? 0, 0...59)
        try Self.check(.second, second ?? 0, 0...59)
        try Self.check(.nanosecond, nanosecond ?? 0, 0...999_999_999)
        clock = (hour, minute ?? 0, second ?? 0, nanosecond ?? 0)
    }

    /// Fields that say the same as the date must agree with it.
    private func crossCheck() throws(Unresolvable) {
        guard let date else { return }
        let values = DateTimeValue(date: date, secondsOfDay: 0, nanoseconds: 0)
        for (field, value) in fields where field != .month && field != .day {
            guard field.isOfDate, let derived = values.value(of: field), derived != value else {
                continue
            }
            throw Unresolvable(
                reason: "Conflict found: Field \(field.javaName) \(derived) differs from "
                    + "\(field.javaName) \(value) derived from \(values.dateText)"
            )
        }
    }

    /// Microseconds since 1970 without zone, with what is missing taken from 1970-01-01 00:00.
    ///
    /// Nil when the fields are out of range. `digits` of the fraction are kept.
    func timestamp(digits: Int) -> (seconds: Int64, nanoseconds: Int64)? {
        let day =
            date
            ?? CivilDate(
                year: fields[.year] ?? 1970,
                month: fields[.month] ?? 1,
                day: fields[.day] ?? 1
            )
        guard day.isValid, day.year.magnitude < 1_000_000 else { return nil }
        let time =
            clock
            ?? (
                fields[.hour] ?? 0, fields[.minute] ?? 0, fields[.second] ?? 0,
                fields[.nanosecond] ?? 0
            )
        guard (0...23).contains(time.hour), (0...59).contains(time.minute),
            (0...59).contains(time.second)
        else { return nil }
        let step = Int(DecimalMath.powerOfTen(9 - min(9, digits)))
        let seconds = day.daysSinceEpoch * 86_400 + time.hour * 3600 + time.minute * 60
        return (Int64(seconds + time.second), Int64(time.nanosecond / step * step))
    }
}

extension DateTimeField {
    /// Whether the field belongs to the date rather than to the time of the day.
    fileprivate var isOfDate: Bool {
        switch self {
        case .half, .hour, .clockHour, .hourOfHalf, .clockHourOfHalf, .minute, .second,
            .nanosecond, .millisecondOfDay, .nanosecondOfDay:
            false
        default: true
        }
    }
}
