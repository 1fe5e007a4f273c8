/// Units of time.
extension Parser {
    /// The unit that a word names in an interval, plural or not.
    static func intervalUnit(_ keyword: Keyword?) -> TimeUnit? {
        switch keyword {
        case .year, .years: .year
        case .quarter, .quarters: .quarter
        case .month, .months: .month
        case .week, .weeks: .week
        case .day, .days: .day
        case .hour, .hours: .hour
        case .minute, .minutes: .minute
        case .second, .seconds: .second
        default: nil
        }
    }

    /// The finer units that may follow `TO`.
    private static func units(after start: TimeUnit) -> [TimeUnit] {
        switch start {
        case .year: [.month]
        case .day: [.hour, .minute, .second]
        case .hour: [.minute, .second]
        case .minute: [.second]
        default: []
        }
    }

    /// Reads `DAY(3) TO SECOND(6)`.
    mutating func intervalQualifier(
        allowsTo: Bool = true
    ) throws(SyntaxError) -> IntervalQualifier {
        let first = index
        guard let start = Parser.intervalUnit(current.keyword) else {
            expect(.text("a time unit"))
            throw unexpected()
        }
        advance()
        var precision: Int?
        var fraction: Int?
        if accept(.leftParen) {
            precision = try unsignedInteger()
            if start == .second, accept(.comma) { fraction = try unsignedInteger() }
            try require(.rightParen)
        }
        let (end, endFraction) = allowsTo ? try intervalEnd(after: start) : (nil, nil)
        return IntervalQualifier(
            start: start,
            startPrecision: precision,
            end: end,
            fractionalPrecision: endFraction ?? fraction,
            range: range(from: first)
        )
    }

    private mutating func intervalEnd(
        after start: TimeUnit
    ) throws(SyntaxError) -> (unit: TimeUnit?, fraction: Int?) {
        let finer = Parser.units(after: start)
        guard !finer.isEmpty, isAt(.to) else { return (nil, nil) }
        guard let end = Parser.intervalUnit(peek().keyword), finer.contains(end) else {
            report(2)
            return (nil, nil)
        }
        advance(by: 2)
        guard end == .second, accept(.leftParen) else { return (end, nil) }
        let fraction = try unsignedInteger()
        try require(.rightParen)
        return (end, fraction)
    }

    /// Reads the unit of `EXTRACT`, `FLOOR`, `TIMESTAMPADD` and the like.
    mutating func timeUnit() throws(SyntaxError) -> TimeUnit {
        let token = current
        let name = statement.script.text(token.offsets)
        guard token.kind == .word, let unit = Parser.timeUnits[name.uppercased()] else {
            expect(.text("a time unit"))
            guard token.isName else {
                expect(.name)
                throw unexpected()
            }
            let names = TimeUnit.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(
                "'\(name)' is not a valid time frame",
                advice: "The time units are \(names).",
                at: range(of: token)
            )
        }
        advance()
        return unit
    }

    private static let timeUnits: [String: TimeUnit] = {
        var units: [String: TimeUnit] = [:]
        for unit in TimeUnit.allCases {
            units[unit.rawValue] = unit
        }
        for unit in [TimeUnit.year, .quarter, .month, .week, .day, .hour, .minute, .second] {
            units["SQL_TSI_" + unit.rawValue] = unit
        }
        units["SQL_TSI_MICROSECOND"] = .microsecond
        units["SQL_TSI_FRAC_SECOND"] = .microsecond
        units["FRAC_SECOND"] = .microsecond
        return units
    }()
}
