import Columnar

/// Values as the text that PostgreSQL reads.
enum ValueText {
    private static let microsecondsPerDay: Int64 = 86_400_000_000

    /// `2024-02-29 12:34:56.789`, a time of day in UTC.
    static func timestamp(_ microseconds: Int64) -> String {
        let days = microseconds.flooredDivision(by: microsecondsPerDay)
        let milliseconds = microseconds.flooredRemainder(by: microsecondsPerDay) / 1000
        let date = CivilDate(daysSinceEpoch: Int(days))
        let clock = [
            milliseconds / 3_600_000, milliseconds / 60_000 % 60, milliseconds / 1000 % 60,
        ]
        .map { padded($0, 2) }.joined(separator: ":")
        return """
            \(padded(Int64(date.year), 4))-\(padded(Int64(date.month), 2))-\
            \(padded(Int64(date.day), 2)) \(clock).\(padded(milliseconds % 1000, 3))
            """
    }

    /// An instant: `2024-02-29 12:34:56.789+00`.
    static func instant(_ microseconds: Int64) -> String { timestamp(microseconds) + "+00" }

    /// `1234.05` for 123405 hundredths.
    static func hundredths(_ value: Int) -> String {
        let sign = value < 0 ? "-" : ""
        return "\(sign)\(value.magnitude / 100).\(padded(Int64(value.magnitude % 100), 2))"
    }

    private static func padded(_ value: Int64, _ digits: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
