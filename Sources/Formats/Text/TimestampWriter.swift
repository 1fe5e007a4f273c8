import Columnar

/// Writes times as the Java formatters that Flink's formats use: fractions without final zeros.
enum TimestampWriter {
    /// Writes `2024-02-29 12:34:56.789`.
    static func write(
        _ value: Int64,
        precision: Int,
        separator: UInt8,
        to output: inout BytesBuilder
    ) {
        let (days, seconds, nanoseconds) = TimeText.split(value, precision: precision)
        TimeText.writeISODate(days: days, to: &output)
        output.write(byte: separator)
        writeClock(seconds: seconds, nanoseconds: nanoseconds, to: &output)
    }

    /// Writes `12:34:56.789`.
    static func writeClock(
        seconds: Int64,
        nanoseconds: UInt64,
        to output: inout BytesBuilder
    ) {
        NumberText.writeDigits(UInt(seconds / 3600), minimum: 2, to: &output)
        output.write(byte: UInt8(ascii: ":"))
        NumberText.writeDigits(UInt(seconds / 60 % 60), minimum: 2, to: &output)
        output.write(byte: UInt8(ascii: ":"))
        NumberText.writeDigits(UInt(seconds % 60), minimum: 2, to: &output)
        guard nanoseconds > 0 else { return }
        var fraction = nanoseconds
        var digits = 9
        while fraction.isMultiple(of: 10) {
            fraction /= 10
            digits -= 1
        }
        output.write(byte: UInt8(ascii: "."))
        NumberText.writeDigits(fraction, minimum: digits, to: &output)
    }
}
