/// A run of bits, one for each row: validity (1 = not NULL), booleans, selections.
///
/// Bit *i* is bit `i & 63` of word `i >> 6`; bits behind `count` are zero, so that words can be
/// counted and compared without a case for the tail.
@frozen @usableFromInline package struct Bitmap: Sendable {
    @usableFromInline package let words: FixedValues<UInt64>
    @usableFromInline package let count: Int

    /// Adopts words that a loop has written; clears the bits behind `count`.
    @inlinable package init(words builder: consuming FixedBuilder<UInt64>, count: Int) {
        precondition(builder.count == Bitmap.wordCount(count), "one word for every 64 rows")
        let used = count & 63
        if used != 0 {
            builder[builder.count - 1] &= (1 &<< UInt64(used)) &- 1
        }
        words = builder.finish()
        self.count = count
    }

    @inlinable package init(repeating bit: Bool, count: Int) {
        var builder = FixedBuilder<UInt64>(count: Bitmap.wordCount(count))
        builder.fill(with: bit ? .max : 0)
        self.init(words: builder, count: count)
    }

    @inlinable package init(_ bits: some Collection<Bool>) {
        var builder = BitmapBuilder(reserving: bits.count)
        for bit in bits { builder.append(bit) }
        self = builder.finish()
    }

    /// The number of words that hold `count` bits.
    @inlinable package static func wordCount(_ count: Int) -> Int { (count &+ 63) >> 6 }

    /// One bit; for cold code and gathers, loops use `words`.
    @inlinable package subscript(index: Int) -> Bool {
        precondition(index >= 0 && index < count, "bit out of range")
        return (unsafe words.base[index >> 6] &>> UInt64(index & 63)) & 1 == 1
    }

    /// The number of ones.
    package var onesCount: Int {
        let words = words.span
        var total = 0
        for index in words.indices { total &+= words[index].nonzeroBitCount }
        return total
    }

    package var isAllOnes: Bool { onesCount == count }

    package var isAllZeros: Bool {
        let words = words.span
        var any: UInt64 = 0
        for index in words.indices { any |= words[index] }
        return any == 0
    }

    /// The positions of the ones, rising.
    package func positionsOfOnes() -> FixedValues<Int32> {
        let total = onesCount
        var positions = FixedBuilder<Int32>(count: total)
        let words = words.span
        var target = 0
        var output = positions.span
        for index in words.indices {
            var word = words[index]
            while word != 0 {
                output[target] = Int32(truncatingIfNeeded: index &<< 6 &+ word.trailingZeroBitCount)
                target &+= 1
                word &= word &- 1
            }
        }
        return positions.finish()
    }

    package var array: [Bool] { (0..<count).map { self[$0] } }
}

/// Collects bits whose number is not known before.
@frozen @usableFromInline package struct BitmapBuilder: ~Copyable {
    @usableFromInline var words: GrowingValues<UInt64>
    @usableFromInline var pending: UInt64 = 0
    @usableFromInline package private(set) var count = 0

    @inlinable package init(reserving capacity: Int = 64) {
        words = GrowingValues(reserving: Bitmap.wordCount(capacity))
    }

    @inlinable package mutating func append(_ bit: Bool) {
        pending |= (bit ? 1 : 0) &<< UInt64(count & 63)
        count &+= 1
        if count & 63 == 0 {
            words.append(pending)
            pending = 0
        }
    }

    @inlinable package mutating func append(repeating bit: Bool, times: Int) {
        for _ in 0..<times { append(bit) }
    }

    /// The bits as an immutable run.
    @inlinable package consuming func finish() -> Bitmap {
        var words = words
        let total = count
        if total & 63 != 0 { words.append(pending) }
        let values = words.finish()
        var copy = FixedBuilder<UInt64>(count: values.count)
        for index in 0..<values.count { copy[index] = values[index] }
        return Bitmap(words: copy, count: total)
    }
}
