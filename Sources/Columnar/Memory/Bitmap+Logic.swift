extension Bitmap {
    /// Bits that are one in both; the counts are equal.
    package func and(_ other: Bitmap) -> Bitmap {
        combine(other) { $0 & $1 }
    }

    /// Bits that are one in either; the counts are equal.
    package func or(_ other: Bitmap) -> Bitmap {
        combine(other) { $0 | $1 }
    }

    /// Bits that are one here and zero in the other; the counts are equal.
    package func andNot(_ other: Bitmap) -> Bitmap {
        combine(other) { $0 & ~$1 }
    }

    /// Bits that differ; the counts are equal.
    package func xor(_ other: Bitmap) -> Bitmap {
        combine(other) { $0 ^ $1 }
    }

    /// Every bit turned over.
    package func not() -> Bitmap {
        var result = FixedBuilder<UInt64>(count: words.count)
        let words = words.span
        var output = result.span
        for index in words.indices { output[index] = ~words[index] }
        return Bitmap(words: result, count: count)
    }

    /// The validity of a result that is NULL wherever one of its inputs is.
    package static func both(_ left: Bitmap?, _ right: Bitmap?) -> Bitmap? {
        guard let left else { return right }
        guard let right else { return left }
        return left.and(right)
    }

    @inline(__always)
    private func combine(_ other: Bitmap, _ body: (UInt64, UInt64) -> UInt64) -> Bitmap {
        precondition(count == other.count, "bitmaps of different lengths")
        var result = FixedBuilder<UInt64>(count: words.count)
        let left = words.span
        let right = other.words.span
        var output = result.span
        precondition(left.count == right.count && output.count == left.count, "word counts differ")
        for index in 0..<left.count { output[index] = body(left[index], right[index]) }
        return Bitmap(words: result, count: count)
    }

    /// The bits of a range of rows, moved to the front of new words.
    package func slice(_ range: Range<Int>) -> Bitmap {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "slice out of range")
        var result = FixedBuilder<UInt64>(count: Bitmap.wordCount(range.count))
        let words = words.span
        let shift = UInt64(range.lowerBound & 63)
        let first = range.lowerBound >> 6
        var output = result.span
        for index in output.indices {
            var word = words[first + index] &>> shift
            if shift != 0, first + index + 1 < words.count {
                word |= words[first + index + 1] &<< (64 &- shift)
            }
            output[index] = word
        }
        return Bitmap(words: result, count: range.count)
    }

    /// The bits at the given positions, in that order; a negative position gives `missing`.
    package func gather(_ positions: Span<Int32>, missing: Bool = false) -> Bitmap {
        var result = FixedBuilder<UInt64>(count: Bitmap.wordCount(positions.count))
        let words = words.span
        var output = result.span
        for index in output.indices {
            var word: UInt64 = 0
            let start = index &<< 6
            for bit in 0..<min(64, positions.count &- start) {
                let position = Int(positions[start &+ bit])
                let value: UInt64 =
                    position < 0
                    ? (missing ? 1 : 0)
                    : (words[position >> 6] &>> UInt64(position & 63)) & 1
                word |= value &<< UInt64(bit)
            }
            output[index] = word
        }
        return Bitmap(words: result, count: positions.count)
    }

    /// All bits of the pieces, one after the other.
    package static func concatenate(_ pieces: [Bitmap]) -> Bitmap {
        var builder = BitmapBuilder(reserving: pieces.reduce(0) { $0 + $1.count })
        for piece in pieces {
            for index in 0..<piece.count { builder.append(piece[index]) }
        }
        return builder.finish()
    }

    /// A bitmap whose bits a closure computes, 64 rows a word.
    @inlinable package static func make(count: Int, _ bit: (Int) -> Bool) -> Bitmap {
        var result = FixedBuilder<UInt64>(count: wordCount(count))
        for index in 0..<result.count {
            var word: UInt64 = 0
            let start = index &<< 6
            for offset in 0..<min(64, count &- start) {
                word |= (bit(start &+ offset) ? 1 : 0) &<< UInt64(offset)
            }
            result[index] = word
        }
        return Bitmap(words: result, count: count)
    }
}
