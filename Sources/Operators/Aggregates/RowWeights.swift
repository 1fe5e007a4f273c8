import Columnar

/// How much each row of a batch counts: 1, -1 for a row that is taken back, 0 for one left out.
enum RowWeights {
    /// Every row counts once.
    case ones(count: Int)
    case mixed(FixedValues<Int8>)

    /// - `masks`: rows count only where every mask is one; nil masks let all rows through.
    init(_ batch: RecordBatch, masks: [Bitmap?]) {
        let mask = masks.reduce(nil) { Bitmap.both($0, $1) }
        if mask == nil, batch.isInsertOnly {
            self = .ones(count: batch.count)
            return
        }
        var weights = FixedBuilder<Int8>(count: batch.count)
        let kinds = batch.kinds.bytes(count: batch.count)
        let bytes = kinds.span
        var output = weights.span
        for row in output.indices {
            output[row] = 1 &- 2 &* Int8(truncatingIfNeeded: bytes[row] & 1)
        }
        if let mask {
            let words = mask.words
            let bits = words.span
            for row in output.indices {
                let bit = Int8(truncatingIfNeeded: (bits[row >> 6] &>> UInt64(row & 63)) & 1)
                output[row] = output[row] &* bit
            }
        }
        self = .mixed(weights.finish())
    }

    /// One weight for each row.
    var values: FixedValues<Int8> {
        switch self {
        case .ones(let count): FixedValues(repeating: 1, count: count)
        case .mixed(let values): values
        }
    }

    /// The sum of the weights of each group.
    func totals(_ groups: GroupIndex.Groups) -> FixedValues<Int64> {
        var totals = FixedBuilder<Int64>(count: groups.count)
        totals.fill(with: 0)
        let groupOfRow = groups.groupOfRow
        let groupSpan = groupOfRow.span
        var output = totals.span
        switch self {
        case .ones:
            for row in groupSpan.indices { output[Int(groupSpan[row])] &+= 1 }
        case .mixed(let weights):
            let span = weights.span
            for row in groupSpan.indices { output[Int(groupSpan[row])] &+= Int64(span[row]) }
        }
        return totals.finish()
    }
}
