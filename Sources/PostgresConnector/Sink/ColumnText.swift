import Columnar
import Core

/// Values of columns in the server's text form, as array literals and COPY lines.
enum ColumnText {
    /// All values of a column as one array literal: `{1,NULL,3}`.
    ///
    /// - Throws: an error when a text holds a zero character, which PostgreSQL cannot store.
    static func arrayLiteral(_ column: Column) throws(PostgresError) -> BytesValues {
        var output = BytesBuilder(reserving: 1, bytes: column.count * 16 + 16)
        output.write(byte: UInt8(ascii: "{"))
        for row in 0..<column.count {
            if row > 0 { output.write(byte: UInt8(ascii: ",")) }
            try element(column, row, to: &output)
        }
        output.write(byte: UInt8(ascii: "}"))
        output.endValue()
        return output.finish()
    }

    /// Rows as lines of COPY's text format.
    static func copyLines(
        _ columns: [Column],
        _ rows: Range<Int>
    ) throws(PostgresError) -> BytesValues {
        var output = BytesBuilder(reserving: 1, bytes: rows.count * columns.count * 12 + 64)
        for row in rows {
            for (index, column) in columns.enumerated() {
                if index > 0 { output.write(byte: UInt8(ascii: "\t")) }
                if column.isNull(row) {
                    output.write("\\N")
                } else {
                    try copyField(column, row, to: &output)
                }
            }
            output.write(byte: UInt8(ascii: "\n"))
        }
        output.endValue()
        return output.finish()
    }

    private static func copyField(
        _ column: Column,
        _ row: Int,
        to output: inout BytesBuilder
    ) throws(PostgresError) {
        guard needsQuotes(column) else {
            scalar(column, row, to: &output)
            return
        }
        var plain = BytesBuilder(reserving: 1, bytes: 64)
        try value(column, row, to: &plain)
        plain.endValue()
        let finished = plain.finish()
        let bytes = finished[0]
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "\\"): output.write("\\\\")
            case UInt8(ascii: "\t"): output.write("\\t")
            case UInt8(ascii: "\n"): output.write("\\n")
            case UInt8(ascii: "\r"): output.write("\\r")
            case let byte: output.write(byte: byte)
            }
        }
    }

    /// Whether a value can hold characters that mean something in a literal.
    private static func needsQuotes(_ column: Column) -> Bool {
        switch column.type.kind {
        case .char, .varchar, .binary, .varbinary, .timestamp, .timestampLTZ, .date, .array: true
        default: false
        }
    }

    private static func element(
        _ column: Column,
        _ row: Int,
        to output: inout BytesBuilder
    ) throws(PostgresError) {
        if column.isNull(row) {
            output.write("NULL")
            return
        }
        switch column.type.kind {
        case .char, .varchar:
            quote(column.byteStrings[row], to: &output)
            try refuseZero(column.byteStrings[row])
        case .array:
            var inner = BytesBuilder(reserving: 1, bytes: 64)
            try value(column, row, to: &inner)
            inner.endValue()
            let finished = inner.finish()
            quote(finished[0], to: &output)
        case .binary, .varbinary:
            output.write("\"\\\\x")
            hex(column.byteStrings[row], to: &output)
            output.write(byte: UInt8(ascii: "\""))
        case .timestamp, .timestampLTZ, .date:
            output.write(byte: UInt8(ascii: "\""))
            scalar(column, row, to: &output)
            output.write(byte: UInt8(ascii: "\""))
        default: scalar(column, row, to: &output)
        }
    }

    /// One value without quotes around it.
    private static func value(
        _ column: Column,
        _ row: Int,
        to output: inout BytesBuilder
    ) throws(PostgresError) {
        switch column.type.kind {
        case .char, .varchar:
            try refuseZero(column.byteStrings[row])
            output.write(column.byteStrings[row])
        case .binary, .varbinary:
            output.write("\\x")
            hex(column.byteStrings[row], to: &output)
        case .array:
            let lists = column.lists
            output.write(byte: UInt8(ascii: "{"))
            let first = lists.offsets[row]
            for place in first..<lists.offsets[row + 1] {
                if place > first { output.write(byte: UInt8(ascii: ",")) }
                if case .array = lists.elements.type.kind, !lists.elements.isNull(Int(place)) {
                    // An inner array is a further dimension, without quotes.
                    try value(lists.elements, Int(place), to: &output)
                } else {
                    try element(lists.elements, Int(place), to: &output)
                }
            }
            output.write(byte: UInt8(ascii: "}"))
        default: scalar(column, row, to: &output)
        }
    }

    private static func refuseZero(_ text: Span<UInt8>) throws(PostgresError) {
        for index in text.indices where text[index] == 0 {
            throw PostgresError(
                blame: .user,
                """
                A text value holds a zero character (U+0000), which PostgreSQL cannot store. \
                Remove it in the query: REPLACE(column, U&'\\0000', '').
                """
            )
        }
    }

    private static func quote(_ text: Span<UInt8>, to output: inout BytesBuilder) {
        output.write(byte: UInt8(ascii: "\""))
        for index in text.indices {
            let byte = text[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                output.write(byte: UInt8(ascii: "\\"))
            }
            output.write(byte: byte)
        }
        output.write(byte: UInt8(ascii: "\""))
    }

    private static func hex(_ bytes: Span<UInt8>, to output: inout BytesBuilder) {
        let digits: [UInt8] = Array("0123456789abcdef".utf8)
        for index in bytes.indices {
            output.write(byte: digits[Int(bytes[index] >> 4)])
            output.write(byte: digits[Int(bytes[index] & 15)])
        }
    }

    /// Numbers, booleans, dates and times.
    private static func scalar(_ column: Column, _ row: Int, to output: inout BytesBuilder) {
        switch column.values {
        case .null: output.write("NULL")
        case .bits(let bits): output.write(byte: bits[row] ? UInt8(ascii: "t") : UInt8(ascii: "f"))
        case .int8(let values): integer(Int64(values[row]), to: &output)
        case .int16(let values): integer(Int64(values[row]), to: &output)
        case .int32(let values): int32(values[row], column.type, to: &output)
        case .int64(let values): int64(values[row], column.type, to: &output)
        case .int128(let values):
            NumberText.writeDecimal(values[row], scale: column.type.scale, to: &output)
        case .float(let values): NumberText.write(values[row], to: &output)
        case .double(let values): NumberText.write(values[row], to: &output)
        case .bytes, .list, .map, .row: break
        }
    }

    private static func int32(_ value: Int32, _ type: DataType, to output: inout BytesBuilder) {
        switch type.kind {
        case .date: date(value, to: &output, clock: { _ in })
        case .time:
            TimeText.writeTime(milliseconds: value, precision: 3, to: &output)
        default: integer(Int64(value), to: &output)
        }
    }

    /// A decimal integer; concrete, since generic code of another module is not specialised.
    private static func integer(_ value: Int64, to output: inout BytesBuilder) {
        if value < 0 { output.write(byte: UInt8(ascii: "-")) }
        digits(value.magnitude, minimum: 1, to: &output)
    }

    private static func digits(_ value: UInt64, minimum: Int, to output: inout BytesBuilder) {
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var position = 20
        var rest = value
        while rest > 0 {
            position -= 1
            digits[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        position = min(position, 20 - minimum)
        for index in position..<20 { output.write(byte: digits[index]) }
    }

    /// A scaled integer of up to 18 digits.
    private static func decimal(_ value: Int64, scale: Int, to output: inout BytesBuilder) {
        if value < 0 { output.write(byte: UInt8(ascii: "-")) }
        guard scale > 0 else {
            digits(value.magnitude, minimum: 1, to: &output)
            return
        }
        let factor = UInt64(DecimalMath.powerOfTen(scale))
        digits(value.magnitude / factor, minimum: 1, to: &output)
        output.write(byte: UInt8(ascii: "."))
        digits(value.magnitude % factor, minimum: scale, to: &output)
    }

    private static func int64(_ value: Int64, _ type: DataType, to output: inout BytesBuilder) {
        switch type.kind {
        case .decimal: decimal(value, scale: type.scale, to: &output)
        case .timestamp(let precision): timestamp(value, precision, "", to: &output)
        case .timestampLTZ(let precision): timestamp(value, precision, "+00", to: &output)
        default: integer(value, to: &output)
        }
    }

    private static func timestamp(
        _ value: Int64,
        _ precision: Int,
        _ zone: String,
        to output: inout BytesBuilder
    ) {
        let (days, seconds, nanoseconds) = TimeText.split(value, precision: precision)
        date(days, to: &output) { output in
            output.write(byte: UInt8(ascii: " "))
            TimeText.writeISOClock(
                seconds: seconds,
                nanoseconds: nanoseconds,
                alwaysWithSeconds: true,
                to: &output
            )
            output.write(zone)
        }
    }

    /// A date; years before 1 are written as `0044-03-15 … BC`.
    private static func date(
        _ days: Int32,
        to output: inout BytesBuilder,
        clock: (inout BytesBuilder) -> Void
    ) {
        let date = CivilDate(daysSinceEpoch: Int(days))
        guard date.year <= 0 else {
            TimeText.writeDate(days: days, to: &output)
            clock(&output)
            return
        }
        NumberText.writeDigits(UInt(1 - date.year), minimum: 4, to: &output)
        output.write(byte: UInt8(ascii: "-"))
        NumberText.writeDigits(UInt(date.month), minimum: 2, to: &output)
        output.write(byte: UInt8(ascii: "-"))
        NumberText.writeDigits(UInt(date.day), minimum: 2, to: &output)
        clock(&output)
        output.write(" BC")
    }
}
