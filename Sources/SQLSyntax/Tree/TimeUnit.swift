/// A unit of time, as in `EXTRACT(HOUR FROM x)` or `INTERVAL '1' DAY`.
package enum TimeUnit: String, Sendable, Hashable, CaseIterable {
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
    case dayOfYear = "DOY"
    case isoDayOfWeek = "ISODOW"
    case isoYear = "ISOYEAR"
    case decade = "DECADE"
    case century = "CENTURY"
    case millennium = "MILLENNIUM"
    case epoch = "EPOCH"

    /// Whether intervals can be counted in the unit.
    package var isIntervalUnit: Bool {
        switch self {
        case .year, .quarter, .month, .week, .day, .hour, .minute, .second: true
        default: false
        }
    }

    /// Whether months are a multiple or a fraction of the unit: `YEAR`, `QUARTER` and `MONTH`.
    package var isYearMonth: Bool {
        self == .year || self == .quarter || self == .month
    }
}

/// The units of an interval: `DAY(3) TO SECOND(6)`.
package struct IntervalQualifier: Sendable, Hashable {
    package let start: TimeUnit
    /// How many digits the first unit may have.
    package let startPrecision: Int?
    /// The unit after `TO`.
    package let end: TimeUnit?
    /// How many digits the fraction of a second may have.
    package let fractionalPrecision: Int?
    @Ignored package var range: SourceRange
}
