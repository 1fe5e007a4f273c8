import Columnar

/// `TO_TIMESTAMP_LTZ` of a number of units of time, or of a text in UTC or a named zone.
enum TimestampLTZFunction {
    static func make(_ request: KernelRequest) -> Kernel {
        if request.type(0).kind.isCharacter { return request.strict(fromText(request)) }
        return request.strict(fromNumber(request))
    }

    /// Seconds since 1970 of the first and the last moment that Flink takes.
    private static let range: ClosedRange<Int128> = -62_167_219_200...253_402_300_799

    private static func fromNumber(_ request: KernelRequest) -> StrictKernel {
        let type = request.result
        let units = Int128((type.timestampUnitsPerMillisecond ?? 1000) * 1000)
        let source = request.type(0)
        return { input in
            let column = input.column(0)
            var values = FixedBuilder<Int64>(count: input.count)
            var validity = BitmapBuilder(reserving: input.count)
            for row in 0..<input.count {
                var value: Int64?
                if input.isValid(row) {
                    let digits = input.operands.count > 1 ? input.int(1, row) : 3
                    value = moment(column, row, source, digits: digits, units: units)
                }
                values[row] = value ?? 0
                validity.append(value != nil)
            }
            return Column(type, values.finish(), validity: validity.finish().orNilIfAllOnes)
        }
    }

    /// A number of units of 10⁻ᵈ seconds as a moment; nil outside the years 0 to 9999.
    private static func moment(
        _ column: Column,
        _ row: Int,
        _ source: DataType,
        digits: Int,
        units: Int128
    ) -> Int64? {
        guard (0...9).contains(digits) else { return nil }
        let factor = DecimalMath.powerOfTen(digits)
        var scaled: Int128
        switch source.kind {
        case .float, .double:
            let number = column.scalar(row).number
            // Seconds keep their milliseconds, as in Flink; smaller units lose their fraction.
            let milliseconds = digits == 0 ? number * 1000 : number
            guard milliseconds.isFinite, milliseconds.magnitude < 1e18 else { return nil }
            scaled = Int128(milliseconds)
            if digits == 0 { return within(scaled * units / 1000, units) }
        case .decimal(_, let scale):
            scaled = column.scalar(row).wideInteger / DecimalMath.powerOfTen(scale)
        default: scaled = Int128(column.scalar(row).integer)
        }
        if factor <= units { return within(scaled * (units / factor), units) }
        scaled = (scaled - (scaled < 0 ? factor / units - 1 : 0)) / (factor / units)
        return within(scaled, units)
    }

    private static func within(_ value: Int128, _ units: Int128) -> Int64? {
        guard range.contains((value - (value < 0 ? units - 1 : 0)) / units) else { return nil }
        return Int64(exactly: value)
    }

    private static func fromText(_ request: KernelRequest) -> StrictKernel {
        let type = request.result
        var patterns = PatternCache<DateTimePattern>()
        return { (input: StrictInput) throws(RowFailure) -> Column in
            var values = FixedBuilder<Int64>(count: input.count)
            var validity = BitmapBuilder(reserving: input.count)
            for row in 0..<input.count {
                let value =
                    input.isValid(row) ? try moment(input, row, &patterns) : nil
                values[row] = value ?? 0
                validity.append(value != nil)
            }
            return Column(type, values.finish(), validity: validity.finish().orNilIfAllOnes)
        }
    }

    private static func moment(
        _ input: StrictInput,
        _ row: Int,
        _ patterns: inout PatternCache<DateTimePattern>
    ) throws(RowFailure) -> Int64? {
        let text = input.bytes(0, row)
        guard input.operands.count > 1 else {
            do {
                return try TimeParser.timestamp(text, 3, nil)
            } catch {
                throw RowFailure(error.reason)
            }
        }
        let pattern = try patterns.require(input.string(1, row))
        guard let local = TimestampPatterns.parse(text, pattern) else { return nil }
        guard input.operands.count > 2 else { return local }
        let id = input.string(2, row)
        guard let zone = ZoneRules(named: id) else {
            throw RowFailure("Unknown time-zone ID: \(id)")
        }
        return zone.utc(fromLocal: local, unitsPerSecond: 1_000_000)
    }
}
