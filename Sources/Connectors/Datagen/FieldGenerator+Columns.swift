import Columnar

extension FieldGenerator {
    /// The column of the given rows.
    func column(_ rows: FixedValues<Int64>, _ context: GenerationContext) -> Column {
        Column(
            type: type,
            validity: validity(rows, context),
            values: values(rows, context),
            count: rows.count
        )
    }

    /// Random numbers of this field; `use` keeps those of one value apart.
    private func base(_ context: GenerationContext, use: UInt64 = 0) -> UInt64 {
        context.seed &* 0x9E37_79B9_7F4A_7C15 ^ salt &+ use &* 0xD1B5_4A32_D192_ED03
    }

    private func validity(_ rows: FixedValues<Int64>, _ context: GenerationContext) -> Bitmap? {
        guard nullRate > 0 else { return nil }
        let base = base(context, use: 1)
        let span = rows.span
        return Bitmap.make(count: rows.count) { index in
            var random = ValueRandom(base, span[index])
            return random.fraction() >= nullRate
        }
    }

    private func values(
        _ rows: FixedValues<Int64>,
        _ context: GenerationContext
    ) -> ColumnValues {
        switch maker {
        case .flag:
            let base = base(context)
            let span = rows.span
            return .bits(
                Bitmap.make(count: rows.count) { index in
                    var random = ValueRandom(base, span[index])
                    return random.next() >> 63 == 1
                }
            )
        case .integers(let range): return integers(rows, context) { $0.within(range) }
        case .numbers(let range): return numbers(range, rows, context)
        case .text(let length, let isVarying):
            return .bytes(texts(length, isVarying, rows, context))
        case .now: return now(rows, context)
        case .past(let span): return timestamps(span, rows, context)
        case .list(let element, let length):
            return .list(
                ListValues(
                    offsets: Self.offsets(length, count: rows.count),
                    elements: element.column(Self.elements(rows, length), context)
                )
            )
        case .map(let key, let value, let length):
            return .map(maps(key, value, length, rows, context))
        case .row(let fields): return .row(fields.map { $0.column(rows, context) })
        case .sequence(let start): return sequence(start, rows)
        }
    }

    /// Whole numbers in the width of the type.
    private func integers(
        _ rows: FixedValues<Int64>,
        _ context: GenerationContext,
        _ make: (inout ValueRandom) -> Int64
    ) -> ColumnValues {
        let base = base(context)
        var numbers = FixedBuilder<Int64>(count: rows.count)
        let span = rows.span
        for index in span.indices {
            var random = ValueRandom(base, span[index])
            numbers[index] = make(&random)
        }
        return narrowed(numbers.finish())
    }

    private func narrowed(_ numbers: FixedValues<Int64>) -> ColumnValues {
        switch type.layout {
        case .int8: .int8(Self.map(numbers) { Int8(truncatingIfNeeded: $0) })
        case .int16: .int16(Self.map(numbers) { Int16(truncatingIfNeeded: $0) })
        case .int32: .int32(Self.map(numbers) { Int32(truncatingIfNeeded: $0) })
        case .float: .float(Self.map(numbers) { Float($0) })
        case .double: .double(Self.map(numbers) { Double($0) })
        case .int128: .int128(Self.map(numbers) { Int128($0) })
        default: .int64(numbers)
        }
    }

    @inline(__always)
    private static func map<Element: BitwiseCopyable, Result: BitwiseCopyable>(
        _ values: FixedValues<Element>,
        _ transform: (Element) -> Result
    ) -> FixedValues<Result> {
        var results = FixedBuilder<Result>(count: values.count)
        let span = values.span
        for index in span.indices { results[index] = transform(span[index]) }
        return results.finish()
    }

    private func numbers(
        _ range: ClosedRange<Double>,
        _ rows: FixedValues<Int64>,
        _ context: GenerationContext
    ) -> ColumnValues {
        let base = base(context)
        switch type.kind {
        case .float:
            return .float(
                Self.map(rows) { row in
                    var random = ValueRandom(base, row)
                    return Float(random.within(range))
                }
            )
        case .decimal(let precision, let scale):
            let bound = DecimalMath.powerOfTen(precision) - 1
            let factor = Double(DecimalMath.powerOfTen(scale))
            let largest = Double(bound) / factor
            let least = min(max(range.lowerBound, -largest), largest)
            let clipped = least...min(max(range.upperBound, least), largest)
            let values = Self.map(rows) { row -> Int128 in
                var random = ValueRandom(base, row)
                // Rounds towards zero, as Flink does.
                let scaled = Int128(random.within(clipped) * factor)
                return min(max(scaled, -bound), bound)
            }
            if type.layout == .int128 { return .int128(values) }
            return .int64(Self.map(values) { Int64(truncatingIfNeeded: $0) })
        default:
            return .double(
                Self.map(rows) { row in
                    var random = ValueRandom(base, row)
                    return random.within(range)
                }
            )
        }
    }

    private static let hexDigits: InlineArray<16, UInt8> = [
        0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37,
        0x38, 0x39, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66,
    ]

    private func texts(
        _ length: Int,
        _ isVarying: Bool,
        _ rows: FixedValues<Int64>,
        _ context: GenerationContext
    ) -> BytesValues {
        let base = base(context)
        let isText = type.isText
        let digits = Self.hexDigits
        let bitsPerByte: UInt64 = isText ? 4 : 8
        var values = BytesBuilder(reserving: rows.count, bytes: rows.count * length)
        let span = rows.span
        for index in span.indices {
            var random = ValueRandom(base, span[index])
            let count = isVarying && length > 1 ? Int(random.within(1...Int64(length - 1))) : length
            var word: UInt64 = 0
            for position in 0..<count {
                if position.isMultiple(of: isText ? 16 : 8) { word = random.next() }
                let byte = UInt8(truncatingIfNeeded: word)
                values.write(byte: isText ? digits[Int(byte & 15)] : byte)
                word >>= bitsPerByte
            }
            values.endValue()
        }
        return values.finish()
    }

    private func now(_ rows: FixedValues<Int64>, _ context: GenerationContext) -> ColumnValues {
        let dayMilliseconds: Int64 = 86_400_000
        let isDate = type.kind == .date
        return .int32(
            Self.map(rows) { row in
                let now = context.milliseconds(ofRow: row)
                return Int32(
                    truncatingIfNeeded: isDate
                        ? now.flooredDivision(by: dayMilliseconds)
                        : now.flooredRemainder(by: dayMilliseconds)
                )
            }
        )
    }

    private func timestamps(
        _ maxPast: Int64,
        _ rows: FixedValues<Int64>,
        _ context: GenerationContext
    ) -> ColumnValues {
        let base = base(context)
        let units = type.timestampUnitsPerMillisecond ?? 1000
        return .int64(
            Self.map(rows) { row in
                let now = context.milliseconds(ofRow: row)
                guard maxPast > 0 else { return now * units }
                var random = ValueRandom(base, row)
                return (now - random.within(0...maxPast)) * units
            }
        )
    }

    private func sequence(_ start: Int64, _ rows: FixedValues<Int64>) -> ColumnValues {
        let numbers = Self.map(rows) { start &+ $0 }
        switch type.layout {
        case .bytes:
            var texts = BytesBuilder(reserving: rows.count)
            for index in 0..<numbers.count {
                if type.isText {
                    NumberText.write(numbers[index], to: &texts)
                } else {
                    let word = UInt64(bitPattern: numbers[index])
                    for shift in stride(from: UInt64(56), through: 0, by: -8) {
                        texts.write(byte: UInt8(truncatingIfNeeded: word >> shift))
                    }
                }
                texts.endValue()
            }
            return .bytes(texts.finish())
        case .int64, .int128:
            guard case .decimal(_, let scale) = type.kind else { return .int64(numbers) }
            let factor = DecimalMath.powerOfTen(scale)
            let scaled = Self.map(numbers) { Int128($0) * factor }
            if type.layout == .int128 { return .int128(scaled) }
            return .int64(Self.map(scaled) { Int64(truncatingIfNeeded: $0) })
        default: return narrowed(numbers)
        }
    }
}

extension DataType {
    /// Whether values are text rather than bytes.
    var isText: Bool {
        switch kind {
        case .char, .varchar: true
        default: false
        }
    }
}
