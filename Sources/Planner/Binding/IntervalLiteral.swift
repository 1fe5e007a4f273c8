import Columnar
import Expressions
import SQLSyntax

/// `INTERVAL '1 02:03:04.005' DAY TO SECOND(3)`.
enum IntervalLiteral {
    static func bind(
        _ text: String,
        isNegative: Bool,
        _ qualifier: IntervalQualifier,
        _ range: SourceRange
    ) throws(PlannerError) -> Expressions.Expression {
        let kind = TypeBinder.interval(qualifier)
        var reader = Reader(rest: Array(text.utf8)[...])
        reader.skipSpaces()
        let hasMinus = reader.skip("-")
        if !hasMinus { _ = reader.skip("+") }
        guard let value = try reader.value(qualifier, text, range), reader.rest.isEmpty else {
            throw illegal(text, kind, range)
        }
        let signed = hasMinus != isNegative ? -value : value
        return .literal(.int(signed), DataType(kind, isNullable: false))
    }

    fileprivate static func illegal(
        _ text: String,
        _ kind: TypeKind,
        _ range: SourceRange
    ) -> PlannerError {
        PlannerError("Illegal interval literal format '\(text)' for \(kind)", at: range)
    }

    private static let units: [SQLSyntax.TimeUnit] = [.day, .hour, .minute, .second]

    /// The size of a unit in months or milliseconds.
    fileprivate static func factor(_ unit: SQLSyntax.TimeUnit) -> Int64 {
        switch unit {
        case .year: 12
        case .quarter: 3
        case .month: 1
        case .week: 604_800_000
        case .day: 86_400_000
        case .hour: 3_600_000
        case .minute: 60_000
        default: 1000
        }
    }

    /// The units from the first to the last of a qualifier.
    fileprivate static func fields(_ qualifier: IntervalQualifier) -> [SQLSyntax.TimeUnit] {
        guard let end = qualifier.end else { return [qualifier.start] }
        if qualifier.start == .year { return [.year, .month] }
        guard let first = units.firstIndex(of: qualifier.start),
            let last = units.firstIndex(of: end), first <= last
        else { return [qualifier.start] }
        return Array(units[first...last])
    }

    /// Reads the numbers of an interval.
    private struct Reader {
        var rest: ArraySlice<UInt8>

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func skipSpaces() {
            while let first = rest.first, first == 32 { rest.removeFirst() }
            while let last = rest.last, last == 32 { rest.removeLast() }
        }

        mutating func number() -> (value: Int64, digits: Int)? {
            let digits = rest.prefix { $0 &- UInt8(ascii: "0") <= 9 }
            guard !digits.isEmpty, digits.count <= 18 else { return nil }
            rest = rest[digits.endIndex...]
            let value = digits.reduce(0 as Int64) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
            return (value, digits.count)
        }

        /// The whole value; nil when the text does not have the form of the qualifier.
        mutating func value(
            _ qualifier: IntervalQualifier,
            _ text: String,
            _ range: SourceRange
        ) throws(PlannerError) -> Int64? {
            var total: Int64 = 0
            for (index, unit) in fields(qualifier).enumerated() {
                if index > 0, !skip(separator(unit)) { return nil }
                guard let (value, _) = number() else { return nil }
                if index == 0 {
                    try check(value, unit, qualifier, range)
                } else if value >= limit(unit) {
                    return nil
                }
                let (product, overflow) = value.multipliedReportingOverflow(by: factor(unit))
                let (sum, carry) = total.addingReportingOverflow(product)
                if overflow || carry { return nil }
                total = sum
                if unit == .second, skip(".") {
                    guard let milliseconds = milliseconds() else { return nil }
                    total += milliseconds
                }
            }
            return total
        }

        private mutating func milliseconds() -> Int64? {
            guard let (value, digits) = number() else { return nil }
            var result = value
            for _ in min(3, digits)..<3 { result *= 10 }
            for _ in 3..<max(3, digits) { result /= 10 }
            return result
        }

        private func separator(_ unit: SQLSyntax.TimeUnit) -> Unicode.Scalar {
            switch unit {
            case .month: "-"
            case .hour: " "
            default: ":"
            }
        }

        private func limit(_ unit: SQLSyntax.TimeUnit) -> Int64 {
            switch unit {
            case .month: 12
            case .hour: 24
            default: 60
            }
        }

        private func check(
            _ value: Int64,
            _ unit: SQLSyntax.TimeUnit,
            _ qualifier: IntervalQualifier,
            _ range: SourceRange
        ) throws(PlannerError) {
            let precision = qualifier.startPrecision ?? 2
            guard String(value).utf8.count <= precision else {
                throw PlannerError(
                    "Interval field value \(value) exceeds precision of "
                        + "\(unit.rawValue)(\(precision)) field",
                    at: range
                )
            }
        }
    }
}
