import Columnar

extension LegacyDatePattern {
    /// Writes a moment, in milliseconds since 1970, in a zone.
    func write(_ milliseconds: Int64, zone: ZoneRules, to output: inout BytesBuilder) {
        let local = zone.local(fromUTC: milliseconds, unitsPerSecond: 1000)
        let seconds = local.flooredDivision(by: 1000)
        let days = Int(seconds.flooredDivision(by: 86_400))
        let value = DateTimeValue(
            date: HybridCalendar.date(days),
            secondsOfDay: Int(seconds.flooredRemainder(by: 86_400)),
            nanoseconds: Int(local.flooredRemainder(by: 1000)) * 1_000_000
        )
        let offset = zone.offset(atUTC: milliseconds.flooredDivision(by: 1000))
        for element in elements {
            switch element {
            case .literal(let literal): output.write(literal.span)
            case .field(let letter, let count):
                write(letter, count, value, days, offset, to: &output)
            }
        }
    }

    private func write(
        _ letter: Unicode.Scalar,
        _ count: Int,
        _ value: DateTimeValue,
        _ days: Int,
        _ offset: Int,
        to output: inout BytesBuilder
    ) {
        switch letter {
        case "G": output.write(value.date.year > 0 ? "AD" : "BC")
        case "a": output.write(CalendarNames.halves[value.secondsOfDay / 43_200])
        case "E":
            let name = CalendarNames.weekdays[(days + 3).flooredRemainder(by: 7)]
            output.write(count >= 4 ? name : String(name.prefix(3)))
        case "M", "L":
            let name = CalendarNames.months[value.date.month - 1]
            if count >= 3 {
                output.write(count >= 4 ? name : String(name.prefix(3)))
            } else {
                digits(value.date.month, count, to: &output)
            }
        case "y", "Y":
            let year = letter == "y" ? value.value(of: .yearOfEra) : WeekOfUnitedStates.year(days)
            if count == 2 {
                digits((year ?? 0) % 100, 2, to: &output)
            } else {
                digits(year ?? 0, count, to: &output)
            }
        case "z", "Z", "X": zone(letter, count, offset, to: &output)
        default: digits(number(letter, value, days), count, to: &output)
        }
    }

    private func number(_ letter: Unicode.Scalar, _ value: DateTimeValue, _ days: Int) -> Int {
        let hour = value.secondsOfDay / 3600
        switch letter {
        case "d": return value.date.day
        case "H": return hour
        case "k": return hour == 0 ? 24 : hour
        case "K": return hour % 12
        case "h": return hour % 12 == 0 ? 12 : hour % 12
        case "m": return value.secondsOfDay / 60 % 60
        case "s": return value.secondsOfDay % 60
        case "S": return value.nanoseconds / 1_000_000
        case "D":
            return days - HybridCalendar.days(year: value.date.year, month: 1, day: 1) + 1
        case "F": return (value.date.day - 1) / 7 + 1
        case "w": return WeekOfUnitedStates.week(days)
        case "W": return value.value(of: .weekOfMonth) ?? 1
        case "u": return (days + 3).flooredRemainder(by: 7) + 1
        default: return 0
        }
    }

    private func digits(_ value: Int, _ count: Int, to output: inout BytesBuilder) {
        if value < 0 { output.write(byte: UInt8(ascii: "-")) }
        NumberText.writeDigits(value.magnitude, minimum: min(count, 39), to: &output)
    }

    private func zone(
        _ letter: Unicode.Scalar,
        _ count: Int,
        _ offset: Int,
        to output: inout BytesBuilder
    ) {
        if letter == "X", offset == 0 { return output.write("Z") }
        if letter == "z" {
            output.write(offset == 0 ? "UTC" : "GMT")
            if offset == 0 { return }
        }
        output.write(byte: UInt8(ascii: offset < 0 ? "-" : "+"))
        let minutes = UInt(offset.magnitude / 60)
        NumberText.writeDigits(minutes / 60, minimum: 2, to: &output)
        if letter == "X", count == 1 { return }
        if letter == "z" || (letter == "X" && count == 3) {
            output.write(byte: UInt8(ascii: ":"))
        }
        NumberText.writeDigits(minutes % 60, minimum: 2, to: &output)
    }
}
