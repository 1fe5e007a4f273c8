/// A binary number as a fraction of integers, each of them 2ᵃ × 5ᵇ times something small.
///
/// The number is `bits` × 2ᵃ × 5ᵇ over the divisor, times a power of ten; half of its last binary
/// place has the same divisor.
struct DecimalScale {
    let bits: UInt64
    let decimalExponent: Int
    private let valueTwos: Int
    /// Powers of five in the value and in the half place.
    private let fives: Int
    private let divisorTwos: Int
    private let divisorFives: Int
    private let halfTwos: Int
    private let bitCount: Int

    init(_ number: BinaryNumber) {
        decimalExponent = number.estimatedDecimalExponent
        bits = number.bits >> number.tailZeros
        bitCount = number.bitCount
        fives = max(0, -decimalExponent)
        divisorFives = max(0, decimalExponent)
        let scaled = fives + number.fractionBits + number.exponent
        var value = scaled - (bitCount - 1)
        var divisor = divisorFives + number.fractionBits
        var half = scaled - number.precision
        let common = min(value, divisor)
        value -= common
        divisor -= common
        half -= common
        // The place below a power of two is half as wide.
        if bitCount == 1 { half -= 1 }
        if half < 0 {
            value -= half
            divisor -= half
            half = 0
        }
        valueTwos = value
        divisorTwos = divisor
        halfTwos = half
    }

    /// How many bits the value may take.
    var valueWidth: Int { bitCount + valueTwos + Self.width(fives) }

    /// How many bits ten times the divisor may take.
    var tensWidth: Int { divisorTwos + 1 + Self.width(divisorFives + 1) }

    /// The bits of 5ⁿ.
    private static func width(_ power: Int) -> Int {
        if power == 0 { return 0 }
        return power < 27 ? power * 2_321_929 / 1_000_000 + 1 : power * 3
    }

    func native<Number: FixedWidthInteger & SignedInteger>(
        _: Number.Type
    ) -> NativeDivision<Number> {
        let five = Number(truncatingIfNeeded: Self.fivesBelow2To64[fives])
        return NativeDivision(
            value: Number(truncatingIfNeeded: bits) &* five
                &<< Number(truncatingIfNeeded: valueTwos),
            divisor: Number(truncatingIfNeeded: Self.fivesBelow2To64[divisorFives])
                &<< Number(truncatingIfNeeded: divisorTwos),
            half: five &<< Number(truncatingIfNeeded: halfTwos)
        )
    }

    func wide() -> WideDivision {
        let five = Self.power(ofFive: fives)
        return WideDivision(
            value: UInt128(bits) * five << UInt128(valueTwos),
            divisor: Self.power(ofFive: divisorFives) << UInt128(divisorTwos),
            half: five << UInt128(halfTwos)
        )
    }

    func big() -> BigDivision {
        var five = BigDigits(1)
        five.multiply(byFiveTo: fives)
        var divisor = BigDigits(1)
        divisor.multiply(byFiveTo: divisorFives)
        divisor.shiftLeft(divisorTwos)
        var value = five
        value.multiply(by: bits)
        value.shiftLeft(valueTwos)
        five.shiftLeft(halfTwos)
        return BigDivision(value: value, divisor: divisor, half: five)
    }

    private static let fivesBelow2To64: [UInt64] = {
        var powers: [UInt64] = [1]
        for _ in 0..<27 { powers.append(powers[powers.count - 1] * 5) }
        return powers
    }()

    private static func power(ofFive exponent: Int) -> UInt128 {
        if exponent <= 27 { return UInt128(fivesBelow2To64[exponent]) }
        return UInt128(fivesBelow2To64[27]) * power(ofFive: exponent - 27)
    }
}
