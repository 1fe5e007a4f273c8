import Columnar
import Expressions
import JobGraph
import KeyedState

/// A regular join of two changelogs, both kept in state (Flink's `StreamingJoinOperator`).
///
/// The rows of a batch all come from one side, so the other side stands still while they are
/// joined: its rows are read once for each key, the pairs are formed and sent in input order, and
/// then the batch enters the state of its own side.
final class JoinOperator: Operator {
    private let spec: JoinSpec
    private let keyCodec: KeyCodec
    private let sides: [JoinSideState]
    private let types: [[DataType]]
    private let condition: ExpressionProgram?
    private let index = GroupIndex()

    init(
        _ spec: JoinSpec,
        left: Schema,
        right: Schema,
        _ context: OperatorContext
    ) throws(OperatorError) {
        self.spec = spec
        keyCodec = KeyCodec(spec.keyTypes)
        types = [left.types, right.types]
        sides = [
            JoinSideState(
                spec.left,
                id: 0,
                types: left.types,
                tracksAssociations: spec.kind.keepsLeft,
                context
            ),
            JoinSideState(
                spec.right,
                id: 1,
                types: right.types,
                tracksAssociations: spec.kind.keepsRight,
                context
            ),
        ]
        condition = try spec.condition.map { condition throws(OperatorError) in
            try context.program([condition])
        }
    }

    static func declarations(
        _ spec: JoinSpec,
        left: Schema,
        right: Schema
    ) -> [StateDeclaration] {
        [
            JoinSideState.declaration(
                spec.left,
                id: 0,
                name: "left",
                keyTypes: spec.keyTypes,
                types: left.types,
                tracks: spec.kind.keepsLeft
            ),
            JoinSideState.declaration(
                spec.right,
                id: 1,
                name: "right",
                keyTypes: spec.keyTypes,
                types: right.types,
                tracks: spec.kind.keepsRight
            ),
        ]
    }

    func process(
        _ batch: RecordBatch,
        input: Int,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        let side = input == 0 ? spec.left : spec.right
        let keyColumns = side.key.map { batch.columns[$0] }
        var rows = batch
        if let matchable = matchableRows(keyColumns, batch.count) {
            if keepsOwn(input) { try emitUnmatchable(batch.filter(matchable.not()), input, output) }
            rows = batch.filter(matchable)
        }
        guard rows.count > 0 else { return }
        let keys = keyCodec.encode(side.key.map { rows.columns[$0] }, count: rows.count)
        let found = index.assign(keys)
        let distinct = found.isTrivial ? keys : keys.gather(found.firstRows)
        let entries = try sides[1 - input].entries(distinct)
        var matcher = JoinMatcher(
            rows: rows,
            groupOfRow: found.groupOfRow,
            entries: entries,
            input: input,
            keepsOwn: keepsOwn(input),
            keepsOther: keepsOwn(1 - input),
            types: types
        )
        try matcher.run(condition, output)
        try sides[1 - input].writeAssociations(
            entries,
            distinct,
            keyOfEntry: matcher.keyOfEntry(),
            changed: matcher.changedEntries(),
            associations: matcher.associationsOfEntries()
        )
        try sides[input].update(rows, keys, associations: matcher.associationsOfRows())
    }

    private func keepsOwn(_ input: Int) -> Bool {
        input == 0 ? spec.kind.keepsLeft : spec.kind.keepsRight
    }

    /// The rows whose key can equal another; nil when all can.
    private func matchableRows(_ keyColumns: [Column], _ count: Int) -> Bitmap? {
        var matchable: Bitmap?
        for (column, nullsAreEqual) in zip(keyColumns, spec.nullsAreEqual) where !nullsAreEqual {
            matchable = Bitmap.both(matchable, column.argumentValidity)
        }
        return matchable
    }

    /// Rows with NULL in the key of an outer side: padded, as they come and go.
    private func emitUnmatchable(
        _ rows: RecordBatch,
        _ input: Int,
        _ output: any OperatorOutput
    ) throws(OperatorError) {
        guard rows.count > 0 else { return }
        let padding = types[1 - input].map { Column.nulls($0.nullable(), count: rows.count) }
        let columns = input == 0 ? rows.columns + padding : padding + rows.columns
        // As in Flink, padded rows are no updates.
        let kinds = (0..<rows.count).map { row -> RowKind in
            rows.kinds[row].isRetraction ? .delete : .insert
        }
        try output.emit(RecordBatch(columns, count: rows.count, kinds: RowKinds(kinds)))
    }
}
