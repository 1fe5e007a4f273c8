import Columnar

/// A column of three-valued logic as bitmaps: TRUE where `bits` is one, NULL where not `validity`.
struct Truth {
    /// The rows that are TRUE; never one where the row is NULL.
    let bits: Bitmap
    /// The rows that are not NULL; nil when that is all of them.
    let validity: Bitmap?

    init(bits: Bitmap, validity: Bitmap?) {
        self.bits = bits
        self.validity = validity
    }

    init(_ operand: Operand, count: Int) {
        switch operand {
        case .constant(let value, _):
            bits = Bitmap(repeating: value == .bool(true), count: count)
            validity = value == .null ? Bitmap(repeating: false, count: count) : nil
        case .column(let column):
            if case .null = column.values {
                bits = Bitmap(repeating: false, count: count)
                validity = bits
            } else if let valid = column.validity {
                bits = column.bits.and(valid)
                validity = valid
            } else {
                bits = column.bits
                validity = nil
            }
        }
    }

    /// The truth of a part of the rows, NULL for the others.
    func scattered(_ positions: FixedValues<Int32>, count: Int) -> Truth {
        Truth(
            bits: bits.scattered(positions, count: count),
            validity: (validity ?? Bitmap(repeating: true, count: bits.count))
                .scattered(positions, count: count)
        )
    }

    func and(_ other: Truth) -> Truth {
        let both = bits.and(other.bits)
        if validity == nil, other.validity == nil { return Truth(bits: both, validity: nil) }
        return Truth(bits: both, validity: both.or(isFalse).or(other.isFalse))
    }

    func or(_ other: Truth) -> Truth {
        let either = bits.or(other.bits)
        if validity == nil, other.validity == nil { return Truth(bits: either, validity: nil) }
        return Truth(bits: either, validity: either.or(isFalse.and(other.isFalse)))
    }

    /// The rows that are FALSE.
    var isFalse: Bitmap {
        if let validity { return validity.andNot(bits) }
        return bits.not()
    }

    func column(_ type: DataType) -> Column {
        Column(type, bits, validity: validity)
    }
}

extension Bitmap {
    /// A bitmap of `count` rows with these bits at the given rising positions, zero elsewhere.
    func scattered(_ positions: FixedValues<Int32>, count: Int) -> Bitmap {
        var result = FixedBuilder<UInt64>(count: Bitmap.wordCount(count))
        result.fill(with: 0)
        let positions = positions.span
        do {
            var words = result.span
            for index in positions.indices {
                let row = Int(positions[index])
                let bit: UInt64 = self[index] ? 1 : 0
                words[row >> 6] |= bit &<< UInt64(truncatingIfNeeded: row & 63)
            }
        }
        return Bitmap(words: result, count: count)
    }
}
