import Columnar
import Core
import Expressions
import JobGraph
import KeyedState

/// Completes an upsert changelog with what each row replaces (Flink's `ChangelogNormalize`).
///
/// State: key ─▶ row. Repeated rows change nothing; a delete needs only the key. Values that the
/// source did not send (unchanged TOAST) are filled in from the row before. A batch comes out as
/// one change for each key.
final class ChangelogNormalizeOperator: Operator {
    private let spec: ChangelogNormalizeSpec
    private let keyCodec: KeyCodec
    private let rowCodec: RowCodec
    private let columns: [Int]
    private let condition: ExpressionProgram?
    private let state: ValueState
    private let names: [String]
    private let index = GroupIndex()
    private let metrics: OperatorMetrics

    init(
        _ spec: ChangelogNormalizeSpec,
        input: Schema,
        _ context: OperatorContext
    ) throws(OperatorError) {
        self.spec = spec
        columns = Self.rowColumns(spec, input)
        keyCodec = KeyCodec(Self.keyTypes(spec, input))
        rowCodec = RowCodec(columns.map { input.types[$0] })
        names = columns.map { input.names[$0] }
        condition = try spec.condition.map { condition throws(OperatorError) in
            try context.program([condition])
        }
        state = context.keyedState.value(0)
        metrics = context.metrics
    }

    /// The columns of a row: all but the mask.
    static func rowColumns(_ spec: ChangelogNormalizeSpec, _ input: Schema) -> [Int] {
        input.fields.indices.filter { $0 != spec.unchangedMask }
    }

    /// The types in which the exchange before it hashes keys: only then is a key's group ours.
    private static func keyTypes(_ spec: ChangelogNormalizeSpec, _ input: Schema) -> [DataType] {
        spec.key.map { input.types[$0].nullable() }
    }

    static func declarations(
        _ spec: ChangelogNormalizeSpec,
        input: Schema
    ) -> [StateDeclaration] {
        [
            StateDeclaration(
                id: 0,
                name: "rows",
                shape: .value,
                keyTypes: keyTypes(spec, input),
                subKeyTypes: [],
                rowTypes: rowColumns(spec, input).map { input.types[$0] }
            )
        ]
    }

    func process(
        _ batch: RecordBatch,
        input _: Int,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        let keys = keyCodec.encode(spec.key.map { batch.columns[$0] }, count: batch.count)
        let found = index.assign(keys)
        let distinct = found.isTrivial ? keys : keys.gather(found.firstRows)
        let lookup = try StateAccess.run { () throws(StateError) in try state.lookup(distinct) }
        let before = RecordBatch(rowCodec.decode(lookup.rows), count: found.count)
        let latest = try latestRows(batch, found, before, lookup.present)
        let after = RecordBatch(latest.columns, count: found.count)
        let rows = rowCodec.encode(after.columns, count: found.count)
        let removed = latest.present.not()
        try StateAccess.run { () throws(StateError) in
            try state.store(lookup, rows: rows, removed: removed)
        }
        let equal = Bitmap.make(count: found.count) { rows.equals($0, lookup.rows, $0) }
        try emit(before, lookup.present, after, latest.present, equal, output)
    }

    /// The last version of each key's row; NULLs where it is deleted.
    private func latestRows(
        _ batch: RecordBatch,
        _ found: GroupIndex.Groups,
        _ before: RecordBatch,
        _ wasPresent: Bitmap
    ) throws(OperatorError) -> (columns: [Column], present: Bitmap) {
        let groups = found.count
        // Position of the current version of each key: a group of `before`, or behind them a row.
        var current = (0..<groups).map { wasPresent[$0] ? Int32($0) : -1 }
        var sources: [[Int32]]?
        if let mask = spec.unchangedMask, batch.columns[mask].nullCount < batch.count {
            sources = columns.indices.map { _ in [Int32](repeating: -1, count: batch.count) }
        }
        var unmatched = 0
        for row in 0..<batch.count {
            let group = Int(found.groupOfRow[row])
            switch batch.kinds[row] {
            case .insert, .updateAfter:
                if sources != nil {
                    try fill(&sources, batch, row, previous: current[group], groups)
                }
                current[group] = Int32(groups + row)
            case .delete:
                if current[group] < 0 { unmatched += 1 }
                current[group] = -1
            case .updateBefore: break
            }
        }
        metrics.countRetractionsWithoutRow(unmatched)
        let positions = FixedValues<Int32>(current)
        let result = columns.indices.map { index -> Column in
            let both = Column.concatenate(
                [before.columns[index], batch.columns[columns[index]]],
                type: rowCodec.types[index]
            )
            guard let sources else { return both.gather(positions) }
            let resolved = current.map { position in
                position >= Int32(groups) ? sources[index][Int(position) - groups] : position
            }
            return both.gather(FixedValues<Int32>(resolved))
        }
        return (result, Bitmap.make(count: groups) { current[$0] >= 0 })
    }

    /// Finds, for one row, where each column's value comes from.
    private func fill(
        _ sources: inout [[Int32]]?,
        _ batch: RecordBatch,
        _ row: Int,
        previous: Int32,
        _ groups: Int
    ) throws(OperatorError) {
        guard let maskColumn = spec.unchangedMask else { return }
        let mask = batch.columns[maskColumn]
        let bits = mask.byteStrings
        for index in columns.indices {
            let bit = spec.maskBits[columns[index]]
            let isUnchanged =
                bit >= 0 && !mask.isNull(row) && bit >> 3 < bits.length(row)
                && bits[row][bit >> 3] >> UInt8(bit & 7) & 1 == 1
            var source = Int32(groups + row)
            if isUnchanged {
                guard previous >= 0 else {
                    throw OperatorError(
                        blame: .external,
                        """
                        The database did not send the unchanged TOAST value of column \
                        '\(names[index])', and no earlier version of the row is known. Run ALTER \
                        TABLE … REPLICA IDENTITY FULL on the table and start from a new snapshot.
                        """
                    )
                }
                let isOfBatch = previous >= Int32(groups)
                source =
                    isOfBatch
                    ? sources?[index][Int(previous) - groups] ?? previous : previous
            }
            sources?[index][row] = source
        }
    }

    private func emit(
        _ before: RecordBatch,
        _ wasPresent: Bitmap,
        _ after: RecordBatch,
        _ isPresent: Bitmap,
        _ equal: Bitmap,
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        let passedBefore = try passes(before, wasPresent)
        let passesNow = try passes(after, isPresent)
        let groups = before.count
        var changes = ChangelogBuilder(reserving: groups * 2)
        for group in 0..<groups {
            switch (passedBefore[group], passesNow[group]) {
            case (false, true): changes.append(.insert, groups + group)
            case (true, false): changes.append(.delete, group)
            case (true, true) where !equal[group]:
                if spec.emitsUpdateBefore { changes.append(.updateBefore, group) }
                changes.append(.updateAfter, groups + group)
            case (true, true), (false, false): break
            }
        }
        guard changes.count > 0 else { return }
        let (positions, kinds) = changes.finish()
        let result = zip(before.columns, after.columns).enumerated().map { index, pair in
            Column.concatenate([pair.0, pair.1], type: rowCodec.types[index]).gather(positions)
        }
        try output.emit(RecordBatch(result, count: positions.count, kinds: kinds))
    }

    /// The rows that are there and pass the condition.
    private func passes(
        _ rows: RecordBatch,
        _ present: Bitmap
    ) throws(OperatorError) -> Bitmap {
        guard let condition else { return present }
        do throws(ExpressionError) {
            let positions = present.positionsOfOnes()
            let selected = try condition.select(rows.gather(positions))
            var passes = [Bool](repeating: false, count: rows.count)
            for row in 0..<positions.count where selected[row] {
                passes[Int(positions[row])] = true
            }
            return Bitmap(passes)
        } catch {
            throw OperatorError(error)
        }
    }
}
