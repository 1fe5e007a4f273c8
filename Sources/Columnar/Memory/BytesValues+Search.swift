#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Comparisons of all values of a run at once, 64 results a word.
extension BytesValues {
    /// Which values are the given bytes; compares masked words (FAST_SWIFT rule 18).
    package func equals(_ literal: [UInt8]) -> Bitmap {
        let length = literal.count
        let offsets = offsets.span
        let base = unsafe UnsafeRawPointer(bytes.base)
        let first = BytesValues.firstWord(literal)
        let mask = BytesValues.mask(length)
        return unsafe literal.withUnsafeBytes { literal in
            let other = unsafe literal.baseAddress ?? base
            return Bitmap.make(count: count) { row in
                let start = Int(offsets[row])
                guard Int(offsets[row &+ 1]) &- start == length else { return false }
                // The word may reach into the padding behind the block.
                let word = unsafe base.loadUnaligned(fromByteOffset: start, as: UInt64.self)
                guard word & mask == first else { return false }
                return unsafe length <= 8 || RawBytes.equal(base + start, other, length)
            }
        }
    }

    /// Which rows hold the same bytes in both runs, which are equally long.
    package func equals(_ other: BytesValues) -> Bitmap {
        precondition(count == other.count, "runs of unequal length")
        let left = offsets.span
        let right = other.offsets.span
        let leftBase = unsafe UnsafeRawPointer(bytes.base)
        let rightBase = unsafe UnsafeRawPointer(other.bytes.base)
        return Bitmap.make(count: count) { row in
            let a = Int(left[row])
            let b = Int(right[row])
            let length = Int(left[row &+ 1]) &- a
            guard Int(right[row &+ 1]) &- b == length else { return false }
            return unsafe RawBytes.equal(leftBase + a, rightBase + b, length)
        }
    }

    /// Which values start with the given bytes.
    package func hasPrefix(_ literal: [UInt8]) -> Bitmap {
        matches(literal) { start, end, length in end &- start >= length ? start : nil }
    }

    /// Which values end with the given bytes.
    package func hasSuffix(_ literal: [UInt8]) -> Bitmap {
        matches(literal) { start, end, length in end &- start >= length ? end &- length : nil }
    }

    private func matches(_ literal: [UInt8], _ position: (Int, Int, Int) -> Int?) -> Bitmap {
        let offsets = offsets.span
        let base = unsafe UnsafeRawPointer(bytes.base)
        return unsafe literal.withUnsafeBytes { literal in
            let other = unsafe literal.baseAddress ?? base
            return Bitmap.make(count: count) { row in
                let start = Int(offsets[row])
                let end = Int(offsets[row &+ 1])
                guard let place = position(start, end, literal.count) else { return false }
                return unsafe RawBytes.equal(base + place, other, literal.count)
            }
        }
    }

    /// Which values contain the given bytes: one search through the bytes of all values.
    package func contains(_ literal: [UInt8]) -> Bitmap {
        guard !literal.isEmpty else { return Bitmap(repeating: true, count: count) }
        var result = FixedBuilder<UInt64>(count: Bitmap.wordCount(count))
        result.fill(with: 0)
        let offsets = offsets.span
        let base = unsafe UnsafeRawPointer(bytes.base)
        let end = Int(offsets[count])
        var cursor = Int(offsets[0])
        var row = 0
        unsafe literal.withUnsafeBytes { literal in
            guard let needle = literal.baseAddress else { return }
            while let place = unsafe BytesValues.find(
                needle,
                literal.count,
                in: base,
                from: cursor,
                to: end
            ) {
                while Int(offsets[row &+ 1]) <= place { row &+= 1 }
                if place &+ literal.count <= Int(offsets[row &+ 1]) {
                    result[row >> 6] |= 1 &<< UInt64(row & 63)
                    cursor = Int(offsets[row &+ 1])
                } else {
                    cursor = place &+ 1
                }
            }
        }
        return Bitmap(words: result, count: count)
    }

    /// Which values satisfy a test on their order against the given bytes, as `memcmp` orders.
    @inlinable package func compare(_ literal: [UInt8], _ test: (Int) -> Bool) -> Bitmap {
        let offsets = offsets.span
        let base = unsafe UnsafeRawPointer(bytes.base)
        return unsafe literal.withUnsafeBytes { literal in
            let other = unsafe literal.baseAddress ?? base
            return Bitmap.make(count: count) { row in
                let start = Int(offsets[row])
                let length = Int(offsets[row &+ 1]) &- start
                return unsafe test(
                    BytesValues.order(base + start, length, other, literal.count)
                )
            }
        }
    }

    /// Which rows satisfy a test on the order of the two values.
    @inlinable package func compare(_ other: BytesValues, _ test: (Int) -> Bool) -> Bitmap {
        precondition(count == other.count, "runs of unequal length")
        let left = offsets.span
        let right = other.offsets.span
        let leftBase = unsafe UnsafeRawPointer(bytes.base)
        let rightBase = unsafe UnsafeRawPointer(other.bytes.base)
        return Bitmap.make(count: count) { row in
            let a = Int(left[row])
            let b = Int(right[row])
            let aLength = Int(left[row &+ 1]) &- a
            let bLength = Int(right[row &+ 1]) &- b
            return unsafe test(
                BytesValues.order(leftBase + a, aLength, rightBase + b, bLength)
            )
        }
    }

    /// Negative, zero or positive as the left bytes sort before, with or after the right ones.
    @inlinable @unsafe package static func order(
        _ left: UnsafeRawPointer,
        _ leftLength: Int,
        _ right: UnsafeRawPointer,
        _ rightLength: Int
    ) -> Int {
        let order = unsafe memoryOrder(left, right, min(leftLength, rightLength))
        return order != 0 ? order : leftLength &- rightLength
    }

    @usableFromInline @unsafe static func memoryOrder(
        _ left: UnsafeRawPointer,
        _ right: UnsafeRawPointer,
        _ count: Int
    ) -> Int {
        Int(unsafe memcmp(left, right, count))
    }

    /// The first place of some bytes between two offsets, or nil.
    ///
    /// Compares the first and the last byte at 32 places a step (Mula's method); the blocks read
    /// may reach into the padding behind the memory.
    @unsafe private static func find(
        _ needle: UnsafeRawPointer,
        _ length: Int,
        in base: UnsafeRawPointer,
        from start: Int,
        to end: Int
    ) -> Int? {
        let first = unsafe needle.load(fromByteOffset: 0, as: UInt8.self)
        let last = unsafe needle.load(fromByteOffset: length &- 1, as: UInt8.self)
        let firsts = SIMD32<UInt8>(repeating: first)
        let lasts = SIMD32<UInt8>(repeating: last)
        let limit = end &- length
        var place = start
        while place <= limit {
            let stop = min(place &+ 32, limit &+ 1)
            if place &+ length &+ 31 <= end &+ 64 {
                let heads = unsafe base.loadUnaligned(
                    fromByteOffset: place,
                    as: SIMD32<UInt8>.self
                )
                let tails = unsafe base.loadUnaligned(
                    fromByteOffset: place &+ length &- 1,
                    as: SIMD32<UInt8>.self
                )
                if !any((heads .== firsts) .& (tails .== lasts)) {
                    place &+= 32
                    continue
                }
            }
            while place < stop {
                if unsafe base.load(fromByteOffset: place, as: UInt8.self) == first,
                    unsafe RawBytes.equal(base + place, needle, length)
                {
                    return place
                }
                place &+= 1
            }
        }
        return nil
    }

    private static func firstWord(_ literal: [UInt8]) -> UInt64 {
        var word: UInt64 = 0
        for (index, byte) in literal.prefix(8).enumerated() {
            word |= UInt64(byte) << UInt64(8 * index)
        }
        return word
    }

    private static func mask(_ length: Int) -> UInt64 {
        length >= 8 ? .max : (1 << UInt64(8 * length)) - 1
    }
}
