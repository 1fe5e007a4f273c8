import Columnar

/// Reads dates and times of `datestyle = ISO`.
enum TimeScan {
    enum Outcome {
        case value(Int64)
        /// `infinity`, `-infinity`, or beyond what the type can hold: the nearest value it can.
        case clamped(Int64)
        case malformed
    }

    /// Days of 0001-01-01 and 9999-12-31, which stand for the infinities.
    static let firstDay = CivilDate(year: 1, month: 1, day: 1).daysSinceEpoch
    static let lastDay = CivilDate(year: 9999, month: 12, day: 31).daysSinceEpoch

    /// `2024-02-29`, `12024-01-01` or `0044-03-15 BC`, as days since 1970.
    static func date(_ text: Span<UInt8>) -> Outcome {
        if TextScan.equals(text, "infinity") { return .clamped(Int64(lastDay)) }
        if TextScan.equals(text, "-infinity") { return .clamped(Int64(firstDay)) }
        var end = 0
        guard let days = civilDays(text, &end) else { return .malformed }
        return .value(Int64(days))
    }

    /// A timestamp in units of `unitsPerSecond`, cut to `step` units.
    ///
    /// A zone, if there is one, is taken into account; the session's is UTC.
    static func timestamp(_ text: Span<UInt8>, unitsPerSecond: Int64, step: Int64) -> Outcome {
        if TextScan.equals(text, "infinity") {
            return .clamped(clamp(lastMicroseconds, unitsPerSecond, step))
        }
        if TextScan.equals(text, "-infinity") {
            return .clamped(clamp(firstMicroseconds, unitsPerSecond, step))
        }
        var end = 0
        guard let days = civilDays(text, &end), end < text.count else { return .malformed }
        guard let clock = clock(text, from: &end) else { return .malformed }
        let offset = zoneSeconds(text, &end)
        let seconds = Int64(days) &* 86_400 &- Int64(offset)
        let (whole, isBeyond) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (microseconds, isAbove) = whole.addingReportingOverflow(clock)
        let factor = unitsPerSecond / 1_000_000
        let (scaled, isTooFine) = microseconds.multipliedReportingOverflow(by: factor)
        if isBeyond || isAbove || isTooFine {
            return .clamped(seconds < 0 ? lowest(step) : Int64.max - Int64.max % step)
        }
        return .value(step == 1 ? scaled : scaled - scaled.flooredRemainder(by: step))
    }

    private static let firstMicroseconds = Int64(firstDay) * 86_400_000_000
    private static let lastMicroseconds = Int64(lastDay + 1) * 86_400_000_000 - 1

    /// The first value that a precision can have.
    private static func lowest(_ step: Int64) -> Int64 { Int64.min - Int64.min % step }

    private static func clamp(
        _ microseconds: Int64,
        _ unitsPerSecond: Int64,
        _ step: Int64
    ) -> Int64 {
        let factor = unitsPerSecond / 1_000_000
        let (scaled, overflow) = microseconds.multipliedReportingOverflow(by: factor)
        if overflow, microseconds < 0 { return lowest(step) }
        let value = overflow ? Int64.max : scaled
        return value - value.flooredRemainder(by: step)
    }

    /// `13:14:15.123456` as microseconds of the day.
    static func time(_ text: Span<UInt8>) -> Int64? {
        var position = -1
        guard let clock = clock(text, from: &position), position == text.count else { return nil }
        return clock
    }

    /// The clock behind one separator at `position`; moves the position behind it.
    private static func clock(_ text: Span<UInt8>, from position: inout Int) -> Int64? {
        let start = position &+ 1
        guard let hours = TextScan.digits(text, at: start, count: 2),
            let minutes = TextScan.digits(text, at: start &+ 3, count: 2),
            let seconds = TextScan.digits(text, at: start &+ 6, count: 2)
        else { return nil }
        var value = Int64(hours &* 3600 &+ minutes &* 60 &+ seconds) &* 1_000_000
        position = start &+ 8
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position &+= 1
            var unit: Int64 = 100_000
            while position < text.count, let digit = TextScan.digit(text[position]) {
                value &+= Int64(digit) &* unit
                unit /= 10
                position &+= 1
            }
        }
        return value
    }

    /// `+00`, `+05:30` or `-12:34:56` in seconds; 0 when there is no zone.
    private static func zoneSeconds(_ text: Span<UInt8>, _ position: inout Int) -> Int {
        guard position < text.count else { return 0 }
        let sign = text[position]
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return 0 }
        var seconds = (TextScan.digits(text, at: position &+ 1, count: 2) ?? 0) &* 3600
        position &+= 3
        var unit = 60
        while position < text.count, text[position] == UInt8(ascii: ":"), unit > 0 {
            seconds &+= (TextScan.digits(text, at: position &+ 1, count: 2) ?? 0) &* unit
            position &+= 3
            unit /= 60
        }
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    /// The days of the date at the front; `end` is set behind it.
    private static func civilDays(_ text: Span<UInt8>, _ end: inout Int) -> Int? {
        var year = 0
        var index = 0
        while index < text.count, index < 8, let digit = TextScan.digit(text[index]) {
            year = year &* 10 &+ Int(digit)
            index &+= 1
        }
        guard index >= 4,
            let month = TextScan.digits(text, at: index &+ 1, count: 2),
            let day = TextScan.digits(text, at: index &+ 4, count: 2)
        else { return nil }
        end = index &+ 6
        if text.count > 3, text[text.count &- 1] == UInt8(ascii: "C"),
            text[text.count &- 2] == UInt8(ascii: "B")
        {
            year = 1 &- year
        }
        let date = CivilDate(year: year, month: month, day: day)
        return date.isValid ? date.daysSinceEpoch : nil
    }
}
