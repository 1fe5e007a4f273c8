import Columnar

/// Functions between times and texts, and of Unix time.
enum TimeTextFunctions {
    static let entries: [FunctionEntry] = parsers + formats + unixTime

    private static let parsers: [FunctionEntry] = [
        .strict(
            ["TO_TIMESTAMP"],
            .signatures(.function, [.text], [.text, .text]),
            .type(.timestamp(precision: 3), .always)
        ) { toTimestamp($0) },
        .general(
            ["TO_TIMESTAMP_LTZ"],
            ltzOperands,
            ltzResult,
            fails: .when { $0[0].type.kind.isCharacter }
        ) { TimestampLTZFunction.make($0) },
        .strict(
            ["TO_DATE"],
            .signatures(.function, [.text], [.text, .text]),
            .type(.date, .always)
        ) { toDate($0) },
    ]

    private static func toTimestamp(_ request: KernelRequest) -> StrictKernel {
        let type = request.result
        if request.arguments.count == 1 {
            return timestamps(type) { input, row in
                // Unlike CAST, what cannot be read is NULL.
                try? TimeParser.timestamp(input.bytes(0, row), 3, nil)
            }
        }
        var patterns = PatternCache<DateTimePattern>()
        return timestamps(type) { input, row in
            guard let pattern = patterns.get(input.string(1, row)) else { return nil }
            return TimestampPatterns.parse(input.bytes(0, row), pattern)
        }
    }

    private static func timestamps(
        _ type: DataType,
        _ body: @escaping (StrictInput, Int) -> Int64?
    ) -> StrictKernel {
        { input in
            var values = FixedBuilder<Int64>(count: input.count)
            var validity = BitmapBuilder(reserving: input.count)
            for row in 0..<input.count {
                let value = input.isValid(row) ? body(input, row) : nil
                values[row] = value ?? 0
                validity.append(value != nil)
            }
            return Column(type, values.finish(), validity: validity.finish().orNilIfAllOnes)
        }
    }

    private static let ltzOperands = OperandRule {
        (site: CallSite) throws(BindError) -> [DataType] in
        guard (1...3).contains(site.count) else { throw site.wrongCount(1) }
        let first = site.kind(0)
        let isNumeric = first.isNumeric && site.count <= 2
        let isText = first.isCharacter || first == .null
        guard isNumeric || isText else { throw site.invalidArguments("<NUMERIC>, <INTEGER>") }
        for index in 1..<site.count {
            let kind = site.kind(index)
            let fits = isNumeric ? kind.isInteger : kind.isCharacter
            guard fits || kind == .null else {
                throw site.invalidArguments("<NUMERIC>, <INTEGER>")
            }
        }
        return site.types.enumerated().map { index, type in
            if isNumeric, index == 1 { return DataType(.integer, isNullable: type.isNullable) }
            return type.kind == .null ? .string : type
        }
    }

    /// A literal precision above 3 gives a type of that precision.
    private static let ltzResult = ResultRule { site in
        var precision = 3
        if site.count == 2, site.kind(0).isNumeric, let literal = site.arguments[1].literal {
            precision = max(3, min(9, Int(literal.integer)))
        }
        return .timestampLTZ(precision)
    }

    private static func toDate(_ request: KernelRequest) -> StrictKernel {
        let type = request.result
        let hasPattern = request.arguments.count == 2
        var patterns = PatternCache<LegacyDatePattern>()
        return { input in
            var values = FixedBuilder<Int32>(count: input.count)
            var validity = BitmapBuilder(reserving: input.count)
            for row in 0..<input.count {
                var days: Int?
                if input.isValid(row) {
                    let text = input.bytes(0, row)
                    if !hasPattern {
                        days = TimeParser.date(text)
                    } else if let pattern = patterns.get(input.string(1, row)) {
                        let moment = pattern.parse(text, zone: .utc, thisYear: input.thisYear)
                        days = moment.map { Int($0.flooredDivision(by: 86_400_000)) }
                    }
                }
                values[row] = Int32(truncatingIfNeeded: days ?? 0)
                validity.append(days != nil)
            }
            return Column(type, values.finish(), validity: validity.finish().orNilIfAllOnes)
        }
    }

    private static let formats: [FunctionEntry] = [
        .strict(
            ["DATE_FORMAT"],
            .signatures(.function, [.timestamp, .text], [.text, .text]),
            .optionalString,
            fails: .always
        ) { dateFormat($0) },
        .strict(
            ["CONVERT_TZ"],
            .signatures(.function, [.text, .text, .text]),
            .optionalString
        ) { convertZone($0) },
    ]

    private static func dateFormat(_ request: KernelRequest) -> StrictKernel {
        let source = request.type(0)
        if source.kind.isCharacter { return textFormat(request) }
        let units = (source.timestampUnitsPerMillisecond ?? 1000) * 1000
        let zone = source.kind.isTimestampLTZ ? request.context.zone : .utc
        var patterns = PatternCache<DateTimePattern>()
        return StringKernels.optionalMap(request.result) {
            (input, row, output) throws(RowFailure) in
            let pattern = try patterns.require(input.string(1, row))
            let moment = FixedOperand<Int64>(input.operands[0]).value(row)
            let local = zone.local(fromUTC: moment, unitsPerSecond: units)
            do throws(PatternMismatch) {
                try pattern.write(DateTimeValue(local, unitsPerSecond: units), to: &output)
            } catch {
                throw RowFailure(error.reason)
            }
            return true
        }
    }

    /// A text `yyyy-MM-dd HH:mm:ss` written again by another pattern.
    private static func textFormat(_ request: KernelRequest) -> StrictKernel {
        let zone = request.context.zone
        var patterns = PatternCache<LegacyDatePattern>()
        return StringKernels.optionalMap(request.result) {
            (input, row, output) throws(RowFailure) in
            let pattern = try patterns.require(input.string(1, row))
            let moment = LegacyDatePattern.sqlTimestamp.parse(
                input.bytes(0, row),
                zone: zone,
                thisYear: input.thisYear
            )
            guard let moment else { return false }
            pattern.write(moment, zone: zone, to: &output)
            return true
        }
    }

    private static func convertZone(_ request: KernelRequest) -> StrictKernel {
        StringKernels.optionalMap(request.result) { (input, row, output) throws(RowFailure) in
            let moment = LegacyDatePattern.sqlTimestamp.parse(
                input.bytes(0, row),
                zone: .lenient(input.string(1, row)),
                thisYear: input.thisYear
            )
            guard let moment else { return false }
            LegacyDatePattern.sqlTimestamp.write(
                moment,
                zone: .lenient(input.string(2, row)),
                to: &output
            )
            return true
        }
    }

    private static let unixTime: [FunctionEntry] = [
        .strict(
            ["FROM_UNIXTIME"],
            .signatures(.function, [.long], [.long, .text]),
            .optionalString,
            fails: .when { $0.count == 2 }
        ) { request in
            let zone = request.context.zone
            let hasPattern = request.arguments.count == 2
            var patterns = PatternCache<LegacyDatePattern>()
            return StringKernels.optionalMap(request.result) {
                (input, row, output) throws(RowFailure) in
                let pattern =
                    hasPattern ? try patterns.require(input.string(1, row)) : .sqlTimestamp
                pattern.write(input.long(0, row) &* 1000, zone: zone, to: &output)
                return true
            }
        },
        FunctionEntry(
            names: ["UNIX_TIMESTAMP"],
            operands: .signatures(.function, [], [.text], [.text, .text]),
            result: .bigint,
            failure: .when { $0.count == 2 },
            body: .kernel { unixTimestamp($0) }
        ),
    ]

    private static func unixTimestamp(_ request: KernelRequest) -> Kernel {
        let type = request.result
        if request.arguments.isEmpty {
            return { input in
                .constant(.int(input.environment.nowMicroseconds / 1_000_000), type)
            }
        }
        let zone = request.context.zone
        let hasPattern = request.arguments.count == 2
        var patterns = PatternCache<LegacyDatePattern>()
        return request.strict { (input: StrictInput) throws(RowFailure) -> Column in
            var values = FixedBuilder<Int64>(count: input.count)
            for row in 0..<input.count {
                values[row] = 0
                guard input.isValid(row) else { continue }
                let pattern =
                    hasPattern ? try patterns.require(input.string(1, row)) : .sqlTimestamp
                let moment = pattern.parse(
                    input.bytes(0, row),
                    zone: zone,
                    thisYear: input.thisYear
                )
                // Flink gives the smallest number for what it cannot read.
                values[row] = moment.map { $0 / 1000 } ?? .min
            }
            return Column(type, values.finish(), validity: input.validity)
        }
    }
}

extension StrictInput {
    /// The year of the batch, for two-digit years.
    var thisYear: Int {
        let days = environment.nowMicroseconds.flooredDivision(by: 86_400_000_000)
        return CivilDate(daysSinceEpoch: Int(days)).year
    }
}
