import Columnar

/// Writes timestamps that mostly stay in the same minute as `2015-07-15 00:00:12.345`.
struct TimestampText {
    /// The minute that `prefix` shows, counted since 1970.
    private var minute = Int64.min
    /// The text of the minute: `2015-07-15 00:00:`.
    private var prefix: [UInt8] = []

    /// Appends a timestamp in milliseconds since 1970, not before.
    mutating func write(_ milliseconds: Int64, to line: inout [UInt8]) {
        let wanted = milliseconds / 60_000
        if wanted != minute {
            minute = wanted
            writePrefix()
        }
        line.append(contentsOf: prefix)
        let rest = Int(milliseconds - wanted * 60_000)
        line.append(digits: rest / 1000, count: 2)
        line.append(UInt8(ascii: "."))
        line.append(digits: rest % 1000, count: 3)
    }

    private mutating func writePrefix() {
        let date = CivilDate(daysSinceEpoch: Int(minute / 1440))
        prefix.removeAll(keepingCapacity: true)
        prefix.append(digits: date.year, count: 4)
        prefix.append(UInt8(ascii: "-"))
        prefix.append(digits: date.month, count: 2)
        prefix.append(UInt8(ascii: "-"))
        prefix.append(digits: date.day, count: 2)
        prefix.append(UInt8(ascii: " "))
        prefix.append(digits: Int(minute / 60 % 24), count: 2)
        prefix.append(UInt8(ascii: ":"))
        prefix.append(digits: Int(minute % 60), count: 2)
        prefix.append(UInt8(ascii: ":"))
    }
}
