/// The decimal digits that Java up to version 18 gives a finite floating-point number.
///
/// They read back as the number, but are not always the fewest that do: FLOAT 2147483648 is
/// `2.14748365E9`. Flink's texts of FLOAT and DOUBLE are made of them. The method is Steele and
/// White's with fixed-width arithmetic where the operands fit, and what that arithmetic does to
/// the last digit is part of the result (`jdk.internal.math.FloatingDecimal`).
package struct JavaDigits {
    /// The digits from 0 to 9, the first one not 0 unless the number is 0.
    package private(set) var digits = InlineArray<20, UInt8>(repeating: 0)
    package private(set) var count = 0
    /// How many digits stand before the point; negative when zeros follow the point.
    package private(set) var pointPosition = 0

    /// The digits of a finite number, whatever its sign.
    package init(_ number: Double) {
        let exponent = Int(number.exponentBitPattern)
        let fraction = number.significandBitPattern
        guard exponent == 0 else {
            develop(BinaryNumber(fraction | 1 << 52, exponent: exponent - 1023, precision: 53))
            return
        }
        guard fraction != 0 else {
            append(0)
            pointPosition = 1
            return
        }
        let shift = fraction.leadingZeroBitCount - 11
        develop(
            BinaryNumber(fraction << shift, exponent: -1022 - shift, precision: 53 - shift)
        )
    }

    /// The digits of a finite number, whatever its sign.
    package init(_ number: Float) {
        let exponent = Int(number.exponentBitPattern)
        let fraction = UInt64(number.significandBitPattern)
        guard exponent == 0 else {
            let bits = (fraction | 1 << 23) << 29
            develop(BinaryNumber(bits, exponent: exponent - 127, precision: 24))
            return
        }
        guard fraction != 0 else {
            append(0)
            pointPosition = 1
            return
        }
        let shift = fraction.leadingZeroBitCount - 40
        develop(
            BinaryNumber(fraction << (shift + 29), exponent: -126 - shift, precision: 24 - shift)
        )
    }

    private mutating func append(_ digit: Int) {
        digits[count] = UInt8(truncatingIfNeeded: digit)
        count += 1
    }

    private mutating func develop(_ number: BinaryNumber) {
        if number.fractionBits == 0, -21...62 ~= number.exponent {
            developInteger(number)
            return
        }
        let scale = DecimalScale(number)
        pointPosition = scale.decimalExponent + 1
        let widest = max(scale.valueWidth, scale.tensWidth)
        if widest < 32 {
            generate(scale.native(Int32.self), scale)
        } else if widest < 64 {
            generate(scale.native(Int64.self), scale)
        } else if widest <= 120 {
            generate(scale.wide(), scale)
        } else {
            generate(scale.big(), scale)
        }
    }

    /// An integer: its digits, rounded where its last binary place is worth more than one.
    private mutating func developInteger(_ number: BinaryNumber) {
        var value =
            number.exponent >= 52
            ? number.bits << (number.exponent - 52) : number.bits >> (52 - number.exponent)
        var dropped = 0
        if number.exponent > number.precision {
            let places = number.exponent - number.precision - 1
            // The whole decimal places of 2ⁿ.
            dropped = places > 1 ? places * 30103 / 100_000 : 0
        }
        if dropped > 0 {
            let power = UInt64(DecimalMath.powerOfTen(dropped))
            let (quotient, rest) = value.quotientAndRemainder(dividingBy: power)
            value = rest >= power / 2 ? quotient + 1 : quotient
        }
        while value % 10 == 0 {
            value /= 10
            dropped += 1
        }
        var length = 1
        var limit: UInt64 = 10
        while length < 19, value >= limit {
            limit *= 10
            length += 1
        }
        for index in stride(from: length - 1, through: 0, by: -1) {
            digits[index] = UInt8(truncatingIfNeeded: value % 10)
            value /= 10
        }
        count = length
        pointPosition = length + dropped
    }

    /// Digits of a quotient, until what is left is less than half of the last binary place.
    private mutating func generate<Division: DigitDivision>(
        _ division: Division,
        _ scale: DecimalScale
    ) {
        var division = division
        let first = division.next()
        if first == 0, !division.isHigh {
            // The estimate of the exponent was one too high.
            pointPosition -= 1
        } else {
            append(first)
        }
        var isDone = division.isLow || division.isHigh
        // In scientific notation a digit follows the point, whatever it is.
        if pointPosition - 1 < -3 || pointPosition - 1 >= 8 { isDone = false }
        while !isDone {
            append(division.next())
            isDone = division.isLow || division.isHigh
        }
        guard division.isHigh else { return }
        if division.isLow {
            let comparison = division.comparisonWithHalf()
            if comparison < 0 || comparison == 0 && digits[count - 1] & 1 == 0 { return }
        }
        roundUp()
    }

    private mutating func roundUp() {
        var index = count - 1
        while digits[index] == 9, index > 0 {
            digits[index] = 0
            index -= 1
        }
        if digits[index] == 9 {
            digits[index] = 1
            pointPosition += 1
        } else {
            digits[index] += 1
        }
    }
}

/// A binary number: 1.xxx × 2ⁿ.
struct BinaryNumber {
    /// 53 bits, the highest one set.
    let bits: UInt64
    let exponent: Int
    /// How many of the bits count; fewer for numbers near zero.
    let precision: Int
    let tailZeros: Int

    init(_ bits: UInt64, exponent: Int, precision: Int) {
        self.bits = bits
        self.exponent = exponent
        self.precision = precision
        tailZeros = bits.trailingZeroBitCount
    }

    /// The bits down to the last one that is set.
    var bitCount: Int { 53 - tailZeros }

    /// How many bits stand behind the point.
    var fractionBits: Int { max(0, bitCount - exponent - 1) }

    /// ⌊log₁₀⌋, or one more.
    var estimatedDecimalExponent: Int {
        let mantissa = Double(bitPattern: 1023 << 52 | bits & (1 << 52 - 1))
        let logarithm =
            (mantissa - 1.5) * 0.289529654 + 0.176091259 + Double(exponent) * 0.301029995663981
        return Int(logarithm.rounded(.down))
    }
}
