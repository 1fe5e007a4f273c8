import Columnar

/// Whole columns of integers as text: lengths first, then digits into one block.
enum IntegerText {
    static func column(_ column: Column, _ type: DataType) -> Column {
        let values = column.int64s.span
        let count = values.count
        var offsets = FixedBuilder<Int32>(count: count + 1)
        var total = 0
        do {
            var output = offsets.span
            output[0] = 0
            for row in 0..<count {
                let value = values[row]
                total &+= length(value.magnitude) &+ (value < 0 ? 1 : 0)
                output[row &+ 1] = Int32(truncatingIfNeeded: total)
            }
        }
        precondition(total <= Int(Int32.max), "a column holds at most 2 GB of text")
        var bytes = FixedBuilder<UInt8>(count: total)
        let ends = offsets.finish()
        do {
            let ends = ends.span
            var output = bytes.span
            for row in 0..<count {
                let value = values[row]
                var rest = value.magnitude
                var position = Int(ends[row &+ 1])
                repeat {
                    position &-= 1
                    let quotient = rest / 10
                    output[position] =
                        UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest &- quotient &* 10)
                    rest = quotient
                } while rest != 0
                if value < 0 { output[position &- 1] = UInt8(ascii: "-") }
            }
        }
        let text = BytesValues(offsets: ends, bytes: bytes.finish())
        return Column(type, text, validity: column.validity)
    }

    /// The number of decimal digits.
    @inline(__always)
    private static func length(_ value: UInt64) -> Int {
        if value < 10 { return 1 }
        // log10 from log2: 1233 / 4096 is just above log10(2).
        let guess = ((64 &- value.leadingZeroBitCount) &* 1233) >> 12
        return guess &+ (value >= powers[guess] ? 1 : 0)
    }

    private static let powers: [UInt64] = {
        var powers: [UInt64] = [1]
        for _ in 0..<19 { powers.append(powers[powers.count - 1] &* 10) }
        return powers
    }()
}
