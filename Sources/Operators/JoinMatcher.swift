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
    private static let pairsOfPiece = 8192

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
        var start = 0
        while start < rows.count {
            var end = start
            var pairs = 0
            while end < rows.count, end == start || pairs < Self.pairsOfPiece {
                let group = Int(groupOfRow[end])
                pairs += Int(entries.offsets[group + 1] - entries.offsets[group])
                end += 1
            }
            try emit(start..<end, try candidates(start..<end, pairs, condition), output)
            start = end
        }
    }

    private func candidates(
        _ range: Range<Int>,
        _ count: Int,
        _ condition: ExpressionProgram?
    ) throws(OperatorError) -> Candidates {
        var rowPositions = GrowingValues<Int32>(reserving: count)
        var entryPositions = GrowingValues<Int32>(reserving: count)
        for row in range {
            let group = Int(groupOfRow[row])
            let first = entries.offsets[group]
            let end = entries.offsets[group + 1]
            rowPositions.append(repeating: Int32(row), times: Int(end - first))
            var entry = first
            while entry < end {
                entryPositions.append(entry)
                entry &+= 1
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

    private mutating func emit(
        _ range: Range<Int>,
        _ candidates: Candidates,
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        let isPlain = !keepsOwn && !keepsOther && entries.multiplicities == nil
        if isPlain {
            try emitPlain(candidates, output)
            return
        }
        var rowPositions = GrowingValues<Int32>(reserving: candidates.rows.count)
        var entryPositions = GrowingValues<Int32>(reserving: candidates.rows.count)
        var kinds = GrowingValues<UInt8>(reserving: candidates.rows.count)
        func add(_ row: Int, _ entry: Int, _ kind: RowKind, times: Int64) {
            rowPositions.append(repeating: Int32(row), times: Int(times))
            entryPositions.append(repeating: Int32(entry), times: Int(times))
            kinds.append(repeating: kind.rawValue, times: Int(times))
        }
        var candidate = 0
        for row in range {
            let isRetraction = rows.kinds[row].isRetraction
            let kind: RowKind =
                if isRetraction {
                    keepsOwn ? .delete : rows.kinds[row]
                } else {
                    keepsOwn || keepsOther ? .insert : rows.kinds[row]
                }
            var matched = 0
            while candidate < candidates.rows.count, candidates.rows[candidate] == Int32(row) {
                defer { candidate += 1 }
                if let matches = candidates.matches, !matches[candidate] { continue }
                let entry = Int(candidates.entries[candidate])
                let times = entries.multiplicities?[entry] ?? 1
                matched += Int(times)
                if keepsOther, !isRetraction, entryAssociations[entry] == 0 {
                    add(-1, entry, .delete, times: times)
                }
                add(row, entry, kind, times: times)
                guard keepsOther else { continue }
                entryAssociations[entry] += isRetraction ? -1 : 1
                isChanged[entry] = true
                if isRetraction, entryAssociations[entry] == 0 {
                    add(-1, entry, .insert, times: times)
                }
            }
            rowAssociations[row] = Int32(truncatingIfNeeded: matched)
            if keepsOwn, matched == 0 { add(row, -1, kind, times: 1) }
        }
        guard rowPositions.count > 0 else { return }
        let kindValues = kinds.finish()
        try output.emit(
            joined(rowPositions.finish(), entryPositions.finish(), .mixed(kindValues))
        )
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
