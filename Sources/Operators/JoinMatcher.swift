import Columnar
import Expressions

/// Pairs the rows of one batch with the rows of the other side, in input order.
///
/// A result row is a pair of positions, -1 for padding. Rows are taken in pieces, so that one
/// piece forms a bounded number of pairs.
struct JoinMatcher: ~Copyable {
    private let rows: RecordBatch
    private let groupOfRow: FixedValues<Int32>
    private let entries: JoinEntries
    private let input: Int
    private let keepsOwn: Bool
    private let keepsOther: Bool
    private let types: [[DataType]]
    private var rowAssociations: FixedBuilder<Int32>
    private var entryAssociations: [Int32]
    private var isChanged: [Bool]

    /// Pairs that are formed before they are sent.
    private let pairsOfPiece: Int
    /// The matches of the row that a piece ends in, so far.
    private var matchedOfRow = 0
    private var pairs = JoinedPairs()

    init(
        rows: RecordBatch,
        groupOfRow: FixedValues<Int32>,
        entries: JoinEntries,
        input: Int,
        keepsOwn: Bool,
        keepsOther: Bool,
        types: [[DataType]]
    ) {
        self.rows = rows
        self.groupOfRow = groupOfRow
        self.entries = entries
        self.input = input
        self.keepsOwn = keepsOwn
        self.keepsOther = keepsOther
        self.types = types
        rowAssociations = FixedBuilder(count: rows.count)
        rowAssociations.fill(with: 0)
        entryAssociations = entries.associations?.array ?? []
        isChanged = Array(repeating: false, count: entryAssociations.count)
        let widest = (rows.columns + entries.columns).reduce(0) { $0 + $1.widestValue }
        pairsOfPiece = max(1, min(JoinLimits.pairs, JoinLimits.pieceBytes / max(1, widest)))
    }

    /// Where a piece begins: at a row of the batch, behind some of its candidates.
    private struct Place: Comparable {
        var row = 0
        var candidate = 0

        static func < (left: Place, right: Place) -> Bool {
            (left.row, left.candidate) < (right.row, right.candidate)
        }
    }

    /// The positions of one piece's candidates: row and entry of each.
    private struct Candidates {
        let rows: FixedValues<Int32>
        let entries: FixedValues<Int32>
        let matches: Bitmap?
    }

    mutating func run(
        _ condition: ExpressionProgram?,
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        var start = Place()
        while start.row < rows.count {
            let end = endOfPiece(start)
            try emit(start..<end, try candidates(start..<end, condition), output)
            start = end
        }
    }

    private func candidateCount(_ row: Int) -> Int {
        let group = Int(groupOfRow[row])
        return Int(entries.offsets[group + 1] - entries.offsets[group])
    }

    /// A row with many candidates is cut.
    private func endOfPiece(_ start: Place) -> Place {
        var end = start
        var room = pairsOfPiece
        while end.row < rows.count, room > 0 {
            let left = candidateCount(end.row) - end.candidate
            guard left <= room else {
                end.candidate += room
                break
            }
            room -= left
            end = Place(row: end.row + 1)
        }
        return end
    }

    private func candidates(
        _ range: Range<Place>,
        _ condition: ExpressionProgram?
    ) throws(OperatorError) -> Candidates {
        var rowPositions = GrowingValues<Int32>(reserving: pairsOfPiece)
        var entryPositions = GrowingValues<Int32>(reserving: pairsOfPiece)
        for row in range.lowerBound.row...range.upperBound.row where row < rows.count {
            let first = entries.offsets[Int(groupOfRow[row])]
            let candidates = candidates(of: row, in: range)
            rowPositions.append(repeating: Int32(row), times: candidates.count)
            for candidate in candidates {
                entryPositions.append(first &+ Int32(truncatingIfNeeded: candidate))
            }
        }
        let rowList = rowPositions.finish()
        let entryList = entryPositions.finish()
        guard let condition, rowList.count > 0 else {
            return Candidates(rows: rowList, entries: entryList, matches: nil)
        }
        do throws(ExpressionError) {
            let pairs = joined(rowList, entryList, .insertOnly)
            return Candidates(
                rows: rowList,
                entries: entryList,
                matches: try condition.select(pairs)
            )
        } catch {
            throw OperatorError(error)
        }
    }

    /// The columns of pairs: left side first, whichever side the batch came from.
    private func joined(
        _ rowPositions: FixedValues<Int32>,
        _ entryPositions: FixedValues<Int32>,
        _ kinds: RowKinds
    ) -> RecordBatch {
        let own = rows.columns.map { $0.gather(rowPositions) }
        let other = entries.columns.map { $0.gather(entryPositions) }
        return RecordBatch(
            input == 0 ? own + other : other + own,
            count: rowPositions.count,
            kinds: kinds
        )
    }

    /// The candidates of a row that are in a piece.
    private func candidates(of row: Int, in range: Range<Place>) -> Range<Int> {
        let start = row == range.lowerBound.row ? range.lowerBound.candidate : 0
        let end = row == range.upperBound.row ? range.upperBound.candidate : candidateCount(row)
        return start..<end
    }

    private mutating func emit(
        _ range: Range<Place>,
        _ candidates: Candidates,
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        let isPlain = !keepsOwn && !keepsOther && entries.multiplicities == nil
        if isPlain {
            try emitPlain(candidates, output)
            return
        }
        var candidate = 0
        var row = range.lowerBound.row
        while row <= range.upperBound.row, row < rows.count {
            let isRetraction = rows.kinds[row].isRetraction
            let kind: RowKind =
                if isRetraction {
                    keepsOwn ? .delete : rows.kinds[row]
                } else {
                    keepsOwn || keepsOther ? .insert : rows.kinds[row]
                }
            while candidate < candidates.rows.count, candidates.rows[candidate] == Int32(row) {
                defer { candidate += 1 }
                if let matches = candidates.matches, !matches[candidate] { continue }
                try match(row, Int(candidates.entries[candidate]), kind, output)
            }
            guard row < range.upperBound.row else { break }
            rowAssociations[row] = Int32(truncatingIfNeeded: matchedOfRow)
            if keepsOwn, matchedOfRow == 0 { try add(row, -1, kind, times: 1, output) }
            matchedOfRow = 0
            row += 1
        }
        try flush(output)
    }

    /// One row of the batch with one that it matches.
    private mutating func match(
        _ row: Int,
        _ entry: Int,
        _ kind: RowKind,
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        let isRetraction = rows.kinds[row].isRetraction
        let times = entries.multiplicities?[entry] ?? 1
        matchedOfRow += Int(times)
        if keepsOther, !isRetraction, entryAssociations[entry] == 0 {
            try add(-1, entry, .delete, times: times, output)
        }
        try add(row, entry, kind, times: times, output)
        guard keepsOther else { return }
        entryAssociations[entry] += isRetraction ? -1 : 1
        isChanged[entry] = true
        if isRetraction, entryAssociations[entry] == 0 {
            try add(-1, entry, .insert, times: times, output)
        }
    }

    private mutating func add(
        _ row: Int,
        _ entry: Int,
        _ kind: RowKind,
        times: Int64,
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        var left = Int(times)
        while left > 0 {
            let count = min(left, pairsOfPiece - pairs.count)
            pairs.append(Int32(row), Int32(entry), kind, times: count)
            left -= count
            if pairs.count >= pairsOfPiece { try flush(output) }
        }
    }

    private mutating func flush(_ output: any OperatorOutput) throws(OperatorError) {
        guard pairs.count > 0 else { return }
        let taken = pairs.take()
        try output.emit(joined(taken.rows, taken.entries, .mixed(taken.kinds)))
    }

    /// Inner joins without repeated rows: the pairs as they are, with the kinds of the batch.
    private func emitPlain(
        _ candidates: Candidates,
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        guard candidates.rows.count > 0 else { return }
        let pairs = joined(
            candidates.rows,
            candidates.entries,
            rows.kinds.gather(candidates.rows)
        )
        try output.emit(candidates.matches.map { pairs.filter($0) } ?? pairs)
    }

    /// The number of matches of each row of the batch.
    func associationsOfRows() -> FixedValues<Int32>? {
        guard keepsOwn else { return nil }
        return FixedValues((0..<rows.count).map { rowAssociations[$0] })
    }

    /// The number of matches of each entry, after the batch.
    func associationsOfEntries() -> FixedValues<Int32> {
        FixedValues(entryAssociations)
    }

    /// The entries whose number of matches has changed.
    func changedEntries() -> FixedValues<Int32> {
        FixedValues(isChanged.indices.filter { isChanged[$0] }.map { Int32($0) })
    }

    /// The key of each entry, as a position among the distinct keys.
    func keyOfEntry() -> FixedValues<Int32> {
        var result = GrowingValues<Int32>(reserving: entries.count)
        for key in 0..<entries.offsets.count - 1 {
            let count = Int(entries.offsets[key + 1] - entries.offsets[key])
            result.append(repeating: Int32(key), times: count)
        }
        return result.finish()
    }
}
