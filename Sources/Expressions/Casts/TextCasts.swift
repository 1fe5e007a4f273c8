import Columnar

/// Conversions to and from text and bytes.
enum TextCasts {
    /// Anything to CHAR or VARCHAR.
    static func toText(
        from: DataType,
        to: DataType,
        context: EvaluationContext
    ) -> ColumnCast {
        if from.kind.isCharacter { return { CastOutcome(fitted(text: $0, to: to)) } }
        let writer = ValueText(zone: context.zone)
        // A NULL under a type without NULL becomes an empty text, as in Flink's generated code.
        let keepsNulls = from.isNullable
        if from.layout == .int64, from.kind == .bigint, to.kind == .string, keepsNulls {
            return { CastOutcome(IntegerText.column($0, to)) }
        }
        return { column in
            var builder = BytesBuilder(reserving: column.count)
            for row in 0..<column.count {
                if !column.isNull(row) { writer.write(column, row, to: &builder) }
                builder.endValue()
            }
            var validity = keepsNulls ? column.validity : nil
            if keepsNulls, column.nullCount == column.count { validity = column.fullValidity }
            let text = Column(.string, builder.finish(), validity: validity)
            return CastOutcome(fitted(text: text, to: to))
        }
    }

    /// Text cut to the length of the target, and filled with spaces for CHAR.
    static func fitted(text column: Column, to type: DataType) -> Column {
        guard let length = type.kind.length, length != TypeKind.maximumLength else {
            return column.retyped(type)
        }
        var isPadded = false
        if case .char = type.kind { isPadded = true }
        let from = column.type.kind
        if !isPadded, let given = from.length, given <= length { return column.retyped(type) }
        let values = column.byteStrings
        var builder = BytesBuilder(reserving: values.count)
        for row in 0..<values.count {
            let value = values[row]
            let cut = UTF16Length.prefix(of: value, units: length)
            builder.write(value.extracting(0..<cut.bytes))
            if isPadded, cut.units < length {
                for _ in cut.units..<length { builder.write(byte: UInt8(ascii: " ")) }
            }
            builder.endValue()
        }
        return Column(type, builder.finish(), validity: column.validity)
    }

    /// Bytes cut to the length of the target, and filled with zeros for BINARY.
    static func fitted(bytes column: Column, to type: DataType) -> Column {
        guard let length = type.kind.length, length != TypeKind.maximumLength else {
            return column.retyped(type)
        }
        var isPadded = false
        if case .binary = type.kind { isPadded = true }
        let values = column.byteStrings
        var builder = BytesBuilder(reserving: values.count)
        for row in 0..<values.count {
            let value = values[row]
            builder.write(value.extracting(0..<min(length, value.count)))
            if isPadded, value.count < length {
                for _ in value.count..<length { builder.write(byte: 0) }
            }
            builder.endValue()
        }
        return Column(type, builder.finish(), validity: column.validity)
    }

    /// CHAR or VARCHAR to anything.
    static func fromText(
        from: DataType,
        to: DataType,
        context: EvaluationContext
    ) -> ColumnCast {
        switch to.kind {
        case .boolean: return { booleans($0, to) }
        case .tinyint: return { integers($0, to, Int8.self) }
        case .smallint: return { integers($0, to, Int16.self) }
        case .integer: return { integers($0, to, Int32.self) }
        case .bigint: return { integers($0, to, Int64.self) }
        case .float: return { reals($0, to) }
        case .double: return { reals($0, to) }
        case .decimal(let precision, let scale):
            return { decimals($0, to, precision, scale) }
        case .binary, .varbinary: return { CastOutcome(fitted(bytes: $0, to: to)) }
        default: return TextTimeCasts.make(to: to, zone: context.zone)
        }
    }

    private static func booleans(_ column: Column, _ type: DataType) -> CastOutcome {
        let values = column.byteStrings
        var failures = CastFailures()
        let bits = Bitmap.make(count: column.count) { row in
            if column.isNull(row) { return false }
            if let value = NumberParser.boolean(values[row]) { return value }
            failures.add(row, "Cannot parse '\(values.string(row))' as BOOLEAN.")
            return false
        }
        return CastOutcome(
            Column(type, bits, validity: column.validity),
            failures: failures.orNil
        )
    }

    private static func integers<Number: FixedLayout & FixedWidthInteger>(
        _ column: Column,
        _ type: DataType,
        _: Number.Type
    ) -> CastOutcome {
        let values = column.byteStrings
        var result = FixedBuilder<Number>(count: column.count)
        var failures = CastFailures()
        for row in 0..<column.count {
            var number: Number = 0
            if !column.isNull(row) {
                do {
                    number = try NumberParser.integer(values[row])
                } catch {
                    let text = NumberParser.trimmedText(values, row)
                    failures.add(row, "For input string: '\(text)'. \(error.rawValue)")
                }
            }
            result[row] = number
        }
        return CastOutcome(
            Number.column(type, result.finish(), validity: column.validity),
            failures: failures.orNil
        )
    }

    private static func reals(_ column: Column, _ type: DataType) -> CastOutcome {
        let values = column.byteStrings
        let isFloat = type.layout == .float
        var result = FixedBuilder<Double>(count: column.count)
        var floats = FixedBuilder<Float>(count: isFloat ? column.count : 0)
        var failures = CastFailures()
        for row in 0..<column.count {
            result[row] = 0
            if isFloat { floats[row] = 0 }
            if column.isNull(row) { continue }
            if let text = NumberParser.realText(values[row]) {
                result[row] = Double(text) ?? .nan
                if isFloat { floats[row] = Float(text) ?? .nan }
            } else {
                let text = values.string(row)
                failures.add(
                    row,
                    NumberParser.isBlank(values[row])
                        ? "empty String" : "For input string: \"\(text)\""
                )
            }
        }
        let converted =
            isFloat
            ? Column(type, floats.finish(), validity: column.validity)
            : Column(type, result.finish(), validity: column.validity)
        return CastOutcome(converted, failures: failures.orNil)
    }

    private static func decimals(
        _ column: Column,
        _ type: DataType,
        _ precision: Int,
        _ scale: Int
    ) -> CastOutcome {
        let values = column.byteStrings
        var result = FixedBuilder<Int128>(count: column.count)
        var failures = CastFailures()
        for row in 0..<column.count {
            result[row] = 0
            if column.isNull(row) { continue }
            if let value = NumberParser.decimal(values[row], precision, scale) {
                result[row] = value
            } else {
                failures.add(row, "For input string: '\(values.string(row))'. Overflow.")
            }
        }
        let wide = Column(
            DataType(.decimal(precision: 38, scale: 0)),
            result.finish(),
            validity: column.validity
        )
        return CastOutcome(wide.narrowed(type), failures: failures.orNil)
    }
}

/// Lengths as Java counts them: UTF-16 units.
enum UTF16Length {
    /// How many bytes and units the longest prefix of at most `units` units has.
    static func prefix(of value: Span<UInt8>, units: Int) -> (bytes: Int, units: Int) {
        var position = 0
        var taken = 0
        while position < value.count {
            let width = UTF8Text.width(value[position])
            let cost = width == 4 ? 2 : 1
            if taken + cost > units { break }
            taken += cost
            position = min(value.count, position + width)
        }
        return (position, taken)
    }

    /// The number of units of a text.
    static func count(_ value: Span<UInt8>) -> Int {
        var units = 0
        for index in value.indices {
            let byte = value[index]
            if byte & 0xC0 != 0x80 { units += byte >= 0xF0 ? 2 : 1 }
        }
        return units
    }
}

/// UTF-8, byte by byte.
enum UTF8Text {
    /// The number of bytes of the character that starts with this byte.
    @inline(__always)
    static func width(_ first: UInt8) -> Int {
        first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    }

    /// The number of characters (code points).
    @inline(__always)
    static func count(_ value: Span<UInt8>) -> Int {
        var total = 0
        for index in value.indices { total &+= value[index] & 0xC0 == 0x80 ? 0 : 1 }
        return total
    }

    /// Where the character with the given number starts; the end when there are fewer.
    static func offset(_ value: Span<UInt8>, ofCharacter index: Int) -> Int {
        var position = 0
        var rest = index
        while rest > 0, position < value.count {
            position += width(value[position])
            rest -= 1
        }
        return min(position, value.count)
    }
}
