/// Dates, times and timestamps as text.
package enum TimeText {
    /// Writes `2024-02-29`; years beyond four digits are written with all their digits.
    package static func writeDate(days: Int32, to output: inout BytesBuilder) {
        let date = CivilDate(daysSinceEpoch: Int(days))
        if date.year < 0 { output.write(byte: UInt8(ascii: "-")) }
        NumberText.writeDigits(date.year.magnitude, minimum: 4, to: &output)
        output.write(byte: UInt8(ascii: "-"))
        NumberText.writeDigits(UInt(date.month), minimum: 2, to: &output)
        output.write(byte: UInt8(ascii: "-"))
        NumberText.writeDigits(UInt(date.day), minimum: 2, to: &output)
    }

    /// Writes `12:34:56` and, with a precision above 0, that many digits of the fraction.
    package static func writeTime(
        milliseconds: Int32,
        precision: Int,
        to output: inout BytesBuilder
    ) {
        writeClock(seconds: Int64(milliseconds / 1000), to: &output)
        let fraction = UInt64(milliseconds % 1000) * 1_000_000
        writeFraction(nanoseconds: fraction, digits: precision, to: &output)
    }

    /// Writes `2024-02-29 12:34:56.789`: the SQL form, with exactly `precision` digits.
    package static func writeTimestamp(
        _ value: Int64,
        precision: Int,
        to output: inout BytesBuilder
    ) {
        let (days, seconds, nanoseconds) = split(value, precision: precision)
        writeDate(days: days, to: &output)
        output.write(byte: UInt8(ascii: " "))
        writeClock(seconds: seconds, to: &output)
        writeFraction(nanoseconds: nanoseconds, digits: precision, to: &output)
    }

    /// Writes `2024-02-29T12:34:56.789` as Java's `LocalDateTime.toString`.
    ///
    /// Seconds are left out when they and the fraction are zero; the fraction has 3, 6 or 9 digits.
    package static func writeISOTimestamp(
        _ value: Int64,
        precision: Int,
        alwaysWithSeconds: Bool = false,
        to output: inout BytesBuilder
    ) {
        let (days, seconds, nanoseconds) = split(value, precision: precision)
        writeISODate(days: days, to: &output)
        output.write(byte: UInt8(ascii: "T"))
        writeISOClock(
            seconds: seconds,
            nanoseconds: nanoseconds,
            alwaysWithSeconds: alwaysWithSeconds,
            to: &output
        )
    }

    /// Writes a date as Java's `LocalDate.toString`: years above 9999 get a plus sign.
    package static func writeISODate(days: Int32, to output: inout BytesBuilder) {
        if CivilDate(daysSinceEpoch: Int(days)).year > 9999 {
            output.write(byte: UInt8(ascii: "+"))
        }
        writeDate(days: days, to: &output)
    }

    /// Writes `12:34`, `12:34:56` or `12:34:56.789` as Java's `LocalTime.toString`.
    package static func writeISOClock(
        seconds: Int64,
        nanoseconds: UInt64,
        alwaysWithSeconds: Bool = false,
        to output: inout BytesBuilder
    ) {
        NumberText.writeDigits(UInt(seconds / 3600), minimum: 2, to: &output)
        output.write(byte: UInt8(ascii: ":"))
        NumberText.writeDigits(UInt(seconds / 60 % 60), minimum: 2, to: &output)
        guard seconds % 60 != 0 || nanoseconds != 0 || alwaysWithSeconds else { return }
        output.write(byte: UInt8(ascii: ":"))
        NumberText.writeDigits(UInt(seconds % 60), minimum: 2, to: &output)
        guard nanoseconds != 0 else { return }
        let digits = nanoseconds % 1_000_000 == 0 ? 3 : nanoseconds % 1000 == 0 ? 6 : 9
        writeFraction(nanoseconds: nanoseconds, digits: digits, to: &output)
    }

    /// Days since 1970, second of the day and nanoseconds of the second of a timestamp.
    package static func split(
        _ value: Int64,
        precision: Int
    ) -> (days: Int32, seconds: Int64, nanoseconds: UInt64) {
        let units = DataType.timestampUnitsPerSecond(precision: precision)
        let seconds = value.flooredDivision(by: units)
        let fraction = value.flooredRemainder(by: units)
        let days = seconds.flooredDivision(by: 86_400)
        return (
            Int32(days), seconds.flooredRemainder(by: 86_400),
            UInt64(fraction) * UInt64(1_000_000_000 / units)
        )
    }

    private static func writeClock(seconds: Int64, to output: inout BytesBuilder) {
        NumberText.writeDigits(UInt(seconds / 3600), minimum: 2, to: &output)
        output.write(byte: UInt8(ascii: ":"))
        NumberText.writeDigits(UInt(seconds / 60 % 60), minimum: 2, to: &output)
        output.write(byte: UInt8(ascii: ":"))
        NumberText.writeDigits(UInt(seconds % 60), minimum: 2, to: &output)
    }

    private static func writeFraction(
        nanoseconds: UInt64,
        digits: Int,
        to output: inout BytesBuilder
    ) {
        guard digits > 0 else { return }
        output.write(byte: UInt8(ascii: "."))
        let divisor = UInt64(DecimalMath.powerOfTen(9 - min(9, digits)))
        NumberText.writeDigits(nanoseconds / divisor, minimum: min(9, digits), to: &output)
    }
}
