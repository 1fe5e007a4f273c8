import Columnar

/// A date and time without zone whose fields patterns write.
struct DateTimeValue {
    let date: CivilDate
    let secondsOfDay: Int
    let nanoseconds: Int

    init(date: CivilDate, secondsOfDay: Int, nanoseconds: Int) {
        self.date = date
        self.secondsOfDay = secondsOfDay
        self.nanoseconds = nanoseconds
    }

    /// A timestamp in units of a fraction of a second.
    init(_ value: Int64, unitsPerSecond units: Int64) {
        let seconds = value.flooredDivision(by: units)
        let days = seconds.flooredDivision(by: 86_400)
        date = CivilDate(daysSinceEpoch: Int(days))
        secondsOfDay = Int(seconds - days * 86_400)
        nanoseconds = Int((value - seconds * units) * (1_000_000_000 / units))
    }

    /// The value of a field.
    func value(of field: DateTimeField) -> Int? {
        let days = date.daysSinceEpoch
        let hour = secondsOfDay / 3600
        switch field {
        case .era: return date.year > 0 ? 1 : 0
        case .yearOfEra: return date.year > 0 ? date.year : 1 - date.year
        case .year: return date.year
        case .weekBasedYear: return WeekOfUnitedStates.year(days)
        case .month: return date.month
        case .quarter: return (date.month + 2) / 3
        case .weekOfYear: return WeekOfUnitedStates.week(days)
        case .weekOfMonth:
            let first = days - date.day + 1
            return (date.day - 1 + (first + 4).flooredRemainder(by: 7)) / 7 + 1
        case .alignedWeekOfMonth: return (date.day - 1) / 7 + 1
        case .day: return date.day
        case .dayOfYear:
            return days - CivilDate(year: date.year, month: 1, day: 1).daysSinceEpoch + 1
        case .dayOfWeek: return (days + 3).flooredRemainder(by: 7) + 1
        case .localDayOfWeek: return (days + 4).flooredRemainder(by: 7) + 1
        case .half: return hour / 12
        case .hour: return hour
        case .clockHour: return hour == 0 ? 24 : hour
        case .hourOfHalf: return hour % 12
        case .clockHourOfHalf: return hour % 12 == 0 ? 12 : hour % 12
        case .minute: return secondsOfDay / 60 % 60
        case .second: return secondsOfDay % 60
        case .nanosecond: return nanoseconds
        case .millisecondOfDay: return secondsOfDay * 1000 + nanoseconds / 1_000_000
        case .nanosecondOfDay: return secondsOfDay * 1_000_000_000 + nanoseconds
        case .modifiedJulianDay: return days + 40_587
        }
    }

    /// The date as `2024-02-29`.
    var dateText: String {
        var output = BytesBuilder(reserving: 1)
        TimeText.writeISODate(days: Int32(date.daysSinceEpoch), to: &output)
        output.endValue()
        return output.finish().string(0)
    }
}

/// Weeks as in the United States: from Sunday, and the first holds 1 January.
enum WeekOfUnitedStates {
    /// The Sunday that starts the first week of a week-based year.
    static func firstDay(ofYear year: Int) -> Int {
        let first = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
        return first - (first + 4).flooredRemainder(by: 7)
    }

    static func year(_ days: Int) -> Int {
        let year = CivilDate(daysSinceEpoch: days).year
        return days >= firstDay(ofYear: year + 1) ? year + 1 : year
    }

    static func week(_ days: Int) -> Int {
        (days - firstDay(ofYear: year(days))) / 7 + 1
    }
}
