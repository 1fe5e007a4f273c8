package import Columnar

/// The rows of one step of a script.
package enum ScriptRows: Sendable {
    /// Rows as tests write them, one a line.
    case text(String)
    /// Rows that are made when they are read: rows `range` of `count`.
    case generated(count: Int, @Sendable (_ range: Range<Int>) -> RecordBatch)
}

/// One split's part of the rows of a step.
enum ScriptPart: Sendable {
    case batch(RecordBatch)
    case generated(Range<Int>, @Sendable (Range<Int>) -> RecordBatch)

    var count: Int {
        switch self {
        case .batch(let batch): batch.count
        case .generated(let range, _): range.count
        }
    }

    /// The rows at the given places of the part.
    func rows(_ places: Range<Int>) -> RecordBatch {
        switch self {
        case .batch(let batch): batch.slice(places)
        case .generated(let range, let make):
            make(range.lowerBound + places.lowerBound..<range.lowerBound + places.upperBound)
        }
    }

    /// Deals rows to splits by the text of a column, so that rows of a key keep their order.
    static func deal(
        _ rows: ScriptRows,
        _ types: [DataType],
        splits: Int,
        by column: Int
    ) throws -> [ScriptPart] {
        switch rows {
        case .generated(let count, let make):
            return (0..<splits).map { split in
                .generated(count * split / splits..<count * (split + 1) / splits, make)
            }
        case .text(let text):
            let batch = try RecordBatch(text, types)
            var places = [[Int32]](repeating: [], count: splits)
            for (row, key) in batch.project([column]).printedRows.enumerated() {
                places[hash(key.dropFirst(2)) % splits].append(Int32(row))
            }
            return places.map { .batch(batch.gather(FixedValues($0))) }
        }
    }

    /// FNV-1a: the same in every process.
    private static func hash(_ text: Substring) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int(hash >> 1)
    }
}
