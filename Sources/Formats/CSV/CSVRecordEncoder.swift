import Columnar

/// Writes each row as one CSV record, quoted where Jackson's `CsvEncoder` would.
final class CSVRecordEncoder: RecordEncoder {
    /// Texts longer than this are always quoted: Jackson does not look into them.
    private static let checkedCharactersMax = 24

    private let options: CSVOptions
    /// Bytes below this one need quotes: Jackson asks no more closely.
    private let leastSafe: UInt8

    init(_ options: CSVOptions) {
        self.options = options
        let symbols = [options.delimiter.first, options.quote?.first].compactMap { $0 }
        leastSafe = max(symbols.max() ?? 0, UInt8(ascii: "\n")) &+ 1
    }

    func encode(
        _ batch: RecordBatch,
        terminator: UInt8?,
        to output: inout BytesBuilder
    ) throws(FormatError) {
        let delimiter = options.delimiter.bytes
        for row in 0..<batch.count {
            for (index, column) in batch.columns.enumerated() {
                if index > 0 { output.write(delimiter.span) }
                try write(column, row, to: &output)
            }
            if let terminator { output.write(byte: terminator) }
            output.endValue()
        }
    }

    private func write(
        _ column: Column,
        _ row: Int,
        to output: inout BytesBuilder
    ) throws(FormatError) {
        if column.isNull(row) {
            writeNull(to: &output)
            return
        }
        switch column.type.kind {
        case .char, .varchar:
            let texts = column.byteStrings
            writeQuoted(texts[row], to: &output)
        case .boolean, .tinyint, .smallint, .integer, .bigint, .float, .double, .decimal:
            try writeScalar(column, row, to: &output)
        default:
            var text = BytesBuilder(reserving: 1, bytes: 64)
            try writeText(column, row, to: &text)
            text.endValue()
            let values = text.finish()
            writeQuoted(values[0], to: &output)
        }
    }

    /// Writes a value that may need quotes.
    private func writeText(
        _ column: Column,
        _ row: Int,
        to output: inout BytesBuilder
    ) throws(FormatError) {
        switch column.type.kind {
        case .array, .row: try writeElements(column, row, to: &output)
        default: try writeScalar(column, row, to: &output)
        }
    }

    private func writeNull(to output: inout BytesBuilder) {
        if let literal = options.nullLiteral { output.write(literal.span) }
    }

    private func writeElements(
        _ column: Column,
        _ row: Int,
        to output: inout BytesBuilder
    ) throws(FormatError) {
        var elements: [(Column, Int)] = []
        if case .list(let lists) = column.values {
            let range = Int(lists.offsets[row])..<Int(lists.offsets[row + 1])
            elements = range.map { (lists.elements, $0) }
        } else {
            elements = column.fieldColumns.map { ($0, row) }
        }
        let delimiter = options.elementDelimiter
        for (index, (element, position)) in elements.enumerated() {
            if index > 0 { output.write(delimiter.span) }
            if element.isNull(position) {
                writeNull(to: &output)
            } else {
                try writeScalar(element, position, to: &output)
            }
        }
    }

    /// Writes a value that is not NULL, without quotes.
    private func writeScalar(
        _ column: Column,
        _ row: Int,
        to output: inout BytesBuilder
    ) throws(FormatError) {
        switch column.values {
        case .bits(let bits): output.write(bits[row] ? "true" : "false")
        case .int8(let values): NumberText.write(values[row], to: &output)
        case .int16(let values): NumberText.write(values[row], to: &output)
        case .int32(let values): write(values[row], column.type, to: &output)
        case .int64(let values): write(values[row], column.type, to: &output)
        case .int128(let values): write(decimal: values[row], column.type.scale, to: &output)
        case .float(let values): NumberText.write(values[row], to: &output)
        case .double(let values): NumberText.write(values[row], to: &output)
        case .bytes(let values):
            switch column.type.kind {
            case .binary, .varbinary:
                let encoded = Base64Text.encode(values[row])
                output.write(encoded.span)
            default: output.write(values[row])
            }
        case .null, .list, .map, .row:
            throw FormatError("Unsupported type: \(column.type)")
        }
    }

    private func write(_ value: Int32, _ type: DataType, to output: inout BytesBuilder) {
        switch type.kind {
        case .date: TimeText.writeISODate(days: value, to: &output)
        case .time:
            TimestampWriter.writeClock(
                seconds: Int64(value / 1000),
                nanoseconds: UInt64(value % 1000) * 1_000_000,
                to: &output
            )
        default: NumberText.write(value, to: &output)
        }
    }

    private func write(_ value: Int64, _ type: DataType, to output: inout BytesBuilder) {
        switch type.kind {
        case .decimal: write(decimal: Int128(value), type.scale, to: &output)
        case .timestamp(let precision), .timestampLTZ(let precision):
            TimestampWriter.write(
                value,
                precision: precision,
                separator: UInt8(ascii: " "),
                to: &output
            )
            if case .timestampLTZ = type.kind { output.write(byte: UInt8(ascii: "Z")) }
        default: NumberText.write(value, to: &output)
        }
    }

    /// Jackson drops final zeros of decimals.
    private func write(decimal value: Int128, _ scale: Int, to output: inout BytesBuilder) {
        if options.writesScientificDecimals {
            DecimalWriter.writeStripped(value, scale: scale, to: &output)
            return
        }
        var value = value
        var scale = scale
        while scale > 0, value % 10 == 0 {
            value /= 10
            scale -= 1
        }
        NumberText.writeDecimal(value, scale: scale, to: &output)
    }

    private func writeQuoted(_ text: Span<UInt8>, to output: inout BytesBuilder) {
        guard let quote = options.quote, needsQuotes(text) else {
            output.write(text)
            return
        }
        output.write(quote.bytes.span)
        for index in text.indices {
            // A quote or an escape within is doubled.
            if quote.matches(text, index) { output.write(quote.bytes.span) }
            if let escape = options.escape, escape.matches(text, index) {
                output.write(escape.bytes.span)
            }
            output.write(byte: text[index])
        }
        output.write(quote.bytes.span)
    }

    /// As Jackson without strict checks: long texts, and any that hold a character below the
    /// largest symbol.
    private func needsQuotes(_ text: Span<UInt8>) -> Bool {
        var characters = 0
        for index in text.indices {
            let byte = text[index]
            // Java counts characters beyond 16 bits twice.
            if byte & 0xC0 != 0x80 { characters += byte >= 0xF0 ? 2 : 1 }
            if characters > Self.checkedCharactersMax || byte < leastSafe { return true }
            if let escape = options.escape, escape.matches(text, index) { return true }
        }
        return false
    }
}
