import Columnar

/// Event times as people give them: `2026-01-31 08:00:00` in UTC.
enum EventTimeText {
    /// Microseconds since 1970, or nil if the text is no such time.
    static func microseconds(_ text: String) -> Int64? {
        let numbers = text.split { "-: T".contains($0) }.map { Int($0) }
        let parts = numbers.compactMap { $0 }
        guard numbers.count == 6, parts.count == 6 else { return nil }
        let date = CivilDate(year: parts[0], month: parts[1], day: parts[2])
        guard date.isValid, (1970...9999).contains(date.year), (0...23).contains(parts[3]),
            (0...59).contains(parts[4]), (0...59).contains(parts[5])
        else { return nil }
        let seconds = date.daysSinceEpoch * 86_400 + parts[3] * 3600 + parts[4] * 60 + parts[5]
        return Int64(seconds) * 1_000_000
    }

    /// The form in which `microseconds` reads it.
    static func text(_ microseconds: Int64) -> String {
        var output = BytesBuilder(reserving: 1)
        TimeText.writeTimestamp(microseconds, precision: 6, to: &output)
        output.endValue()
        return String(output.finish().string(0).prefix(19))
    }
}
