import Columnar

/// The rule at the end of a zone file, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct PosixZoneRule: Sendable {
    /// Seconds east of UTC in winter.
    let standardOffset: Int32
    let daylight: Daylight?

    /// Summer time: its offset, and when it starts and ends each year in local time.
    struct Daylight: Sendable {
        let offset: Int32
        let start: Day
        let end: Day
    }

    /// A day of every year with a time of the day in seconds.
    struct Day: Sendable {
        let kind: Kind
        let seconds: Int

        enum Kind: Sendable {
            /// Day 1 to 365; 29 February is never counted.
            case julian(Int)
            /// Day 0 to 365; 29 February is counted.
            case ordinal(Int)
            /// The given day of the week, 0 for Sunday, in a week of a month; week 5 is the last.
            case monthly(month: Int, week: Int, weekday: Int)
        }

        /// Seconds since 1970 in local time.
        func localSeconds(year: Int) -> Int64 {
            Int64(dayNumber(year)) * 86_400 + Int64(seconds)
        }

        private func dayNumber(_ year: Int) -> Int {
            let first = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
            switch kind {
            case .julian(let day):
                return first + day - 1 + (day >= 60 && CivilDate.isLeap(year) ? 1 : 0)
            case .ordinal(let day): return first + day
            case .monthly(let month, let week, let weekday):
                let start = CivilDate(year: year, month: month, day: 1).daysSinceEpoch
                let firstWeekday = (start + 4).flooredRemainder(by: 7)
                var day = (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
                while day >= CivilDate.daysInMonth(year, month) { day -= 7 }
                return start + day
            }
        }
    }

    /// The period around a moment.
    func period(atUTC seconds: Int64) -> ZoneTable.Period {
        guard let daylight else {
            return ZoneTable.Period(start: .min, end: .max, offset: standardOffset)
        }
        let days = (seconds + Int64(standardOffset)).flooredDivision(by: 86_400)
        let year = CivilDate(daysSinceEpoch: Int(days)).year
        var changes: [(at: Int64, offset: Int32)] = []
        for near in (year - 1)...(year + 1) {
            let start = daylight.start.localSeconds(year: near) - Int64(standardOffset)
            let end = daylight.end.localSeconds(year: near) - Int64(daylight.offset)
            changes.append((start, daylight.offset))
            changes.append((end, standardOffset))
        }
        changes.sort { $0.at < $1.at }
        var period = ZoneTable.Period(start: .min, end: changes[0].at, offset: standardOffset)
        for (index, change) in changes.enumerated() where change.at <= seconds {
            let end = index + 1 < changes.count ? changes[index + 1].at : .max
            period = ZoneTable.Period(start: change.at, end: end, offset: change.offset)
        }
        return period
    }

    /// Reads the rule; nil when it is malformed.
    init?(_ text: String) {
        var reader = Reader(rest: Array(text.utf8)[...])
        guard reader.skipName(), let standard = reader.offset() else { return nil }
        standardOffset = Int32(-standard)
        if reader.rest.isEmpty {
            daylight = nil
            return
        }
        guard reader.skipName() else { return nil }
        var offset = Int32(-standard) + 3600
        if let next = reader.rest.first, next != UInt8(ascii: ",") {
            guard let given = reader.offset() else { return nil }
            offset = Int32(-given)
        }
        guard reader.skip(","), let start = reader.day(), reader.skip(","),
            let end = reader.day(), reader.rest.isEmpty
        else { return nil }
        daylight = Daylight(offset: offset, start: start, end: end)
    }
}

extension PosixZoneRule {
    /// Reads the pieces of a rule.
    fileprivate struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        /// `CET` or `<+03>`.
        mutating func skipName() -> Bool {
            if skip("<") {
                guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
                rest = rest[(end + 1)...]
                return true
            }
            let letters = rest.prefix { ($0 | 0x20) &- UInt8(ascii: "a") < 26 }
            rest = rest[letters.endIndex...]
            return letters.count >= 3
        }

        mutating func number() -> Int? {
            let digits = rest.prefix { $0 &- UInt8(ascii: "0") <= 9 }.prefix(4)
            rest = rest[digits.endIndex...]
            return Int(String(decoding: digits, as: UTF8.self))
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func offset() -> Int? {
            let isNegative = skip("-")
            if !isNegative { _ = skip("+") }
            guard var seconds = number().map({ $0 * 3600 }) else { return nil }
            if skip(":") {
                guard let minutes = number() else { return nil }
                seconds += minutes * 60
                if skip(":") {
                    guard let rest = number() else { return nil }
                    seconds += rest
                }
            }
            guard seconds <= 7 * 86_400 else { return nil }
            return isNegative ? -seconds : seconds
        }

        mutating func day() -> Day? {
            guard let kind = kind() else { return nil }
            var seconds = 7200
            if skip("/") {
                guard let given = offset() else { return nil }
                seconds = given
            }
            return Day(kind: kind, seconds: seconds)
        }

        private mutating func kind() -> Day.Kind? {
            if skip("J") {
                guard let day = number(), (1...365).contains(day) else { return nil }
                return .julian(day)
            }
            if skip("M") {
                guard let month = number(), (1...12).contains(month), skip("."),
                    let week = number(), (1...5).contains(week), skip("."),
                    let weekday = number(), (0...6).contains(weekday)
                else { return nil }
                return .monthly(month: month, week: week, weekday: weekday)
            }
            guard let day = number(), (0...365).contains(day) else { return nil }
            return .ordinal(day)
        }
    }
}
