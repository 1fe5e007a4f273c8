/// Writes a line of a log for people.
package enum LogText {
    /// As in `2026-11-21T05:41:27.123Z  info  Checkpoint completed  checkpoint=7`.
    package static func line(_ line: LogLine) -> String {
        let facts = line.metadata.sorted { $0.key < $1.key }.map { "  \($0.key)=\($0.value)" }
        let time = TimestampText.iso(milliseconds: line.timestamp)
        return "\(time)  \(line.level)  \(line.message)" + facts.joined()
    }
}

/// Writes moments.
package enum TimestampText {
    /// As in `2026-11-21T05:41:27.123Z`.
    package static func iso(milliseconds: Int64) -> String {
        let days = Int(milliseconds.floorDivided(by: 86_400_000))
        let rest = Int(milliseconds - Int64(days) * 86_400_000)
        let (year, month, day) = date(days)
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return """
            \(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))T\
            \(digits(rest / 3_600_000, 2)):\(digits(rest / 60_000 % 60, 2)):\
            \(digits(rest / 1000 % 60, 2)).\(digits(rest % 1000, 3))Z
            """
    }

    /// The date of a day counted from 1970 (Howard Hinnant's `civil_from_days`).
    private static func date(_ daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let days = daysSince1970 + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * part + 2) / 5 + 1)
    }
}

extension Int64 {
    /// The quotient rounded down.
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
