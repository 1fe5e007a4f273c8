/// Writes rows as Flink's `print` connector does: `+I[a, null, 2024-03-01T10:00]`.
package struct PrintFormat {
    package init() {}

    /// One row with its kind.
    package func write(_ batch: RecordBatch, _ row: Int, to output: inout BytesBuilder) {
        output.write(batch.kinds[row].symbol)
        write(fields: batch.columns, row, to: &output)
    }

    private func write(fields: [Column], _ row: Int, to output: inout BytesBuilder) {
        output.write(byte: UInt8(ascii: "["))
        for (index, field) in fields.enumerated() {
            if index > 0 { output.write(", ") }
            write(field, row, to: &output)
        }
        output.write(byte: UInt8(ascii: "]"))
    }

    /// One value, with `null` for NULL and without quotes.
    package func write(_ column: Column, _ row: Int, to output: inout BytesBuilder) {
        if column.isNull(row) {
            output.write("null")
            return
        }
        switch column.values {
        case .null: output.write("null")
        case .bits(let bits): output.write(bits[row] ? "true" : "false")
        case .int8(let values): NumberText.write(values[row], to: &output)
        case .int16(let values): NumberText.write(values[row], to: &output)
        case .int32(let values): writeInt32(values[row], column.type, to: &output)
        case .int64(let values): writeInt64(values[row], column.type, to: &output)
        case .int128(let values):
            NumberText.writeBigDecimal(values[row], scale: column.type.scale, to: &output)
        case .float(let values): NumberText.write(values[row], to: &output)
        case .double(let values): NumberText.write(values[row], to: &output)
        case .bytes(let values): writeBytes(values, row, column.type, to: &output)
        case .list(let lists):
            writeList(lists, row, to: &output)
        case .map(let maps):
            writeMap(maps, row, to: &output)
        case .row(let fields):
            output.write("+I")
            write(fields: fields, row, to: &output)
        }
    }

    private func writeInt32(_ value: Int32, _ type: DataType, to output: inout BytesBuilder) {
        switch type.kind {
        case .date: TimeText.writeISODate(days: value, to: &output)
        case .time:
            TimeText.writeISOClock(
                seconds: Int64(value / 1000),
                nanoseconds: UInt64(value % 1000) * 1_000_000,
                to: &output
            )
        case .intervalYearMonth(let fields):
            IntervalText.writePeriod(months: value, fields, to: &output)
        default: NumberText.write(value, to: &output)
        }
    }

    private func writeInt64(_ value: Int64, _ type: DataType, to output: inout BytesBuilder) {
        switch type.kind {
        case .timestamp(let precision):
            TimeText.writeISOTimestamp(value, precision: precision, to: &output)
        case .timestampLTZ(let precision):
            TimeText.writeISOTimestamp(
                value,
                precision: precision,
                alwaysWithSeconds: true,
                to: &output
            )
            output.write(byte: UInt8(ascii: "Z"))
        case .decimal: NumberText.writeBigDecimal(Int128(value), scale: type.scale, to: &output)
        case .intervalDayTime: IntervalText.writeDuration(milliseconds: value, to: &output)
        default: NumberText.write(value, to: &output)
        }
    }

    private func writeBytes(
        _ values: BytesValues,
        _ row: Int,
        _ type: DataType,
        to output: inout BytesBuilder
    ) {
        switch type.kind {
        case .binary, .varbinary:
            output.write(byte: UInt8(ascii: "["))
            let value = values[row]
            for index in value.indices {
                if index > 0 { output.write(", ") }
                NumberText.write(Int8(bitPattern: value[index]), to: &output)
            }
            output.write(byte: UInt8(ascii: "]"))
        default: output.write(values[row])
        }
    }

    private func writeList(_ lists: ListValues, _ row: Int, to output: inout BytesBuilder) {
        output.write(byte: UInt8(ascii: "["))
        let first = lists.offsets[row]
        for element in first..<lists.offsets[row + 1] {
            if element > first { output.write(", ") }
            write(lists.elements, Int(element), to: &output)
        }
        output.write(byte: UInt8(ascii: "]"))
    }

    private func writeMap(_ maps: MapValues, _ row: Int, to output: inout BytesBuilder) {
        output.write(byte: UInt8(ascii: "{"))
        let first = maps.offsets[row]
        for entry in first..<maps.offsets[row + 1] {
            if entry > first { output.write(", ") }
            write(maps.keys, Int(entry), to: &output)
            output.write(byte: UInt8(ascii: "="))
            write(maps.values, Int(entry), to: &output)
        }
        output.write(byte: UInt8(ascii: "}"))
    }
}

extension DataType {
    /// The digits behind the point of a DECIMAL; 0 for other types.
    package var scale: Int {
        guard case .decimal(_, let scale) = kind else { return 0 }
        return scale
    }
}

extension RecordBatch {
    /// The rows as `print` shows them; for tests and messages.
    package var printedRows: [String] {
        let format = PrintFormat()
        return (0..<count).map { row in
            var output = BytesBuilder(reserving: 1)
            format.write(self, row, to: &output)
            output.endValue()
            return output.finish().string(0)
        }
    }
}
