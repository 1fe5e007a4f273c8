import Columnar

/// The loops of kernels over values of fixed width; inlined with their bodies, so that the
/// compiler sees one concrete loop for each use and vectorises it.
enum Loops {
    /// One result for each value.
    @inline(__always)
    static func map<A: FixedLayout, R: BitwiseCopyable>(
        _ values: FixedValues<A>,
        _ body: (A) -> R
    ) -> FixedValues<R> {
        let input = values.span
        var result = FixedBuilder<R>(count: input.count)
        var output = result.span
        precondition(output.count == input.count, "one result for each row")
        for index in 0..<input.count { output[index] = body(input[index]) }
        return result.finish()
    }

    /// One result for each pair of values; constants are not expanded.
    @inline(__always)
    static func map<A: FixedLayout, B: FixedLayout, R: BitwiseCopyable>(
        _ left: FixedOperand<A>,
        _ right: FixedOperand<B>,
        count: Int,
        _ body: (A, B) -> R
    ) -> FixedValues<R> {
        var result = FixedBuilder<R>(count: count)
        var output = result.span
        switch (left, right) {
        case (.values(let a), .values(let b)):
            let a = a.span
            let b = b.span
            precondition(a.count == count && b.count == count, "operands of unequal length")
            for index in 0..<count { output[index] = body(a[index], b[index]) }
        case (.values(let a), .constant(let b)):
            let a = a.span
            precondition(a.count == count, "operands of unequal length")
            for index in 0..<count { output[index] = body(a[index], b) }
        case (.constant(let a), .values(let b)):
            let b = b.span
            precondition(b.count == count, "operands of unequal length")
            for index in 0..<count { output[index] = body(a, b[index]) }
        case (.constant(let a), .constant(let b)):
            for index in 0..<count { output[index] = body(a, b) }
        }
        return result.finish()
    }

    /// One bit for each value, 64 rows a word.
    @inline(__always)
    static func bits<A: FixedLayout>(
        _ values: FixedValues<A>,
        _ body: (A) -> Bool
    ) -> Bitmap {
        let input = values.span
        let count = input.count
        var result = FixedBuilder<UInt64>(count: Bitmap.wordCount(count))
        do {
            var words = result.span
            let whole = count >> 6
            for index in 0..<whole {
                let rows = input.extracting((index &<< 6)..<((index &<< 6) &+ 64))
                var word: UInt64 = 0
                for bit in 0..<64 {
                    word |= (body(rows[bit]) ? 1 : 0) &<< UInt64(truncatingIfNeeded: bit)
                }
                words[index] = word
            }
            if whole < words.count {
                var word: UInt64 = 0
                for row in (whole &<< 6)..<count {
                    word |= (body(input[row]) ? 1 : 0) &<< UInt64(truncatingIfNeeded: row & 63)
                }
                words[whole] = word
            }
        }
        return Bitmap(words: result, count: count)
    }

    /// One bit for each pair of values, 64 rows a word.
    @inline(__always)
    static func bits<A: FixedLayout, B: FixedLayout>(
        _ left: FixedValues<A>,
        _ right: FixedValues<B>,
        _ body: (A, B) -> Bool
    ) -> Bitmap {
        let a = left.span
        let b = right.span
        let count = a.count
        precondition(b.count == count, "operands of unequal length")
        var result = FixedBuilder<UInt64>(count: Bitmap.wordCount(count))
        do {
            var words = result.span
            let whole = count >> 6
            for index in 0..<whole {
                let rows = (index &<< 6)..<((index &<< 6) &+ 64)
                let aRows = a.extracting(rows)
                let bRows = b.extracting(rows)
                var word: UInt64 = 0
                for bit in 0..<64 {
                    word |=
                        (body(aRows[bit], bRows[bit]) ? 1 : 0)
                        &<< UInt64(truncatingIfNeeded: bit)
                }
                words[index] = word
            }
            if whole < words.count {
                var word: UInt64 = 0
                for row in (whole &<< 6)..<count {
                    word |=
                        (body(a[row], b[row]) ? 1 : 0) &<< UInt64(truncatingIfNeeded: row & 63)
                }
                words[whole] = word
            }
        }
        return Bitmap(words: result, count: count)
    }

    /// One bit for each pair of values; constants are not expanded.
    @inline(__always)
    static func bits<A: FixedLayout, B: FixedLayout>(
        _ left: FixedOperand<A>,
        _ right: FixedOperand<B>,
        count: Int,
        _ body: (A, B) -> Bool
    ) -> Bitmap {
        switch (left, right) {
        case (.values(let a), .values(let b)): bits(a, b, body)
        case (.values(let a), .constant(let b)): bits(a) { body($0, b) }
        case (.constant(let a), .values(let b)): bits(b) { body(a, $0) }
        case (.constant(let a), .constant(let b)): Bitmap(repeating: body(a, b), count: count)
        }
    }
}
