import Columnar

/// Writes values as `CAST(… AS STRING)` does.
struct ValueText {
    private let zone: ZoneRules

    init(zone: ZoneRules) {
        self.zone = zone
    }

    /// One value that is not NULL.
    func write(_ column: Column, _ row: Int, to output: inout BytesBuilder) {
        switch column.values {
        case .null: break
        case .bits(let bits): output.write(bits[row] ? "TRUE" : "FALSE")
        case .int8(let values): NumberText.write(values[row], to: &output)
        case .int16(let values): NumberText.write(values[row], to: &output)
        case .int32(let values): write(values[row], column.type, to: &output)
        case .int64(let values): write(values[row], column.type, to: &output)
        case .int128(let values):
            NumberText.writeDecimal(values[row], scale: column.type.scale, to: &output)
        case .float(let values): NumberText.write(values[row], to: &output)
        case .double(let values): NumberText.write(values[row], to: &output)
        case .bytes(let values):
            if column.type.kind.isBinary {
                output.write(String(decoding: values.array(row), as: UTF8.self))
            } else {
                output.write(values[row])
            }
        case .list(let lists):
            writeList(lists, row, to: &output)
        case .map(let maps):
            writeMap(maps, row, to: &output)
        case .row(let fields): writeRow(fields, row, to: &output)
        }
    }

    private func write(_ value: Int32, _ type: DataType, to output: inout BytesBuilder) {
        switch type.kind {
        case .date: TimeText.writeDate(days: value, to: &output)
        case .time(let precision):
            ValueText.writeTime(value, precision: precision, to: &output)
        case .intervalYearMonth: ValueText.writeMonths(value, to: &output)
        default: NumberText.write(value, to: &output)
        }
    }

    private func write(_ value: Int64, _ type: DataType, to output: inout BytesBuilder) {
        switch type.kind {
        case .decimal: NumberText.writeDecimal(Int128(value), scale: type.scale, to: &output)
        case .timestamp(let precision):
            TimeText.writeTimestamp(value, precision: precision, to: &output)
        case .timestampLTZ(let precision):
            let units = DataType.timestampUnitsPerSecond(precision: precision)
            let local = zone.local(fromUTC: value, unitsPerSecond: units)
            TimeText.writeTimestamp(local, precision: precision, to: &output)
        case .intervalDayTime: ValueText.writeMilliseconds(value, to: &output)
        default: NumberText.write(value, to: &output)
        }
    }

    /// `12:34:56.5`: the fraction has at least one digit, and no zeros behind the last other.
    static func writeTime(_ value: Int32, precision: Int, to output: inout BytesBuilder) {
        TimeText.writeTime(milliseconds: value, precision: 0, to: &output)
        guard precision > 0 else { return }
        output.write(byte: UInt8(ascii: "."))
        var rest = value % 1000
        for _ in 0..<precision {
            output.write(byte: UInt8(ascii: "0") + UInt8(rest / 100))
            rest = rest % 100 * 10
            if rest == 0 { break }
        }
    }

    /// A year-month interval, such as `+2-03`.
    static func writeMonths(_ value: Int32, to output: inout BytesBuilder) {
        output.write(byte: UInt8(ascii: value < 0 ? "-" : "+"))
        let months = value.magnitude
        NumberText.writeDigits(months / 12, minimum: 1, to: &output)
        output.write(byte: UInt8(ascii: "-"))
        NumberText.writeDigits(months % 12, minimum: 2, to: &output)
    }

    /// A day-time interval, such as `+1 02:03:04.005`.
    static func writeMilliseconds(_ value: Int64, to output: inout BytesBuilder) {
        output.write(byte: UInt8(ascii: value < 0 ? "-" : "+"))
        let total = value.magnitude
        let seconds = total / 1000
        NumberText.writeDigits(seconds / 86_400, minimum: 1, to: &output)
        output.write(byte: UInt8(ascii: " "))
        NumberText.writeDigits(seconds / 3600 % 24, minimum: 2, to: &output)
        output.write(byte: UInt8(ascii: ":"))
        NumberText.writeDigits(seconds / 60 % 60, minimum: 2, to: &output)
        output.write(byte: UInt8(ascii: ":"))
        NumberText.writeDigits(seconds % 60, minimum: 2, to: &output)
        output.write(byte: UInt8(ascii: "."))
        NumberText.writeDigits(total % 1000, minimum: 3, to: &output)
    }

    private func writeElement(_ column: Column, _ row: Int, to output: inout BytesBuilder) {
        if column.isNull(row) {
            output.write("NULL")
        } else {
            write(column, row, to: &output)
        }
    }

    private func writeList(_ lists: ListValues, _ row: Int, to output: inout BytesBuilder) {
        output.write(byte: UInt8(ascii: "["))
        let first = lists.offsets[row]
        for element in first..<lists.offsets[row + 1] {
            if element > first { output.write(", ") }
            writeElement(lists.elements, Int(element), to: &output)
        }
        output.write(byte: UInt8(ascii: "]"))
    }

    private func writeMap(_ maps: MapValues, _ row: Int, to output: inout BytesBuilder) {
        output.write(byte: UInt8(ascii: "{"))
        let first = maps.offsets[row]
        for entry in first..<maps.offsets[row + 1] {
            if entry > first { output.write(", ") }
            writeElement(maps.keys, Int(entry), to: &output)
            output.write(byte: UInt8(ascii: "="))
            writeElement(maps.values, Int(entry), to: &output)
        }
        output.write(byte: UInt8(ascii: "}"))
    }

    private func writeRow(_ fields: [Column], _ row: Int, to output: inout BytesBuilder) {
        output.write(byte: UInt8(ascii: "("))
        for (index, field) in fields.enumerated() {
            if index > 0 { output.write(", ") }
            writeElement(field, row, to: &output)
        }
        output.write(byte: UInt8(ascii: ")"))
    }
}

extension BytesValues {
    /// One value as an array; for cold code.
    func array(_ index: Int) -> [UInt8] {
        let value = self[index]
        return value.indices.map { value[$0] }
    }
}

extension Span<UInt8> {
    /// A copy as an array; for cold code.
    var copied: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        for index in indices { result.append(self[index]) }
        return result
    }
}
