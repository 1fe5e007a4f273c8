import Columnar

/// Arithmetic on days and milliseconds as in Flink's `DateTimeUtils`.
enum CalendarMath {
    static let millisecondsPerDay: Int64 = 86_400_000

    /// A date some months later; the day is clipped to the length of the month.
    static func addMonths(toDays days: Int, _ months: Int) -> Int {
        let date = CivilDate(daysSinceEpoch: days)
        let index = date.year * 12 + date.month - 1 + months
        let year = index.flooredDivision(by: 12)
        let month = index.flooredRemainder(by: 12) + 1
        let day = min(date.day, CivilDate.daysInMonth(year, month))
        return CivilDate(year: year, month: month, day: day).daysSinceEpoch
    }

    static func addMonths(toMilliseconds value: Int64, _ months: Int) -> Int64 {
        let rest = value.flooredRemainder(by: millisecondsPerDay)
        let days = Int((value - rest) / millisecondsPerDay)
        return Int64(addMonths(toDays: days, months)) * millisecondsPerDay + rest
    }

    /// The whole months between two dates; negative when the first is earlier.
    static func monthsBetween(_ later: Int, _ earlier: Int) -> Int {
        if later < earlier { return -monthsBetween(earlier, later) }
        var months = (later - earlier) / 31
        while true {
            if addMonths(toDays: earlier, months) >= later { return months }
            if addMonths(toDays: earlier, months + 1) > later { return months }
            months += 1
        }
    }

    static func monthsBetween(milliseconds later: Int64, _ earlier: Int64) -> Int {
        let laterRest = later.flooredRemainder(by: millisecondsPerDay)
        let earlierRest = earlier.flooredRemainder(by: millisecondsPerDay)
        let laterDay = Int(later.flooredDivision(by: millisecondsPerDay))
        let earlierDay = Int(earlier.flooredDivision(by: millisecondsPerDay))
        let months = monthsBetween(laterDay, earlierDay)
        let reached = addMonths(toDays: earlierDay, months)
        return reached == laterDay && laterRest < earlierRest ? months - 1 : months
    }

    /// Fields of a date, for EXTRACT.
    static func extract(_ unit: TimeUnit, days: Int) -> Int64? {
        let date = CivilDate(daysSinceEpoch: days)
        switch unit {
        case .year: return Int64(date.year)
        case .quarter: return Int64((date.month + 2) / 3)
        case .month: return Int64(date.month)
        case .day: return Int64(date.day)
        case .week: return Int64(isoWeek(days).week)
        case .isoYear: return Int64(isoWeek(days).year)
        case .dayOfWeek: return Int64((days + 4).flooredRemainder(by: 7) + 1)
        case .isoDayOfWeek: return Int64((days + 3).flooredRemainder(by: 7) + 1)
        case .dayOfYear:
            return Int64(days - CivilDate(year: date.year, month: 1, day: 1).daysSinceEpoch + 1)
        case .decade: return Int64(date.year / 10)
        case .century:
            return Int64(date.year > 0 ? (date.year + 99) / 100 : (date.year - 99) / 100)
        case .millennium:
            return Int64(date.year > 0 ? (date.year + 999) / 1000 : (date.year - 999) / 1000)
        case .epoch: return Int64(days) * 86_400
        default: return nil
        }
    }

    /// The year and week of ISO 8601.
    static func isoWeek(_ days: Int) -> (year: Int, week: Int) {
        // The Thursday of the week decides its year.
        let thursday = days - (days + 3).flooredRemainder(by: 7) + 3
        let year = CivilDate(daysSinceEpoch: thursday).year
        let first = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
        return (year, (thursday - first) / 7 + 1)
    }

    /// The first day of the unit that holds the date, or of the next one.
    static func floor(_ unit: TimeUnit, days: Int, isCeiling: Bool) -> Int {
        let date = CivilDate(daysSinceEpoch: days)
        func first(_ year: Int, _ month: Int = 1) -> Int {
            // Months beyond December are those of the next year.
            CivilDate(year: year + (month - 1) / 12, month: (month - 1) % 12 + 1, day: 1)
                .daysSinceEpoch
        }
        let isNewYear = date.month == 1 && date.day == 1
        let step = isCeiling ? 1 : 0
        switch unit {
        case .millennium:
            return first(1000 * ((date.year + 999) / 1000) + (isCeiling ? 1 : -999))
        case .century: return first(100 * ((date.year + 99) / 100) + (isCeiling ? 1 : -99))
        case .decade: return first(10 * (date.year / 10 + step))
        case .year: return first(date.year + (isCeiling && !isNewYear ? 1 : 0))
        case .quarter:
            let quarter = (date.month + 2) / 3 + (isCeiling && !isNewYear ? 1 : 0)
            return first(date.year, quarter * 3 - 2)
        case .month: return first(date.year, date.month + (isCeiling && date.day > 1 ? 1 : 0))
        case .week:
            let weekday = (days + 4).flooredRemainder(by: 7)
            return days - weekday + (isCeiling && weekday > 0 ? 7 : 0)
        default: return days + step
        }
    }
}

/// The units that EXTRACT, FLOOR, CEIL, TIMESTAMPADD and TIMESTAMPDIFF know.
enum TimeUnit: String, Sendable, CaseIterable {
    case year = "YEAR"
    case quarter = "QUARTER"
    case month = "MONTH"
    case week = "WEEK"
    case day = "DAY"
    case hour = "HOUR"
    case minute = "MINUTE"
    case second = "SECOND"
    case millisecond = "MILLISECOND"
    case microsecond = "MICROSECOND"
    case nanosecond = "NANOSECOND"
    case dayOfWeek = "DOW"
    case isoDayOfWeek = "ISODOW"
    case dayOfYear = "DOY"
    case isoYear = "ISOYEAR"
    case epoch = "EPOCH"
    case decade = "DECADE"
    case century = "CENTURY"
    case millennium = "MILLENNIUM"

    /// The unit of a keyword or of one of its ODBC spellings.
    init?(keyword: String) {
        let upper = keyword.uppercased()
        if let unit = TimeUnit(rawValue: upper) {
            self = unit
            return
        }
        let short = upper.hasPrefix("SQL_TSI_") ? String(upper.dropFirst(8)) : upper
        guard let unit = TimeUnit(rawValue: short) else { return nil }
        self = unit
    }

    /// Milliseconds of a unit of fixed length.
    var milliseconds: Int64? {
        switch self {
        case .week: 604_800_000
        case .day: 86_400_000
        case .hour: 3_600_000
        case .minute: 60_000
        case .second: 1000
        case .millisecond: 1
        default: nil
        }
    }

    /// Months of a unit of months.
    var months: Int? {
        switch self {
        case .month: 1
        case .quarter: 3
        case .year: 12
        case .decade: 120
        case .century: 1200
        case .millennium: 12_000
        default: nil
        }
    }

    /// Whether the unit is a day or longer.
    var isCalendar: Bool {
        switch self {
        case .hour, .minute, .second, .millisecond, .microsecond, .nanosecond, .epoch: false
        default: true
        }
    }
}

/// Timestamps split into what Flink computes with: milliseconds, and nanoseconds of one.
struct TimestampParts {
    let milliseconds: Int64
    let nanoseconds: Int64

    /// Splits a value in microseconds (precision up to 6) or nanoseconds.
    @inline(__always)
    init(_ value: Int64, unitsPerMillisecond units: Int64) {
        milliseconds = value.flooredDivision(by: units)
        nanoseconds = (value &- milliseconds &* units) &* (1_000_000 / units)
    }

    /// The value in units, wrapping around where it does not fit.
    @inline(__always)
    static func value(_ milliseconds: Int64, _ nanoseconds: Int64, _ units: Int64) -> Int64 {
        milliseconds &* units &+ nanoseconds / (1_000_000 / units)
    }
}
