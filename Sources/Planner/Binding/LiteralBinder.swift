import Columnar
import Expressions
import SQLSyntax

/// Constants as written in SQL, given their types and values.
enum LiteralBinder {
    static func bind(
        _ literal: Literal,
        isNegative: Bool = false
    ) throws(PlannerError) -> Expressions.Expression {
        switch literal.value {
        case .null: return .literal(.null, .null)
        case .unknown: return .literal(.null, .boolean)
        case .boolean(let value):
            return .literal(.bool(value), DataType.boolean.notNull)
        case .exact(let text): return try exact(text, isNegative, literal)
        case .approximate(let text):
            guard let value = Double(text) else { throw outOfRange(text, literal) }
            return .literal(.double(isNegative ? -value : value), DataType.double.notNull)
        case .string(let text, _):
            let type = DataType(.char(length: text.utf16.count), isNullable: false)
            return .literal(.text(text), type)
        case .binary(let bytes):
            return .literal(
                .bytes(bytes),
                DataType(.binary(length: bytes.count), isNullable: false)
            )
        case .date(let text): return try TimeLiteral.date(text, literal.range)
        case .time(let text): return try TimeLiteral.time(text, literal.range)
        case .timestamp(let text):
            return try TimeLiteral.timestamp(text, literal.range, isLocal: false)
        case .timestampWithLocalTimeZone(let text):
            return try TimeLiteral.timestamp(text, literal.range, isLocal: true)
        case .interval(let text, let isMinus, let qualifier):
            return try IntervalLiteral.bind(
                text,
                isNegative: isMinus != isNegative,
                qualifier,
                literal.range
            )
        }
    }

    private static func outOfRange(_ text: String, _ literal: Literal) -> PlannerError {
        PlannerError("Numeric literal '\(text)' out of range", at: literal.range)
    }

    /// A whole number is INT or BIGINT; with digits behind the point it is DECIMAL.
    private static func exact(
        _ text: String,
        _ isNegative: Bool,
        _ literal: Literal
    ) throws(PlannerError) -> Expressions.Expression {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(parts.first ?? "")
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        guard whole.utf8.count + fraction.utf8.count <= 38,
            let magnitude = Int128(whole + fraction == "" ? "0" : whole + fraction)
        else { throw outOfRange(text, literal) }
        let value = isNegative ? -magnitude : magnitude
        if fraction.isEmpty {
            guard let number = Int64(exactly: value) else { throw outOfRange(text, literal) }
            let kind: TypeKind = Int32(exactly: number) == nil ? .bigint : .integer
            return .literal(.int(number), DataType(kind, isNullable: false))
        }
        let precision = whole.utf8.count + fraction.utf8.count
        let type = DataType(
            .decimal(precision: precision, scale: fraction.utf8.count),
            isNullable: false
        )
        let scalar: ScalarValue = precision <= 18 ? .int(Int64(value)) : .int128(value)
        return .literal(scalar, type)
    }
}

/// `DATE '…'`, `TIME '…'` and `TIMESTAMP '…'`, which are strict.
enum TimeLiteral {
    static func date(
        _ text: String,
        _ range: SourceRange
    ) throws(PlannerError) -> Expressions.Expression {
        guard let days = days(Array(text.utf8)) else {
            throw illegal("DATE", text, "yyyy-MM-dd", range)
        }
        return .literal(.int(Int64(days)), DataType.date.notNull)
    }

    static func time(
        _ text: String,
        _ range: SourceRange
    ) throws(PlannerError) -> Expressions.Expression {
        guard let clock = clock(Array(text.utf8)[...]) else {
            throw illegal("TIME", text, "HH:mm:ss", range)
        }
        let value = clock.seconds * 1000 + clock.nanoseconds / 1_000_000
        return .literal(.int(value), DataType.time(clock.digits).notNull)
    }

    static func timestamp(
        _ text: String,
        _ range: SourceRange,
        isLocal: Bool
    ) throws(PlannerError) -> Expressions.Expression {
        let bytes = Array(text.utf8)
        guard let space = bytes.firstIndex(of: 32), let days = days(Array(bytes[..<space])),
            let clock = clock(bytes[(space + 1)...])
        else { throw illegal("TIMESTAMP", text, "yyyy-MM-dd HH:mm:ss", range) }
        let units = DataType.timestampUnitsPerSecond(precision: clock.digits)
        let seconds = Int64(days) * 86_400 + clock.seconds
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: units)
        guard !overflow else {
            throw PlannerError(
                "TIMESTAMP literal '\(text)' is outside the years that nanoseconds reach",
                at: range
            )
        }
        let value = whole + clock.nanoseconds / (1_000_000_000 / units)
        let type: DataType = .timestamp(clock.digits)
        let literal = Expressions.Expression.literal(.int(value), type.notNull)
        guard isLocal else { return literal }
        // The text is local time of the session: converted where the zone is known.
        return .cast(literal, to: DataType.timestampLTZ(clock.digits).notNull, mode: .strict)
    }

    private static func illegal(
        _ type: String,
        _ text: String,
        _ format: String,
        _ range: SourceRange
    ) -> PlannerError {
        PlannerError("Illegal \(type) literal '\(text)': not in format '\(format)'", at: range)
    }

    private static func number(_ digits: ArraySlice<UInt8>, max count: Int) -> Int? {
        guard !digits.isEmpty, digits.count <= count,
            digits.allSatisfy({ $0 &- UInt8(ascii: "0") <= 9 })
        else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func days(_ text: [UInt8]) -> Int? {
        let parts = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 3, let year = number(parts[0], max: 4),
            let month = number(parts[1], max: 2), let day = number(parts[2], max: 2)
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        return date.isValid && year > 0 ? date.daysSinceEpoch : nil
    }

    private static func clock(
        _ text: ArraySlice<UInt8>
    ) -> (seconds: Int64, nanoseconds: Int64, digits: Int)? {
        let halves = text.split(
            separator: UInt8(ascii: "."),
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        let parts = halves[0].split(
            separator: UInt8(ascii: ":"),
            omittingEmptySubsequences: false
        )
        guard parts.count == 3, let hour = number(parts[0], max: 2), hour < 24,
            let minute = number(parts[1], max: 2), minute < 60,
            let second = number(parts[2], max: 2), second < 60
        else { return nil }
        var nanoseconds = 0
        var digits = 0
        if halves.count > 1 {
            digits = min(9, halves[1].count)
            guard var value = number(halves[1].prefix(9), max: 9) else { return nil }
            for _ in digits..<9 { value *= 10 }
            nanoseconds = value
        }
        return (Int64(hour * 3600 + minute * 60 + second), Int64(nanoseconds), digits)
    }
}
