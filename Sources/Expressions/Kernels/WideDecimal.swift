import Columnar

/// Decimal arithmetic whose intermediate values need up to 256 bits; magnitudes only.
///
/// Every function gives nil where the result has more than 38 digits, which SQL turns into NULL.
enum WideDecimal {
    /// A 256-bit magnitude.
    struct Magnitude {
        var high: UInt128
        var low: UInt128

        static func product(_ left: UInt128, _ right: UInt128) -> Magnitude {
            let (high, low) = left.multipliedFullWidth(by: right)
            return Magnitude(high: high, low: low)
        }

        func adding(_ other: Magnitude) -> Magnitude {
            let (low, carry) = self.low.addingReportingOverflow(other.low)
            return Magnitude(high: high &+ other.high &+ (carry ? 1 : 0), low: low)
        }

        /// The difference; the other must not be larger.
        func subtracting(_ other: Magnitude) -> Magnitude {
            let (low, borrow) = self.low.subtractingReportingOverflow(other.low)
            return Magnitude(high: high &- other.high &- (borrow ? 1 : 0), low: low)
        }

        func isLess(than other: Magnitude) -> Bool {
            high != other.high ? high < other.high : low < other.low
        }

        /// Quotient and remainder.
        func divided(by divisor: UInt128) -> (quotient: Magnitude, remainder: UInt128) {
            let (highQuotient, highRest) = high.quotientAndRemainder(dividingBy: divisor)
            let (lowQuotient, rest) = divisor.dividingFullWidth((highRest, low))
            return (Magnitude(high: highQuotient, low: lowQuotient), rest)
        }

        /// The quotient rounded half up.
        func roundedQuotient(_ divisor: UInt128) -> Magnitude {
            let (quotient, rest) = divided(by: divisor)
            guard rest >= divisor - rest else { return quotient }
            return quotient.adding(Magnitude(high: 0, low: 1))
        }
    }

    /// 10ⁿ for n up to 38.
    static func power(_ exponent: Int) -> UInt128 {
        DecimalMath.powerOfTen(exponent).magnitude
    }

    /// A magnitude times 10ⁿ for n up to 76; nil beyond 256 bits.
    static func scaledUp(_ value: UInt128, _ exponent: Int) -> Magnitude? {
        let first = Magnitude.product(value, power(min(38, exponent)))
        if exponent <= 38 { return first }
        guard first.high == 0 else {
            let factor = power(exponent - 38)
            let (high, overflow) = first.high.multipliedReportingOverflow(by: factor)
            if overflow { return nil }
            let low = Magnitude.product(first.low, factor)
            let (sum, carry) = high.addingReportingOverflow(low.high)
            return carry ? nil : Magnitude(high: sum, low: low.low)
        }
        return Magnitude.product(first.low, power(exponent - 38))
    }

    /// A signed value with `digits` digits at most, from a magnitude.
    static func signed(
        _ magnitude: Magnitude,
        isNegative: Bool,
        digits: Int
    ) -> Int128? {
        guard magnitude.high == 0, magnitude.low < power(digits) else { return nil }
        let value = Int128(magnitude.low)
        return isNegative ? -value : value
    }

    /// Drops `digits` decimal digits of a magnitude, rounding half up.
    static func dropping(_ magnitude: Magnitude, digits: Int) -> Magnitude {
        if digits == 0 { return magnitude }
        if digits <= 38 { return magnitude.roundedQuotient(power(digits)) }
        let first = magnitude.divided(by: power(38)).quotient
        return first.roundedQuotient(power(digits - 38))
    }

    /// `left * right`, at the scale of the product less `dropped` digits.
    static func multiply(
        _ left: Int128,
        _ right: Int128,
        dropped: Int,
        digits: Int
    ) -> Int128? {
        let product = Magnitude.product(left.magnitude, right.magnitude)
        return signed(
            dropping(product, digits: dropped),
            isNegative: (left < 0) != (right < 0),
            digits: digits
        )
    }

    /// `left / right` after scaling the left up by 10ⁿ; the divisor is not zero.
    static func divide(
        _ left: Int128,
        _ right: Int128,
        shift: Int,
        digits: Int
    ) -> Int128? {
        guard let scaled = scaledUp(left.magnitude, shift) else { return nil }
        return signed(
            scaled.roundedQuotient(right.magnitude),
            isNegative: (left < 0) != (right < 0),
            digits: digits
        )
    }

    /// `left + right` after scaling both up, less `dropped` digits.
    static func add(
        _ left: Int128,
        _ leftShift: Int,
        _ right: Int128,
        _ rightShift: Int,
        dropped: Int,
        digits: Int
    ) -> Int128? {
        guard let a = scaledUp(left.magnitude, leftShift),
            let b = scaledUp(right.magnitude, rightShift)
        else { return nil }
        if (left < 0) == (right < 0) {
            let sum = dropping(a.adding(b), digits: dropped)
            return signed(sum, isNegative: left < 0, digits: digits)
        }
        let isNegative = a.isLess(than: b) ? right < 0 : left < 0
        let rest = a.isLess(than: b) ? b.subtracting(a) : a.subtracting(b)
        return signed(dropping(rest, digits: dropped), isNegative: isNegative, digits: digits)
    }

    /// A decimal with another scale, rounded half up; nil when it needs more than `digits`.
    static func rescale(_ value: Int128, from: Int, to: Int, digits: Int) -> Int128? {
        if to >= from {
            let factor = DecimalMath.powerOfTen(to - from)
            let (result, overflow) = value.multipliedReportingOverflow(by: factor)
            guard !overflow, result.magnitude < power(digits) else { return nil }
            return result
        }
        let rounded = Magnitude(high: 0, low: value.magnitude)
            .roundedQuotient(power(from - to))
        return signed(rounded, isNegative: value < 0, digits: digits)
    }
}
