import Columnar

/// Reads dates and times as the Java formatters that Flink uses.
enum DateTimeText {
    /// A date and a time of day, not yet fitted to a type.
    struct LocalDateTime: Equatable {
        var days: Int
        var nanoseconds: Int64
    }

    /// How the parts of a timestamp are written.
    struct Style {
        /// The byte between date and time.
        let separator: UInt8
        /// Whether seconds may be left out, as ISO-8601 allows.
        let secondsAreOptional: Bool
        /// Whether a day behind the end of its month means the last day: Java's SMART resolver.
        let clampsDays: Bool

        /// As in `2024-02-29 12:34:56.789`.
        static let sql = Style(
            separator: UInt8(ascii: " "),
            secondsAreOptional: false,
            clampsDays: true
        )
        /// As in `2024-02-29T12:34:56.789`.
        static let iso = Style(
            separator: UInt8(ascii: "T"),
            secondsAreOptional: true,
            clampsDays: false
        )
        /// `2024-02-29T12:34:56.789Z`: the same, read by a formatter with another resolver.
        static let isoUTC = Style(
            separator: UInt8(ascii: "T"),
            secondsAreOptional: true,
            clampsDays: true
        )
    }

    /// Days since 1970 of a whole `2024-02-29` (Java's `ISO_LOCAL_DATE`).
    static func date(_ text: Span<UInt8>) -> Int32? {
        guard let (days, end) = isoDate(text, clampsDays: false), end == text.count else {
            return nil
        }
        return Int32(exactly: days)
    }

    /// Days since 1970 of a whole `2024-2-29` (Java's `java.sql.Date.valueOf`).
    ///
    /// Month and day may have one digit; a day behind the end of its month is in the next one.
    static func sqlDate(_ text: Span<UInt8>) -> Int32? {
        guard text.count >= 8, text.count <= 10, text[4] == UInt8(ascii: "-") else { return nil }
        var numbers = (year: 0, month: 0, day: 0)
        for index in 0..<4 {
            guard text[index] &- 0x30 <= 9 else { return nil }
            numbers.year = numbers.year * 10 + Int(text[index] - 0x30)
        }
        var index = 5
        while index < text.count, text[index] &- 0x30 <= 9 {
            numbers.month = numbers.month * 10 + Int(text[index] - 0x30)
            index += 1
        }
        guard index == 6 || index == 7, index < text.count - 1, index >= text.count - 3,
            text[index] == UInt8(ascii: "-")
        else { return nil }
        for position in index + 1..<text.count {
            guard text[position] &- 0x30 <= 9 else { return nil }
            numbers.day = numbers.day * 10 + Int(text[position] - 0x30)
        }
        guard (1...12).contains(numbers.month), (1...31).contains(numbers.day) else { return nil }
        let first = CivilDate(year: numbers.year, month: numbers.month, day: 1)
        return Int32(exactly: first.daysSinceEpoch + numbers.day - 1)
    }

    /// Nanoseconds of a whole `12:34:56.789`.
    static func time(_ text: Span<UInt8>, secondsAreOptional: Bool = false) -> Int64? {
        guard
            let (nanoseconds, end) = clock(text, from: 0, secondsAreOptional: secondsAreOptional),
            end == text.count, nanoseconds < nanosecondsPerDay
        else { return nil }
        return nanoseconds
    }

    /// A whole timestamp without a zone.
    static func timestamp(_ text: Span<UInt8>, _ style: Style) -> LocalDateTime? {
        guard let (value, end) = dateAndTime(text, style), end == text.count else { return nil }
        return value
    }

    /// A whole timestamp with a final `Z`.
    static func utcTimestamp(_ text: Span<UInt8>, _ style: Style) -> LocalDateTime? {
        guard let (value, end) = dateAndTime(text, style), end == text.count - 1,
            text[end] == UInt8(ascii: "Z")
        else { return nil }
        return value
    }

    /// A whole timestamp in either style with `Z`, an offset or nothing behind it, as UTC.
    static func anyTimestamp(_ text: Span<UInt8>) -> LocalDateTime? {
        guard let (value, end) = dateAndTime(text, .iso) ?? dateAndTime(text, .sql) else {
            return nil
        }
        guard let offset = offsetSeconds(text, from: end) else { return nil }
        return moved(value, bySeconds: -offset)
    }

    /// Nanoseconds of a whole time with `Z`, an offset or nothing behind it, as UTC.
    static func anyTime(_ text: Span<UInt8>) -> Int64? {
        guard let (nanoseconds, end) = clock(text, from: 0, secondsAreOptional: true),
            let offset = offsetSeconds(text, from: end)
        else { return nil }
        let moved = nanoseconds - Int64(offset) * 1_000_000_000
        return moved.flooredRemainder(by: nanosecondsPerDay)
    }

    static let nanosecondsPerDay: Int64 = 86_400_000_000_000

    private static func moved(_ value: LocalDateTime, bySeconds seconds: Int) -> LocalDateTime {
        let nanoseconds = value.nanoseconds + Int64(seconds) * 1_000_000_000
        return LocalDateTime(
            days: value.days + Int(nanoseconds.flooredDivision(by: nanosecondsPerDay)),
            nanoseconds: nanoseconds.flooredRemainder(by: nanosecondsPerDay)
        )
    }

    private static func dateAndTime(
        _ text: Span<UInt8>,
        _ style: Style
    ) -> (LocalDateTime, end: Int)? {
        guard let (days, dateEnd) = isoDate(text, clampsDays: style.clampsDays),
            dateEnd < text.count,
            text[dateEnd] == style.separator
                || (style.secondsAreOptional && text[dateEnd] == style.separator | 0x20),
            let (nanoseconds, end) = clock(
                text,
                from: dateEnd + 1,
                secondsAreOptional: style.secondsAreOptional
            )
        else { return nil }
        // 24:00:00 is midnight of the next day for the SMART resolver only.
        if nanoseconds == nanosecondsPerDay, !style.clampsDays { return nil }
        return (moved(LocalDateTime(days: days, nanoseconds: nanoseconds), bySeconds: 0), end)
    }

    /// `2024-02-29` at the front: four digits of the year, or a sign and up to nine.
    private static func isoDate(_ text: Span<UInt8>, clampsDays: Bool) -> (days: Int, end: Int)? {
        guard text.count >= 10 else { return nil }
        var index = 0
        let isNegative = text[0] == UInt8(ascii: "-")
        let isSigned = isNegative || text[0] == UInt8(ascii: "+")
        if isSigned { index = 1 }
        var year = 0
        let first = index
        while index < text.count, text[index] &- 0x30 <= 9, index - first < 9 {
            year = year * 10 + Int(text[index] - 0x30)
            index += 1
        }
        let digits = index - first
        guard digits >= 4, isSigned || digits == 4, isNegative || !isSigned || digits > 4,
            index + 6 <= text.count, text[index] == UInt8(ascii: "-"),
            text[index + 3] == UInt8(ascii: "-"),
            let month = twoDigits(text, index + 1), let day = twoDigits(text, index + 4),
            month >= 1, month <= 12, day >= 1, day <= 31
        else { return nil }
        if isNegative { year = -year }
        let last = CivilDate.daysInMonth(year, month)
        guard day <= last || clampsDays else { return nil }
        let date = CivilDate(year: year, month: month, day: min(day, last))
        return (date.daysSinceEpoch, index + 6)
    }

    /// `12:34:56.789` from `start` on; up to nine digits of the fraction.
    private static func clock(
        _ text: Span<UInt8>,
        from start: Int,
        secondsAreOptional: Bool
    ) -> (nanoseconds: Int64, end: Int)? {
        guard start + 5 <= text.count, let hour = twoDigits(text, start), hour <= 24,
            text[start + 2] == UInt8(ascii: ":"), let minute = twoDigits(text, start + 3),
            minute <= 59
        else { return nil }
        var seconds = hour * 3600 + minute * 60
        var nanoseconds: Int64 = 0
        var end = start + 5
        if end + 3 <= text.count, text[end] == UInt8(ascii: ":"),
            let second = twoDigits(text, end + 1), second <= 59
        {
            seconds += second
            end += 3
            if end < text.count, text[end] == UInt8(ascii: ".") {
                end += 1
                var unit: Int64 = 100_000_000
                while end < text.count, unit > 0, text[end] &- 0x30 <= 9 {
                    nanoseconds += Int64(text[end] - 0x30) * unit
                    unit /= 10
                    end += 1
                }
            }
        } else if !secondsAreOptional {
            return nil
        }
        nanoseconds += Int64(seconds) * 1_000_000_000
        return nanoseconds <= nanosecondsPerDay ? (nanoseconds, end) : nil
    }

    /// Seconds east of UTC of `Z`, `+02`, `+02:00`, `+0200` or nothing at the end of the text.
    private static func offsetSeconds(_ text: Span<UInt8>, from start: Int) -> Int? {
        let rest = text.count - start
        if rest == 0 || (rest == 1 && text[start] == UInt8(ascii: "Z")) { return 0 }
        let sign = text[start] == UInt8(ascii: "+") ? 1 : text[start] == UInt8(ascii: "-") ? -1 : 0
        guard sign != 0, rest >= 3, let hours = twoDigits(text, start + 1), hours <= 18 else {
            return nil
        }
        if rest == 3 { return sign * hours * 3600 }
        let minutesAt = text[start + 3] == UInt8(ascii: ":") ? start + 4 : start + 3
        guard minutesAt + 2 == text.count, let minutes = twoDigits(text, minutesAt), minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private static func twoDigits(_ text: Span<UInt8>, _ index: Int) -> Int? {
        guard index + 2 <= text.count else { return nil }
        let tens = text[index] &- 0x30
        let ones = text[index + 1] &- 0x30
        guard tens <= 9, ones <= 9 else { return nil }
        return Int(tens) * 10 + Int(ones)
    }
}

extension DateTimeText.LocalDateTime {
    /// The value in the units of a TIMESTAMP(p), cut to its digits; nil when it does not fit.
    func value(precision: Int) -> Int64? {
        let units = DataType.timestampUnitsPerSecond(precision: precision)
        let step = Int64(DecimalMath.powerOfTen(9 - min(9, max(0, precision))))
        let fraction = (nanoseconds - nanoseconds % step) / (1_000_000_000 / units)
        let (day, overflow) = Int64(days).multipliedReportingOverflow(by: 86_400 * units)
        let (sum, carries) = day.addingReportingOverflow(fraction)
        return overflow || carries ? nil : sum
    }
}
