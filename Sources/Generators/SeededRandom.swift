/// Random numbers that the same seed always gives in the same order (SplitMix64).
///
/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// Numbers of their own for the item `index` of a seed, whatever was drawn before.
    init(seed: UInt64, index: UInt64) {
        state = Self.mix(seed &+ 0x632B_E59B_D9B4_E019) ^ Self.mix(index)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A whole number from 0 to below `bound`, by one multiplication (Lemire).
    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A whole number of a closed range.
    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// True in so many of a thousand cases.
    mutating func chance(_ perMille: Int) -> Bool {
        below(1000) < perMille
    }

    /// A number from 0 to below 1.
    mutating func fraction() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// One of a list that is not empty.
    mutating func pick<Element>(_ list: [Element]) -> Element {
        list[below(list.count)]
    }

    /// A position from 0 to below `count`; the first ones are far more frequent than the last.
    mutating func skewed(_ count: Int) -> Int {
        let draw = fraction()
        return min(count - 1, Int(Double(count) * draw * draw * draw))
    }
}
