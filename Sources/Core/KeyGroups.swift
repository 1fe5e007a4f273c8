/// A contiguous range of key groups: the unit in which keyed state is assigned to slots.
///
/// Slot *i* of *P* owns `[i*G/P, (i+1)*G/P)` of the *G* groups (DESIGN §3).
package struct KeyGroupRange: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The first key group of the range.
    package let lower: Int
    /// One past the last key group of the range.
    package let upper: Int

    package init(lower: Int, upper: Int) {
        precondition(lower >= 0 && lower <= upper, "a key-group range runs upwards")
        self.lower = lower
        self.upper = upper
    }

    /// The range that slot `slot` of `parallelism` slots owns of `maxParallelism` key groups.
    package init(slot: Int, parallelism: Int, maxParallelism: Int) {
        precondition(slot >= 0 && slot < parallelism, "slot \(slot) of \(parallelism)")
        self.init(
            lower: Self.firstGroup(slot, parallelism, maxParallelism),
            upper: Self.firstGroup(slot + 1, parallelism, maxParallelism)
        )
    }

    private static func firstGroup(_ slot: Int, _ parallelism: Int, _ groups: Int) -> Int {
        // The smallest group g with g * parallelism / groups == slot.
        (slot * groups + parallelism - 1) / parallelism
    }

    /// The slot that owns `group`; inverse of the ranges of all slots.
    @inlinable package static func slot(
        ofGroup group: Int,
        parallelism: Int,
        maxParallelism: Int
    ) -> Int {
        group * parallelism / maxParallelism
    }

    /// The key group of a key with this hash; takes high bits, since tables use the low ones.
    @inlinable package static func group(ofHash hash: UInt64, maxParallelism: Int) -> Int {
        Int(truncatingIfNeeded: ((hash >> 32) &* UInt64(maxParallelism)) >> 32)
    }

    package var count: Int { upper - lower }

    package func contains(_ group: Int) -> Bool { group >= lower && group < upper }

    package func overlaps(_ other: KeyGroupRange) -> Bool {
        max(lower, other.lower) < min(upper, other.upper)
    }

    package var description: String { "[\(lower), \(upper))" }
}
