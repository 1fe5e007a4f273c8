/// Long division that gives one decimal digit after the other.
protocol DigitDivision {
    /// The next digit.
    mutating func next() -> Int

    /// Whether the rest is less than half of the number's last binary place.
    var isLow: Bool { get }

    /// Whether the next higher digit is that near.
    var isHigh: Bool { get }

    /// The rest against half a digit: negative, zero or positive.
    func comparisonWithHalf() -> Int
}

/// Division in machine words that wrap around, as Java's do.
struct NativeDivision<Number: FixedWidthInteger & SignedInteger>: DigitDivision {
    private var value: Number
    private let divisor: Number
    private let tens: Number
    private var half: Number

    init(value: Number, divisor: Number, half: Number) {
        self.value = value
        self.divisor = divisor
        self.half = half
        tens = divisor &* 10
    }

    mutating func next() -> Int {
        let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
        value = rest &* 10
        half = half &* 10
        return Int(quotient)
    }

    // A half that overflows is greater than any rest.
    var isLow: Bool { half <= 0 || value < half }

    var isHigh: Bool { half <= 0 || value &+ half > tens }

    func comparisonWithHalf() -> Int { Int((value << 1 &- tens).signum()) }
}

/// Division of up to 120 bits.
struct WideDivision: DigitDivision {
    private var value: UInt128
    private let divisor: UInt128
    private let tens: UInt128
    private var half: UInt128

    init(value: UInt128, divisor: UInt128, half: UInt128) {
        self.value = value
        self.divisor = divisor
        self.half = half
        tens = divisor * 10
    }

    mutating func next() -> Int {
        var digit = 0
        while value >= divisor {
            value -= divisor
            digit += 1
        }
        value *= 10
        half *= 10
        return digit
    }

    var isLow: Bool { value < half }

    var isHigh: Bool { value + half >= tens }

    func comparisonWithHalf() -> Int {
        value << 1 < tens ? -1 : value << 1 == tens ? 0 : 1
    }
}

/// Division of integers of any size that a DOUBLE needs.
struct BigDivision: DigitDivision {
    private var value: BigDigits
    private let divisor: BigDigits
    private let tens: BigDigits
    private var half: BigDigits

    init(value: BigDigits, divisor: BigDigits, half: BigDigits) {
        self.value = value
        self.divisor = divisor
        self.half = half
        var tens = divisor
        tens.multiply(by: 10)
        self.tens = tens
    }

    mutating func next() -> Int {
        var digit = 0
        while value.compare(divisor) >= 0 {
            value.subtract(divisor)
            digit += 1
        }
        value.multiply(by: 10)
        half.multiply(by: 10)
        return digit
    }

    var isLow: Bool { value.compare(half) < 0 }

    var isHigh: Bool {
        var sum = value
        sum.add(half)
        return sum.compare(tens) >= 0
    }

    func comparisonWithHalf() -> Int {
        var double = value
        double.shiftLeft(1)
        return double.compare(tens)
    }
}

/// An unsigned integer below 2¹¹⁵², which is more than any power of ten of a DOUBLE needs.
struct BigDigits {
    /// 64 bits each, the lowest first.
    private var limbs = InlineArray<18, UInt64>(repeating: 0)
    private var count = 1

    init(_ value: UInt64) {
        limbs[0] = value
    }

    mutating func multiply(by factor: UInt64) {
        var carry: UInt64 = 0
        for index in 0..<count {
            let (high, low) = limbs[index].multipliedFullWidth(by: factor)
            let (sum, overflows) = low.addingReportingOverflow(carry)
            limbs[index] = sum
            carry = high &+ (overflows ? 1 : 0)
        }
        append(carry)
    }

    mutating func multiply(byFiveTo power: Int) {
        for _ in 0..<power / 27 { multiply(by: 7_450_580_596_923_828_125) }
        for _ in 0..<power % 27 { multiply(by: 5) }
    }

    mutating func shiftLeft(_ bits: Int) {
        let words = bits / 64
        if words > 0 {
            for index in stride(from: count - 1, through: 0, by: -1) {
                limbs[index + words] = limbs[index]
            }
            for index in 0..<words { limbs[index] = 0 }
            count += words
        }
        if bits % 64 > 0 { multiply(by: 1 << UInt64(bits % 64)) }
    }

    mutating func add(_ other: BigDigits) {
        var carry: UInt64 = 0
        count = max(count, other.count)
        for index in 0..<count {
            let (partial, first) = limbs[index].addingReportingOverflow(other.limbs[index])
            let (sum, second) = partial.addingReportingOverflow(carry)
            limbs[index] = sum
            carry = first || second ? 1 : 0
        }
        append(carry)
    }

    /// Subtracts a number that is not greater.
    mutating func subtract(_ other: BigDigits) {
        var borrow: UInt64 = 0
        for index in 0..<count {
            let (partial, first) = limbs[index].subtractingReportingOverflow(other.limbs[index])
            let (rest, second) = partial.subtractingReportingOverflow(borrow)
            limbs[index] = rest
            borrow = first || second ? 1 : 0
        }
        while count > 1, limbs[count - 1] == 0 { count -= 1 }
    }

    /// Negative, zero or positive, as this number is less, equal or greater.
    func compare(_ other: BigDigits) -> Int {
        if count != other.count { return count < other.count ? -1 : 1 }
        for index in stride(from: count - 1, through: 0, by: -1)
        where limbs[index] != other.limbs[index] {
            return limbs[index] < other.limbs[index] ? -1 : 1
        }
        return 0
    }

    private mutating func append(_ carry: UInt64) {
        guard carry > 0 else { return }
        limbs[count] = carry
        count += 1
    }
}
