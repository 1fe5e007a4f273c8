import Columnar
import Core
import JobGraph
import KeyedState

/// The rows of other keys' partners: what one side of a join holds for the keys of a batch.
struct JoinEntries {
    /// The entries of key *i* are `offsets[i]..<offsets[i + 1]`.
    let offsets: FixedValues<Int32>
    let columns: [Column]
    /// How often each row is there; nil when each is there once.
    let multiplicities: FixedValues<Int64>?
    /// The number of rows of the other side that each row matches; nil when that is not kept.
    let associations: FixedValues<Int32>?
    /// What tells the rows of one key apart, to write associations back.
    let subKeys: BytesValues

    var count: Int { subKeys.count }
}

/// One side of a regular join in state (Flink's `JoinRecordStateViews`).
///
/// ```
/// join key is unique   key ─▶ row
/// unique key           key ─▶ unique key ─▶ row
/// none, append only    key ─▶ sequence number ─▶ row        (written without reading)
/// none                 key ─▶ row ─▶ number of equal rows
/// ```
/// Where rows without a match are kept, each row also counts its matches.
final class JoinSideState {
    private enum Shape {
        case single
        case unique([Int])
        case sequence
        case counted
    }

    private let shape: Shape
    private let tracksAssociations: Bool
    private let types: [DataType]
    private let rowCodec: RowCodec
    private let subKeyCodec: KeyCodec
    private let identityCodec: RowCodec
    private let state: MultimapState
    private var nextSequence: Int64
    private let metrics: OperatorMetrics

    init(
        _ side: JoinSide,
        id: UInt8,
        types: [DataType],
        tracksAssociations: Bool,
        _ context: OperatorContext
    ) {
        shape = Self.shape(side)
        self.types = types
        self.tracksAssociations = tracksAssociations
        let declaration = Self.declaration(
            side,
            id: id,
            name: "",
            keyTypes: [],
            types: types,
            tracks: tracksAssociations
        )
        rowCodec = RowCodec(declaration.rowTypes)
        subKeyCodec = KeyCodec(declaration.subKeyTypes)
        identityCodec = RowCodec(types)
        state = context.keyedState.multimap(id)
        // Behind every number that an earlier run can have used.
        nextSequence = context.time.nowMicroseconds << 10
        metrics = context.metrics
    }

    private static func shape(_ side: JoinSide) -> Shape {
        switch side.identity {
        case .joinKeyIsUnique: .single
        case .unique(let columns): .unique(columns)
        case .none: side.isAppendOnly ? .sequence : .counted
        }
    }

    static func declaration(
        _ side: JoinSide,
        id: UInt8,
        name: String,
        keyTypes: [DataType],
        types: [DataType],
        tracks: Bool
    ) -> StateDeclaration {
        let associations: [DataType] = tracks ? [.integer.notNull] : []
        let subKeyTypes: [DataType]
        let rowTypes: [DataType]
        switch shape(side) {
        case .single: (subKeyTypes, rowTypes) = ([], types)
        case .unique(let columns): (subKeyTypes, rowTypes) = (columns.map { types[$0] }, types)
        case .sequence: (subKeyTypes, rowTypes) = ([.bigint.notNull], types)
        case .counted: (subKeyTypes, rowTypes) = ([.bytes.notNull], [.bigint.notNull])
        }
        return StateDeclaration(
            id: id,
            name: name,
            shape: .multimap,
            keyTypes: keyTypes,
            subKeyTypes: subKeyTypes,
            rowTypes: rowTypes + associations,
            isAppendOnly: side.isAppendOnly && side.identity == .none && !tracks
        )
    }

    /// The rows of the given keys, which are distinct.
    func entries(_ keys: KeyBatch) throws(OperatorError) -> JoinEntries {
        let found = try StateAccess.run { () throws(StateError) in
            try state.entries(keys, ordered: false)
        }
        let stored = rowCodec.decode(found.rows)
        let associations = tracksAssociations ? stored[stored.count - 1].int32s : nil
        switch shape {
        case .counted:
            return JoinEntries(
                offsets: found.offsets,
                columns: identityCodec.decode(found.subKeys),
                multiplicities: stored[0].int64s,
                associations: associations,
                subKeys: found.subKeys
            )
        case .single, .unique, .sequence:
            return JoinEntries(
                offsets: found.offsets,
                columns: Array(stored[..<types.count]),
                multiplicities: nil,
                associations: associations,
                subKeys: found.subKeys
            )
        }
    }

    /// Takes the rows of a batch in and out.
    ///
    /// - `keys`: the join key of each row.
    /// - `associations`: the number of matches of each row.
    func update(
        _ batch: RecordBatch,
        _ keys: KeyBatch,
        associations: FixedValues<Int32>?
    ) throws(OperatorError) {
        switch shape {
        case .sequence: try append(batch, keys, associations)
        case .single:
            try replace(batch, keys, .empties(count: batch.count), associations)
        case .unique(let columns):
            let subKeys = subKeyCodec.encodeBytes(
                columns.map { batch.columns[$0] },
                count: batch.count
            )
            try replace(batch, keys, subKeys, associations)
        case .counted: try count(batch, keys, associations)
        }
    }

    private func append(
        _ batch: RecordBatch,
        _ keys: KeyBatch,
        _ associations: FixedValues<Int32>?
    ) throws(OperatorError) {
        var numbers = FixedBuilder<Int64>(count: batch.count)
        for row in 0..<batch.count { numbers[row] = nextSequence + Int64(row) }
        nextSequence += Int64(batch.count)
        let subKeys = subKeyCodec.encodeBytes(
            [Column(.bigint.notNull, numbers.finish())],
            count: batch.count
        )
        let rows = rowCodec.encode(
            batch.columns + associationColumn(associations),
            count: batch.count
        )
        try StateAccess.run { () throws(StateError) in
            try state.insert(keys, subKeys: subKeys, rows: rows)
        }
    }

    private func associationColumn(_ associations: FixedValues<Int32>?) -> [Column] {
        guard tracksAssociations, let associations else { return [] }
        return [Column(.integer.notNull, associations)]
    }

    /// The last row of each key and sub-key decides whether there is one, and which.
    private func replace(
        _ batch: RecordBatch,
        _ keys: KeyBatch,
        _ subKeys: BytesValues,
        _ associations: FixedValues<Int32>?
    ) throws(OperatorError) {
        let pairs = PairIndex.assign(keys, subKeys)
        var last = FixedBuilder<Int32>(count: pairs.count)
        for row in 0..<batch.count { last[Int(pairs.groupOfRow[row])] = Int32(row) }
        let rows = last.finish()
        let final = batch.gather(rows)
        let removed = final.retractions
        let columns = final.columns + associationColumn(associations?.gather(rows))
        let encoded = rowCodec.encode(columns, count: rows.count)
        let lookupKeys = keys.gather(rows)
        let lookupSubKeys = subKeys.gather(rows.span)
        try StateAccess.run { () throws(StateError) in
            let lookup = try state.lookup(lookupKeys, subKeys: lookupSubKeys)
            try state.store(lookup, rows: encoded, removed: removed)
        }
    }

    /// Adds up how often each row is there.
    private func count(
        _ batch: RecordBatch,
        _ keys: KeyBatch,
        _ associations: FixedValues<Int32>?
    ) throws(OperatorError) {
        let identities = identityCodec.encode(batch.columns, count: batch.count)
        let pairs = PairIndex.assign(keys, identities)
        let totals = RowWeights(batch, masks: []).totals(pairs)
        let first = pairs.firstRows
        let lookup = try StateAccess.run { () throws(StateError) in
            try state.lookup(keys.gather(first), subKeys: identities.gather(first.span))
        }
        let stored = rowCodec.decode(lookup.rows)
        let counts = GroupedSum.add(stored[0].int64s, totals)
        let removed = Bitmap.make(count: counts.count) { counts[$0] <= 0 }
        var unmatched = 0
        for pair in 0..<counts.count where counts[pair] < 0 { unmatched -= Int(counts[pair]) }
        metrics.countRetractionsWithoutRow(unmatched)
        let columns =
            [Column(.bigint.notNull, counts)] + associationColumn(associations?.gather(first))
        let rows = rowCodec.encode(columns, count: counts.count)
        try StateAccess.run { () throws(StateError) in
            try state.store(lookup, rows: rows, removed: removed)
        }
    }

    /// Writes changed numbers of matches back.
    ///
    /// - `keyOfEntry`: the key of each entry, as a row of `keys`.
    func writeAssociations(
        _ entries: JoinEntries,
        _ keys: KeyBatch,
        keyOfEntry: FixedValues<Int32>,
        changed: FixedValues<Int32>,
        associations: FixedValues<Int32>
    ) throws(OperatorError) {
        guard changed.count > 0 else { return }
        var columns: [Column] =
            if case .counted = shape {
                [Column(.bigint.notNull, entries.multiplicities ?? FixedValues())]
            } else {
                entries.columns
            }
        columns.append(Column(.integer.notNull, associations))
        let rows = rowCodec.encode(columns.map { $0.gather(changed) }, count: changed.count)
        let entryKeys = keys.gather(keyOfEntry.gather(changed))
        let subKeys = entries.subKeys.gather(changed.span)
        try StateAccess.run { () throws(StateError) in
            let lookup = try state.lookup(entryKeys, subKeys: subKeys)
            try state.store(lookup, rows: rows, removed: nil)
        }
    }
}

/// Finds the distinct pairs of key and sub-key of a batch.
enum PairIndex {
    static func assign(_ keys: KeyBatch, _ subKeys: BytesValues) -> GroupIndex.Groups {
        var builder = BytesBuilder(reserving: keys.count)
        for row in 0..<keys.count {
            let length = UInt32(truncatingIfNeeded: keys.keys.length(row))
            for shift in [0, 8, 16, 24] as [UInt32] {
                builder.write(byte: UInt8(truncatingIfNeeded: length >> shift))
            }
            builder.write(keys.keys[row])
            builder.write(subKeys[row])
            builder.endValue()
        }
        return GroupIndex().assign(KeyBatch(builder.finish()))
    }
}
