import Columnar

/// Writes values of columns as JSON, as Flink's converters and Jackson do.
struct JSONValueWriter {
    let options: WritingOptions

    init(_ options: WritingOptions) {
        self.options = options
    }

    /// A key with its quotation marks and colon.
    static func key(_ name: String) -> [UInt8] {
        var key: [UInt8] = []
        JSONText.appendQuoted(Array(name.utf8).span, to: &key)
        key.append(UInt8(ascii: ":"))
        return key
    }

    /// Writes an object; `keys` are the names as `key` makes them.
    func write(
        fields: [Column],
        _ keys: [[UInt8]],
        _ row: Int,
        to output: inout BytesBuilder
    ) throws(FormatError) {
        output.write(byte: UInt8(ascii: "{"))
        var isFirst = true
        for index in fields.indices {
            if options.omitsNulls, fields[index].isNull(row) { continue }
            if !isFirst { output.write(byte: UInt8(ascii: ",")) }
            isFirst = false
            let key = keys[index]
            output.write(key.span)
            try write(fields[index], row, to: &output)
        }
        output.write(byte: UInt8(ascii: "}"))
    }

    /// Writes one value.
    func write(
        _ column: Column,
        _ row: Int,
        to output: inout BytesBuilder
    ) throws(FormatError) {
        if column.isNull(row) {
            output.write("null")
            return
        }
        switch column.values {
        case .null: output.write("null")
        case .bits(let bits): output.write(bits[row] ? "true" : "false")
        case .int8(let values): NumberText.write(values[row], to: &output)
        case .int16(let values): NumberText.write(values[row], to: &output)
        case .int32(let values): write(int32: values[row], column.type, to: &output)
        case .int64(let values): write(int64: values[row], column.type, to: &output)
        case .int128(let values): write(decimal: values[row], column.type.scale, to: &output)
        case .float(let values): write(number: values[row], to: &output)
        case .double(let values): write(number: values[row], to: &output)
        case .bytes(let values): write(bytes: values[row], column.type, to: &output)
        case .list(let lists): try write(lists, row, to: &output)
        case .map(let maps): try write(maps, row, to: &output)
        case .row(let fields):
            let keys = column.type.rowFields.map { Self.key($0.name) }
            try write(fields: fields, keys, row, to: &output)
        }
    }

    /// NaN and the infinities are no JSON numbers: Jackson writes them as strings.
    private func write(number: Double, to output: inout BytesBuilder) {
        if !number.isFinite { output.write(byte: UInt8(ascii: "\"")) }
        NumberText.write(number, to: &output)
        if !number.isFinite { output.write(byte: UInt8(ascii: "\"")) }
    }

    private func write(number: Float, to output: inout BytesBuilder) {
        if !number.isFinite { output.write(byte: UInt8(ascii: "\"")) }
        NumberText.write(number, to: &output)
        if !number.isFinite { output.write(byte: UInt8(ascii: "\"")) }
    }

    private func write(int32 value: Int32, _ type: DataType, to output: inout BytesBuilder) {
        switch type.kind {
        case .date:
            output.write(byte: UInt8(ascii: "\""))
            TimeText.writeISODate(days: value, to: &output)
            output.write(byte: UInt8(ascii: "\""))
        case .time:
            output.write(byte: UInt8(ascii: "\""))
            TimestampWriter.writeClock(
                seconds: Int64(value / 1000),
                nanoseconds: UInt64(value % 1000) * 1_000_000,
                to: &output
            )
            output.write(byte: UInt8(ascii: "\""))
        default: NumberText.write(value, to: &output)
        }
    }

    private func write(int64 value: Int64, _ type: DataType, to output: inout BytesBuilder) {
        switch type.kind {
        case .decimal: write(decimal: Int128(value), type.scale, to: &output)
        case .timestamp(let precision), .timestampLTZ(let precision):
            output.write(byte: UInt8(ascii: "\""))
            TimestampWriter.write(
                value,
                precision: precision,
                separator: UInt8(ascii: options.isISO ? "T" : " "),
                to: &output
            )
            if case .timestampLTZ = type.kind { output.write(byte: UInt8(ascii: "Z")) }
            output.write(byte: UInt8(ascii: "\""))
        default: NumberText.write(value, to: &output)
        }
    }

    private func write(decimal value: Int128, _ scale: Int, to output: inout BytesBuilder) {
        if options.writesPlainDecimals {
            NumberText.writeDecimal(value, scale: scale, to: &output)
        } else {
            NumberText.writeBigDecimal(value, scale: scale, to: &output)
        }
    }

    private func write(
        bytes value: Span<UInt8>,
        _ type: DataType,
        to output: inout BytesBuilder
    ) {
        switch type.kind {
        case .binary, .varbinary:
            output.write(byte: UInt8(ascii: "\""))
            output.write(Base64Text.encode(value).span)
            output.write(byte: UInt8(ascii: "\""))
        default: JSONText.writeQuoted(value, to: &output)
        }
    }

    private func write(
        _ lists: ListValues,
        _ row: Int,
        to output: inout BytesBuilder
    ) throws(FormatError) {
        output.write(byte: UInt8(ascii: "["))
        let first = lists.offsets[row]
        for element in first..<lists.offsets[row + 1] {
            if element > first { output.write(byte: UInt8(ascii: ",")) }
            try write(lists.elements, Int(element), to: &output)
        }
        output.write(byte: UInt8(ascii: "]"))
    }

    private func write(
        _ maps: MapValues,
        _ row: Int,
        to output: inout BytesBuilder
    ) throws(FormatError) {
        output.write(byte: UInt8(ascii: "{"))
        var isFirst = true
        for entry in Int(maps.offsets[row])..<Int(maps.offsets[row + 1]) {
            let isNull = maps.keys.isNull(entry)
            if isNull, options.nullKeyMode == .drop { continue }
            if isNull, options.nullKeyMode == .fail {
                throw FormatError(
                    """
                    JSON format doesn't support to serialize map data with null keys. You can \
                    drop null key entries or encode null in literals by specifying \
                    map-null-key.mode option.
                    """
                )
            }
            if !isFirst { output.write(byte: UInt8(ascii: ",")) }
            isFirst = false
            if isNull {
                output.write(Self.key(options.nullKeyLiteral).span)
            } else {
                JSONText.writeQuoted(maps.keys.byteStrings[entry], to: &output)
                output.write(byte: UInt8(ascii: ":"))
            }
            try write(maps.values, entry, to: &output)
        }
        output.write(byte: UInt8(ascii: "}"))
    }
}
