/// Intervals as Java's `Period` and `Duration` write them.
enum IntervalText {
    /// Writes `P1Y2M`; an interval of years or of months alone has no other part.
    static func writePeriod(
        months: Int32,
        _ fields: IntervalFields,
        to output: inout BytesBuilder
    ) {
        let hasYears = fields.from == .year
        let hasMonths = fields.to != .year
        let years = hasYears ? months / 12 : 0
        let rest = hasYears ? (hasMonths ? months % 12 : 0) : months
        output.write("P")
        if years != 0 { write(Int64(years), "Y", to: &output) }
        if rest != 0 { write(Int64(rest), "M", to: &output) }
        if years == 0, rest == 0 { output.write("0D") }
    }

    /// Writes `PT24H3M0.5S`; each part has the sign of the whole.
    static func writeDuration(milliseconds: Int64, to output: inout BytesBuilder) {
        let seconds = milliseconds / 1000
        let fraction = (milliseconds % 1000).magnitude
        let hours = seconds / 3600
        let minutes = seconds % 3600 / 60
        output.write("PT")
        if hours != 0 { write(hours, "H", to: &output) }
        if minutes != 0 { write(minutes, "M", to: &output) }
        if seconds % 60 == 0, fraction == 0, milliseconds != 0 { return }
        if milliseconds < 0, seconds % 60 == 0 { output.write("-") }
        NumberText.write(seconds % 60, to: &output)
        if fraction > 0 {
            var digits = fraction
            var count = 3
            while digits.isMultiple(of: 10) {
                digits /= 10
                count -= 1
            }
            output.write(".")
            NumberText.writeDigits(digits, minimum: count, to: &output)
        }
        output.write("S")
    }

    private static func write(_ number: Int64, _ unit: String, to output: inout BytesBuilder) {
        NumberText.write(number, to: &output)
        output.write(unit)
    }
}
