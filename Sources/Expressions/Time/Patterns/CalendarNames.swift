/// Names of months, days and eras in English, as Java's formatters write them.
enum CalendarNames {
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    /// Monday first.
    static let weekdays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]

    static let halves = ["AM", "PM"]

    /// The names of a field, each with its value; nil when the field has no names.
    static func table(_ field: DateTimeField, _ style: TextStyle) -> [(String, Int)]? {
        switch field {
        case .month: return numbered(months.map { cut($0, style, short: 3) })
        case .dayOfWeek: return numbered(weekdays.map { cut($0, style, short: 3) })
        case .half: return [("AM", 0), ("PM", 1)]
        case .era:
            switch style {
            case .full: return [("Before Christ", 0), ("Anno Domini", 1)]
            case .short: return [("BC", 0), ("AD", 1)]
            case .narrow: return [("B", 0), ("A", 1)]
            }
        case .quarter:
            switch style {
            case .full:
                return [
                    ("1st quarter", 1), ("2nd quarter", 2), ("3rd quarter", 3),
                    ("4th quarter", 4),
                ]
            case .short: return [("Q1", 1), ("Q2", 2), ("Q3", 3), ("Q4", 4)]
            case .narrow: return [("1", 1), ("2", 2), ("3", 3), ("4", 4)]
            }
        default: return nil
        }
    }

    private static func numbered(_ names: [String]) -> [(String, Int)] {
        names.enumerated().map { ($0.element, $0.offset + 1) }
    }

    private static func cut(_ name: String, _ style: TextStyle, short: Int) -> String {
        switch style {
        case .full: name
        case .short: String(name.prefix(short))
        case .narrow: String(name.prefix(1))
        }
    }
}

/// How long a name is written.
enum TextStyle: Sendable {
    case short
    case full
    case narrow
}

/// The fields of a date and time that patterns can name.
enum DateTimeField: Sendable, Hashable {
    case era
    case yearOfEra
    case year
    case weekBasedYear
    case month
    case quarter
    case weekOfYear
    case weekOfMonth
    case alignedWeekOfMonth
    case day
    case dayOfYear
    /// 1 for Monday.
    case dayOfWeek
    /// 1 for Sunday, as weeks start in the United States.
    case localDayOfWeek
    /// 0 in the morning, 1 from noon on.
    case half
    case hour
    /// 1 to 24.
    case clockHour
    /// 0 to 11.
    case hourOfHalf
    /// 1 to 12.
    case clockHourOfHalf
    case minute
    case second
    case nanosecond
    case millisecondOfDay
    case nanosecondOfDay
    case modifiedJulianDay

    /// Java's name of the field in error messages.
    var javaName: String {
        switch self {
        case .era: "Era"
        case .yearOfEra: "YearOfEra"
        case .year: "Year"
        case .weekBasedYear: "WeekBasedYear"
        case .month: "MonthOfYear"
        case .quarter: "QuarterOfYear"
        case .weekOfYear: "WeekOfWeekBasedYear"
        case .weekOfMonth: "WeekOfMonth"
        case .alignedWeekOfMonth: "AlignedWeekOfMonth"
        case .day: "DayOfMonth"
        case .dayOfYear: "DayOfYear"
        case .dayOfWeek, .localDayOfWeek: "DayOfWeek"
        case .half: "AmPmOfDay"
        case .hour: "HourOfDay"
        case .clockHour: "ClockHourOfDay"
        case .hourOfHalf: "HourOfAmPm"
        case .clockHourOfHalf: "ClockHourOfAmPm"
        case .minute: "MinuteOfHour"
        case .second: "SecondOfMinute"
        case .nanosecond: "NanoOfSecond"
        case .millisecondOfDay: "MilliOfDay"
        case .nanosecondOfDay: "NanoOfDay"
        case .modifiedJulianDay: "ModifiedJulianDay"
        }
    }
}
