import Columnar
import Core
import JobGraph
import KeyedState

/// Keeps the rows of a sink right when several rows of the query claim one key (Flink's
/// `SinkUpsertMaterializer`).
///
/// State: sink key ─▶ arrival number ─▶ row. The row that came last is the one that the sink
/// shows; when it goes, the one before it comes back.
final class SinkMaterializeOperator: Operator {
    private let spec: SinkMaterializeSpec
    private let keyCodec: KeyCodec
    private let rowCodec: RowCodec
    private let identityCodec: KeyCodec
    private let numberCodec = KeyCodec([.bigint.notNull])
    private let state: MultimapState
    private let types: [DataType]
    private let identity: [Int]
    private let index = GroupIndex()
    private let metrics: OperatorMetrics
    private var nextNumber: Int64

    init(_ spec: SinkMaterializeSpec, input: Schema, _ context: OperatorContext) {
        self.spec = spec
        types = input.types
        keyCodec = KeyCodec(Self.keyTypes(spec, input))
        rowCodec = RowCodec(input.types)
        identity = spec.upsertKey.isEmpty ? Array(input.fields.indices) : spec.upsertKey
        identityCodec = KeyCodec(identity.map { input.types[$0] })
        state = context.keyedState.multimap(0)
        metrics = context.metrics
        nextNumber = context.time.nowMicroseconds << 10
    }

    /// The types in which the exchange before it hashes keys: only then is a key's group ours.
    private static func keyTypes(_ spec: SinkMaterializeSpec, _ input: Schema) -> [DataType] {
        spec.key.map { input.types[$0].nullable() }
    }

    static func declarations(_ spec: SinkMaterializeSpec, input: Schema) -> [StateDeclaration] {
        [
            StateDeclaration(
                id: 0,
                name: "rows",
                shape: .multimap,
                keyTypes: keyTypes(spec, input),
                subKeyTypes: [.bigint.notNull],
                rowTypes: input.types
            )
        ]
    }

    /// A row of a key: where it is in the columns, and its arrival number.
    private struct Entry {
        var position: Int32
        let number: Int64
        var isStored: Bool
        var isDirty: Bool
    }

    func process(
        _ batch: RecordBatch,
        input _: Int,
        into output: any OperatorOutput
    ) throws(OperatorError) {
        let keys = keyCodec.encode(spec.key.map { batch.columns[$0] }, count: batch.count)
        let found = index.assign(keys)
        let distinct = found.isTrivial ? keys : keys.gather(found.firstRows)
        let stored = try StateAccess.run { () throws(StateError) in
            try state.entries(distinct, ordered: true)
        }
        let storedRows = rowCodec.decode(stored.rows)
        let storedCount = stored.subKeys.count
        let numbers = numberCodec.decode(stored.subKeys)[0].int64s
        let all = zip(storedRows, batch.columns).enumerated().map { index, pair in
            Column.concatenate([pair.0, pair.1], type: types[index])
        }
        let identities = identityCodec.encodeBytes(
            identity.map { all[$0] },
            count: storedCount + batch.count
        )
        var lists = (0..<found.count).map { group in
            (Int(stored.offsets[group])..<Int(stored.offsets[group + 1])).map { entry in
                Entry(
                    position: Int32(entry),
                    number: numbers[entry],
                    isStored: true,
                    isDirty: false
                )
            }
        }
        var gone: [(group: Int, number: Int64)] = []
        var changes = ChangelogBuilder(reserving: batch.count)
        for row in 0..<batch.count {
            let group = Int(found.groupOfRow[row])
            let position = storedCount + row
            if batch.kinds[row].isRetraction {
                retract(position, identities, &lists[group], group, &gone, &changes)
            } else {
                add(position, identities, &lists[group], &changes)
            }
        }
        try write(distinct, lists, gone, all)
        guard changes.count > 0 else { return }
        let (positions, kinds) = changes.finish()
        try output.emit(
            RecordBatch(
                all.map { $0.gather(positions) },
                count: positions.count,
                kinds: kinds
            )
        )
    }

    private func add(
        _ position: Int,
        _ identities: BytesValues,
        _ list: inout [Entry],
        _ changes: inout ChangelogBuilder
    ) {
        if !spec.upsertKey.isEmpty,
            let same = list.firstIndex(where: {
                identities.equals(Int($0.position), identities, position)
            })
        {
            // A new version of a known row keeps its place.
            list[same].position = Int32(position)
            list[same].isDirty = true
            if same == list.count - 1 { changes.append(.updateAfter, position) }
            return
        }
        let kind: RowKind = list.isEmpty ? .insert : .updateAfter
        list.append(
            Entry(position: Int32(position), number: nextNumber, isStored: false, isDirty: true)
        )
        nextNumber += 1
        changes.append(kind, position)
    }

    private func retract(
        _ position: Int,
        _ identities: BytesValues,
        _ list: inout [Entry],
        _ group: Int,
        _ gone: inout [(group: Int, number: Int64)],
        _ changes: inout ChangelogBuilder
    ) {
        guard
            let place = list.lastIndex(where: {
                identities.equals(Int($0.position), identities, position)
            })
        else {
            metrics.countRetractionsWithoutRow(1)
            return
        }
        let wasLast = place == list.count - 1
        let removed = list.remove(at: place)
        if removed.isStored { gone.append((group, removed.number)) }
        guard wasLast else { return }
        if let last = list.last {
            changes.append(.updateAfter, Int(last.position))
        } else {
            changes.append(.delete, Int(removed.position))
        }
    }

    /// Writes new and changed rows, and takes out the ones that are gone.
    private func write(
        _ keys: KeyBatch,
        _ lists: [[Entry]],
        _ gone: [(group: Int, number: Int64)],
        _ all: [Column]
    ) throws(OperatorError) {
        var groups = GrowingValues<Int32>()
        var positions = GrowingValues<Int32>()
        var numbers = GrowingValues<Int64>()
        for (group, list) in lists.enumerated() {
            for entry in list where entry.isDirty {
                groups.append(Int32(group))
                positions.append(entry.position)
                numbers.append(entry.number)
            }
        }
        let written = positions.count
        for entry in gone {
            groups.append(Int32(entry.group))
            positions.append(0)
            numbers.append(entry.number)
        }
        guard groups.count > 0 else { return }
        let rowPositions = positions.finish()
        let count = rowPositions.count
        let rowKeys = keys.gather(groups.finish())
        let subKeys = numberCodec.encodeBytes(
            [Column(.bigint.notNull, numbers.finish())],
            count: count
        )
        let rows = rowCodec.encode(all.map { $0.gather(rowPositions) }, count: count)
        let removed = Bitmap.make(count: count) { $0 >= written }
        try StateAccess.run { () throws(StateError) in
            let lookup = try state.lookup(rowKeys, subKeys: subKeys)
            try state.store(lookup, rows: rows, removed: removed)
        }
    }
}
