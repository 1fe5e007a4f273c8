import Columnar

/// Reads dates, times and timestamps from text as leniently as Flink's `DateTimeUtils`.
enum TimeParser {
    /// Days since 1970 of `2024-2-9`, `2024-02`, `2024` or the date of a timestamp.
    static func date(_ text: [UInt8]) -> Int? {
        var text = text[...]
        if let space = text.firstIndex(of: UInt8(ascii: " ")), space > 0 { text = text[..<space] }
        let parts = text.split(
            separator: UInt8(ascii: "-"),
            maxSplits: 2,
            omittingEmptySubsequences: false
        )
        var numbers: [Int] = []
        for part in parts {
            guard let number = number(part) else { return nil }
            numbers.append(number)
        }
        while numbers.count < 3 { numbers.append(1) }
        let date = CivilDate(year: numbers[0], month: numbers[1], day: numbers[2])
        return date.year <= 9999 && date.isValid ? date.daysSinceEpoch : nil
    }

    /// Milliseconds of the day of `12:34:56.789`, `12:34` or `12`, with an offset behind.
    static func time(_ text: [UInt8]) -> Int32? {
        var clock = text[...]
        var shift = 0
        let minus = text.firstIndex(of: UInt8(ascii: "-"))
        if let sign = minus ?? text.firstIndex(of: UInt8(ascii: "+")) {
            let parts = text[(sign + 1)...].split(
                separator: UInt8(ascii: ":"),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard let hours = number(parts[0]) else { return nil }
            var minutes: Int? = 0
            if parts.count > 1 { minutes = number(parts[1]) }
            guard let minutes else { return nil }
            shift = (hours * 60 + minutes) * 60_000 * (minus == nil ? 1 : -1)
            clock = text[..<sign]
        }
        guard let value = clockMilliseconds(clock) else { return nil }
        let shifted = value + shift
        return (0..<86_400_000).contains(shifted) ? Int32(shifted) : nil
    }

    private static func clockMilliseconds(_ text: ArraySlice<UInt8>) -> Int? {
        let parts = text.split(
            separator: UInt8(ascii: ":"),
            maxSplits: 2,
            omittingEmptySubsequences: false
        )
        guard let hour = number(parts[0]), hour < 24 else { return nil }
        var result = hour * 3_600_000
        if parts.count > 1 {
            guard let minute = number(parts[1]), minute < 60 else { return nil }
            result += minute * 60_000
        }
        if parts.count > 2 {
            let halves = parts[2].split(
                separator: UInt8(ascii: "."),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard let second = number(halves[0]), second < 60 else { return nil }
            result += second * 1000
            if halves.count > 1 { result += fraction(trimmed(halves[1])) }
        }
        return result
    }

    /// Milliseconds of a fraction: three digits, the third rounded up by the fourth.
    private static func fraction(_ text: ArraySlice<UInt8>) -> Int {
        var result = 0
        var factor = 100
        for (index, byte) in text.prefix(3).enumerated() {
            let digit = byte &- UInt8(ascii: "0")
            result += digit <= 9 ? Int(digit) * factor : 0
            if index == 2, text.count > 3, text[text.startIndex + 3] >= UInt8(ascii: "5") {
                result += 1
            }
            factor /= 10
        }
        return result
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let first = text.first, first <= 32 { text.removeFirst() }
        while let last = text.last, last <= 32 { text.removeLast() }
        return text
    }

    /// A number of digits only, with spaces around it.
    private static func number(_ text: ArraySlice<UInt8>) -> Int? {
        let digits = trimmed(text)
        guard !digits.isEmpty, digits.count <= 9,
            digits.allSatisfy({ $0 &- UInt8(ascii: "0") <= 9 })
        else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// A timestamp of SQL in units of its precision; with a zone it is a moment of local time.
    static func timestamp(
        _ text: [UInt8],
        _ precision: Int,
        _ zone: ZoneRules?
    ) throws(PatternMismatch) -> Int64 {
        if let value = usual(text, precision) {
            return value.moment(precision, zone)
        }
        let parsed = try DateTimePattern.sqlTimestamp.parse(text)
        guard let value = parsed.timestamp(digits: precision),
            let result = units(value, precision, zone)
        else {
            throw PatternMismatch(
                reason: "Text '\(String(decoding: text, as: UTF8.self))' could not be parsed"
            )
        }
        return result
    }

    /// A parsed time in units of the precision; nil where nanoseconds do not fit.
    static func units(
        _ value: (seconds: Int64, nanoseconds: Int64),
        _ precision: Int,
        _ zone: ZoneRules?
    ) -> Int64? {
        let units = DataType.timestampUnitsPerSecond(precision: precision)
        let seconds = value.seconds - Int64(zone?.offset(atLocal: value.seconds) ?? 0)
        let (product, overflow) = seconds.multipliedReportingOverflow(by: units)
        if overflow { return nil }
        return product + value.nanoseconds / (1_000_000_000 / units)
    }

    private struct Usual {
        let seconds: Int64
        let nanoseconds: Int64

        func moment(_ precision: Int, _ zone: ZoneRules?) -> Int64 {
            let units = DataType.timestampUnitsPerSecond(precision: precision)
            let shift = Int64(zone?.offset(atLocal: seconds) ?? 0)
            return (seconds - shift) * units + nanoseconds / (1_000_000_000 / units)
        }
    }

    /// The form `2024-02-29 12:34:56[.789]` of a date that exists, without any detour.
    private static func usual(_ text: [UInt8], _ precision: Int) -> Usual? {
        guard text.count >= 19, text.count <= 29, text[4] == 45, text[7] == 45, text[10] == 32,
            text[13] == 58, text[16] == 58
        else { return nil }
        func pair(_ start: Int) -> Int {
            let tens = text[start] &- 48
            let ones = text[start + 1] &- 48
            return tens <= 9 && ones <= 9 ? Int(tens) * 10 + Int(ones) : 1000
        }
        let year = pair(0) * 100 + pair(2)
        let date = CivilDate(year: year, month: pair(5), day: pair(8))
        let hour = pair(11)
        let minute = pair(14)
        let second = pair(17)
        guard year >= 1, year <= 9999, date.isValid, hour < 24, minute < 60, second < 60,
            precision <= 6 || (year > 1678 && year < 2262)
        else { return nil }
        var nanoseconds = 0
        if text.count > 19 {
            guard text[19] == 46 else { return nil }
            for index in 20..<29 {
                let digit = index < text.count ? text[index] &- 48 : 0
                guard digit <= 9 else { return nil }
                nanoseconds = nanoseconds * 10 + Int(digit)
            }
        }
        let step = Int(DecimalMath.powerOfTen(9 - precision))
        let seconds = date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second
        return Usual(
            seconds: Int64(seconds),
            nanoseconds: Int64(nanoseconds / step * step)
        )
    }
}
