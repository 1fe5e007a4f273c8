import Columnar

/// Functions of dates and times: fields, rounding to units, distances, the present.
enum TimeFunctions {
    static let entries: [FunctionEntry] =
        [extract] + fields + rounding + shifts + present + TimeTextFunctions.entries

    /// A literal argument that names a unit.
    static func unit(_ request: KernelRequest, _ index: Int) -> TimeUnit {
        request.text(index).flatMap { TimeUnit(keyword: $0) } ?? .day
    }

    private static let symbol = Parameter(.character)

    private static let extract: FunctionEntry = .strict(
        ["EXTRACT"],
        OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
            guard site.count == 2 else { throw site.wrongCount(2) }
            guard site.kind(1).isDatetime || site.kind(1).isInterval else {
                throw site.cannotApply([
                    ["DATETIME_INTERVAL", "DATETIME_INTERVAL"],
                    ["DATETIME_INTERVAL", "DATETIME"],
                ])
            }
            if site.kind(1).isTime, case .bytes(let name)? = site.arguments[0].literal,
                let unit = TimeUnit(keyword: String(decoding: name, as: UTF8.self)),
                unit.isCalendar
            {
                throw BindError(
                    "unit \(unit.rawValue) can not be applied to time variable"
                )
            }
            return site.types
        },
        .type(.bigint, .argument(1))
    ) { TimeKernels.extract($0, unit($0, 0)) }

    /// `YEAR(x)` and the like: short for EXTRACT.
    private static let fields: [FunctionEntry] = [
        field("YEAR", .year), field("QUARTER", .quarter), field("MONTH", .month),
        field("WEEK", .week), field("DAYOFYEAR", .dayOfYear), field("DAYOFMONTH", .day),
        field("DAYOFWEEK", .dayOfWeek), field("HOUR", .hour), field("MINUTE", .minute),
        field("SECOND", .second),
    ]

    private static func field(_ name: String, _ unit: TimeUnit) -> FunctionEntry {
        .rewrite(
            [name],
            .signatures(.function, [.datetime]),
            .bigint
        ) { (arguments: [Expression], _: DataType) throws(BindError) -> Expression in
            try FunctionCatalogue.standard.call("EXTRACT", [unit.literal, arguments[0]])
        }
    }

    private static let rounding: [FunctionEntry] = [
        rounded("FLOOR", .floor, isCeiling: false), rounded("CEIL", .ceiling, isCeiling: true),
        .rewrite(["CEILING"], .signatures(.function, [.numeric]), .argument(0)) {
            (arguments: [Expression], _: DataType) throws(BindError) -> Expression in
            try FunctionCatalogue.standard.call("CEIL", arguments)
        },
    ]

    /// FLOOR and CEIL of a number, or of a time to a unit.
    private static func rounded(
        _ name: String,
        _ mode: RoundingKernels.Mode,
        isCeiling: Bool
    ) -> FunctionEntry {
        let operands = OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
            guard site.count == 1 || site.count == 2 else { throw site.wrongCount(1) }
            if site.arguments[0].isNullLiteral { throw CallSite.illegalNull }
            let fits = site.count == 1 ? site.kind(0).isNumeric : site.kind(0).isDatetime
            guard fits else {
                throw site.cannotApply([["NUMERIC"], ["DATETIME", "TIME_UNIT"]])
            }
            return site.types
        }
        let result = ResultRule { (site: CallSite) throws(BindError) -> DataType in
            site.count == 1 ? try ArithmeticTypes.whole.infer(site) : site.type(0)
        }
        return .strict([name], operands, result) { request in
            request.arguments.count == 1
                ? RoundingKernels.wholeNumber(request, mode)
                : TimeKernels.rounded(request, unit(request, 1), isCeiling: isCeiling)
        }
    }

    private static let shifts: [FunctionEntry] = [
        .rewrite(["TIMESTAMPADD"], shiftOperands, shiftResult) {
            (arguments: [Expression], type: DataType) throws(BindError) -> Expression in
            try shifted(arguments, type)
        },
        .strict(
            ["TIMESTAMPDIFF"],
            OperandRule { (site: CallSite) throws(BindError) -> [DataType] in
                guard site.count == 3 else { throw site.wrongCount(3) }
                guard site.kind(1).isDatetime, site.kind(2).isDatetime else {
                    throw site.cannotApply([["ANY", "DATETIME", "DATETIME"]])
                }
                return site.types
            },
            ResultRule { site in
                DataType(
                    .integer,
                    isNullable: site.type(1).isNullable || site.type(2).isNullable
                )
            }
        ) { TimeKernels.difference($0, unit($0, 0)) },
        .strict(
            ["MINUS_DATE"],
            .signatures(.function, [.datetime, .datetime]),
            .type(.intervalDayTime(IntervalFields(from: .day)))
        ) { IntervalKernels.difference($0) },
        .rewrite(["OVERLAPS"], overlapOperands, .boolean) {
            (arguments: [Expression], _: DataType) throws(BindError) -> Expression in
            try overlaps(arguments)
        },
    ]

    private static let shiftOperands = OperandRule {
        (site: CallSite) throws(BindError) -> [DataType] in
        guard site.count == 3 else { throw site.wrongCount(3) }
        guard site.kind(1).isNumeric, site.kind(2).isDatetime else {
            throw site.cannotApply([["ANY", "INTEGER", "DATETIME"]])
        }
        return [site.type(0), DataType(.bigint, isNullable: site.type(1).isNullable), site.type(2)]
    }

    /// A date stays one unless the unit is shorter than a day.
    private static let shiftResult = ResultRule { site in
        let nullable = site.type(1).isNullable || site.type(2).isNullable
        var kind = site.kind(2)
        if kind == .date, case .bytes(let name)? = site.arguments[0].literal,
            let unit = TimeUnit(keyword: String(decoding: name, as: UTF8.self)),
            !unit.isCalendar
        {
            kind = .timestamp(precision: 0)
        }
        return DataType(kind, isNullable: nullable)
    }

    private static func shifted(
        _ arguments: [Expression],
        _ type: DataType
    ) throws(BindError) -> Expression {
        guard case .literal(.bytes(let name), _) = arguments[0],
            let unit = TimeUnit(keyword: String(decoding: name, as: UTF8.self))
        else { throw BindError("TIMESTAMPADD needs a time unit") }
        let interval = try FunctionCatalogue.interval(unit, times: arguments[1])
        return .call(function: "+", arguments: [arguments[2], interval], type: type)
    }

    private static let overlapOperands = OperandRule(.infix) {
        (site: CallSite) throws(BindError) -> [DataType] in
        guard site.count == 4 else { throw site.wrongCount(4) }
        for index in [0, 2] {
            guard site.kind(index).isDatetime,
                site.kind(index + 1).isDatetime || site.kind(index + 1).isInterval
            else { throw site.cannotApply([["DATETIME", "DATETIME", "DATETIME", "DATETIME"]]) }
        }
        return site.types
    }

    /// Two periods overlap when each starts before, or when, the other ends.
    private static func overlaps(_ arguments: [Expression]) throws(BindError) -> Expression {
        func period(
            _ start: Expression,
            _ end: Expression
        ) throws(BindError) -> (start: Expression, end: Expression) {
            var end = end
            if end.type.kind.isInterval {
                end = try FunctionCatalogue.standard.call("+", [start, end])
            }
            let isForward = try FunctionCatalogue.standard.call("<=", [start, end])
            return (
                try FunctionCatalogue.standard.call("CASE", [isForward, start, end]),
                try FunctionCatalogue.standard.call("CASE", [isForward, end, start])
            )
        }
        let first = try period(arguments[0], arguments[1])
        let second = try period(arguments[2], arguments[3])
        return try FunctionCatalogue.standard.call(
            "AND",
            [
                try FunctionCatalogue.standard.call(">=", [first.end, second.start]),
                try FunctionCatalogue.standard.call(">=", [second.end, first.start]),
            ]
        )
    }

    private static let present: [FunctionEntry] = [
        now(["CURRENT_TIMESTAMP", "NOW"], .timestampLTZ(precision: 3)) { moment, _ in
            moment - moment.flooredRemainder(by: 1000)
        },
        now(["CURRENT_ROW_TIMESTAMP"], .timestampLTZ(precision: 3)) { moment, _ in
            moment - moment.flooredRemainder(by: 1000)
        },
        now(["PROCTIME"], .timestampLTZ(precision: 3)) { moment, _ in
            moment - moment.flooredRemainder(by: 1000)
        },
        now(["LOCALTIMESTAMP"], .timestamp(precision: 3)) { moment, zone in
            let local = zone.local(fromUTC: moment, unitsPerSecond: 1_000_000)
            return local - local.flooredRemainder(by: 1000)
        },
        now(["CURRENT_DATE"], .date) { moment, zone in
            let local = zone.local(fromUTC: moment, unitsPerSecond: 1_000_000)
            return local.flooredDivision(by: 86_400_000_000)
        },
        now(["CURRENT_TIME", "LOCALTIME"], .time(precision: 0)) { moment, zone in
            let local = zone.local(fromUTC: moment, unitsPerSecond: 1_000_000)
            return local.flooredRemainder(by: 86_400_000_000) / 1_000_000 * 1000
        },
        FunctionEntry(
            names: ["CURRENT_DATABASE"],
            operands: .none,
            result: .type(.string, .never),
            isDynamic: true,
            body: .kernel { request in
                let name = request.context.currentDatabase
                let type = request.result
                return { _ in .constant(.text(name), type) }
            }
        ),
    ]

    /// A function of the time of the batch; the same for all its rows.
    private static func now(
        _ names: [String],
        _ kind: TypeKind,
        _ body: @escaping @Sendable (Int64, ZoneRules) -> Int64
    ) -> FunctionEntry {
        FunctionEntry(
            names: names,
            operands: .none,
            result: .type(kind, .never),
            isDynamic: true,
            body: .kernel { request in
                let type = request.result
                let zone = request.context.zone
                return { input in
                    .constant(.int(body(input.environment.nowMicroseconds, zone)), type)
                }
            }
        )
    }
}

extension TimeUnit {
    /// The unit as an argument.
    var literal: Expression {
        .literal(
            .text(rawValue),
            DataType(.char(length: rawValue.utf8.count), isNullable: false)
        )
    }
}
