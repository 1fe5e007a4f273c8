import Columnar
import Connectors
import Core

/// Turns the messages of the stream into rows of the outputs; no I/O but for lookups of types.
final class ChangeProcessor {
    let group: CaptureGroup
    private(set) var decoder = PgOutputDecoder()
    let builders: [OutputBuilder]
    private(set) var bindings: [UInt32: [OutputBinding]] = [:]
    private var truncated: [UInt32: PgRelation] = [:]
    /// What each output has been given already; changes up to there are skipped.
    private var done: [StreamPoint]
    var seams: [SeamFilter?]
    private let seamEnd: LSN
    private let formerTypes: [String: [String: String]]
    let memberships: [String: Membership]
    private let report: (ConnectorReport.Level, String) -> Void
    private let typeOf: (UInt32, Int32) throws(PostgresError) -> ServerType
    /// The number of the table that has a table's name now.
    private let numberOf: (CapturedTable) throws(PostgresError) -> UInt32?

    /// The transaction whose changes are arriving.
    private(set) var transaction: (commit: LSN, xid: UInt32, facts: ChangeFacts)?
    /// How far the stream has been taken in.
    private(set) var consumed: StreamPoint
    /// The end of the last transaction taken in whole, or the server's position behind it.
    private(set) var start: LSN

    init(
        _ group: CaptureGroup,
        _ position: StreamPosition,
        report: @escaping (ConnectorReport.Level, String) -> Void,
        typeOf: @escaping (UInt32, Int32) throws(PostgresError) -> ServerType,
        numberOf: @escaping (CapturedTable) throws(PostgresError) -> UInt32?
    ) {
        self.group = group
        self.report = report
        self.typeOf = typeOf
        self.numberOf = numberOf
        builders = group.tables.map { OutputBuilder($0, report: report) }
        done = group.tables.map { position.ahead[$0.id] ?? position.delivered }
        seamEnd = position.seamEnd ?? LSN(0)
        seams = group.tables.map { table in
            position.seams[table.id].flatMap { seam in
                seam.pieces.isEmpty ? nil : SeamFilter(keys: seam.keys, pieces: seam.pieces)
            }
        }
        formerTypes = position.columnTypes
        memberships = position.memberships ?? [:]
        consumed = position.delivered
        start = position.start
    }

    /// The most rows that any output has waiting.
    private(set) var rowCount = 0
    private(set) var byteCount = 0

    private func note(_ builder: OutputBuilder) {
        if builder.count > rowCount { rowCount = builder.count }
        if builder.byteCount > byteCount { byteCount = builder.byteCount }
    }

    var isBetweenTransactions: Bool { transaction == nil }

    /// Whether keys of changes have to be looked up on the server first.
    var asksServer: Bool { seams.contains { $0?.asksServer ?? false } }

    /// The connection broke: what was taken in stays, what comes again is skipped.
    func reconnect() {
        transaction = nil
        bindings = [:]
        for index in done.indices { done[index] = max(done[index], consumed) }
    }

    /// The server is at this position and has nothing before it that we have not seen.
    func idle(at walEnd: LSN) {
        guard isBetweenTransactions else { return }
        start = max(start, walEnd)
        if walEnd > seamEnd { leaveSeam() }
    }

    private func leaveSeam() {
        for index in seams.indices where seams[index] != nil { seams[index] = nil }
    }

    /// Takes in one message.
    func process(_ bytes: Span<UInt8>) throws(PostgresError) {
        switch try decoder.decode(bytes) {
        case .insert(let relation):
            guard let bound = try count(relation) else { return }
            for binding in bound where isNew(binding) {
                try insert(binding, bytes)
            }
        case .update(let relation, let old):
            guard let bound = try count(relation) else { return }
            for binding in bound where isNew(binding) {
                try update(binding, old, bytes)
            }
        case .delete(let relation, let old):
            guard let bound = try count(relation) else { return }
            for binding in bound where isNew(binding) {
                try delete(binding, old, bytes)
            }
        case .begin(let commit, let microseconds, let xid):
            let facts = ChangeFacts(commitMicroseconds: microseconds, commit: commit)
            transaction = (commit, xid, facts)
            if consumed.commit != commit { consumed = StreamPoint(commit: commit, changes: 0) }
            changes = 0
            if commit > seamEnd { leaveSeam() }
        case .commit(_, let end):
            transaction = nil
            start = max(start, end)
        case .relation(let relation): try bind(relation)
        case .truncate(let relations): try truncate(relations)
        case .other: break
        }
    }

    /// Changes of the open transaction that have arrived on this connection.
    private var changes = 0

    /// Counts a change; gives what its relation is bound to, nil when nobody reads it.
    @inline(__always)
    private func count(_ relation: UInt32) throws(PostgresError) -> [OutputBinding]? {
        guard let transaction else {
            throw PgOutputDecoder.malformed("a change stands outside a transaction")
        }
        changes &+= 1
        let point = StreamPoint(commit: transaction.commit, changes: changes)
        if point > consumed { consumed = point }
        return bindings[relation]
    }

    @inline(__always)
    private func isNew(_ binding: OutputBinding) -> Bool {
        guard let transaction else { return false }
        return StreamPoint(commit: transaction.commit, changes: changes)
            > done[binding.builder.table.output]
    }

    /// Whether a relation of the stream is a table that is read: the one that was found at first,
    /// whatever it was called at that time, as long as it has its name now.
    private func isOf(
        _ table: CapturedTable,
        _ relation: PgRelation
    ) throws(PostgresError) -> Bool {
        let isNamed =
            table.options.schemaName == relation.schema
            && table.options.tableName == relation.name
        guard let expected = memberships[table.id]?.table else { return isNamed }
        let isSame = expected == relation.oid
        if isNamed == isSame { return isSame }
        if try numberOf(table) == expected { return isSame }
        guard isSame else { throw MembershipCheck.replaced(table) }
        let name = SQLText.identifier(relation.schema, relation.name)
        throw MembershipCheck.renamed(table, to: name)
    }

    // A relation is bound anew before its first row and after each change of the table.
    private func bind(_ relation: PgRelation) throws(PostgresError) {
        var bound: [OutputBinding] = []
        for builder in builders {
            let table = builder.table
            guard try isOf(table, relation) else { continue }
            if builder.count > 0 { close(builder) }
            try builder.prepare(formerTypes: formerTypes[table.id] ?? [:]) {
                [typeOf] name throws(PostgresError) in
                guard let column = relation.columns.first(where: { $0.name == name }) else {
                    return nil
                }
                return try typeOf(column.typeOID, column.typeModifier)
            }
            let keys = seams[table.output]?.keys ?? []
            bound.append(try OutputBinding(builder, relation, seamKeys: keys))
        }
        bindings[relation.oid] = bound.isEmpty ? nil : bound
        truncated[relation.oid] = bound.isEmpty ? nil : relation
    }

    /// Rows of one output, up to a point of the stream.
    struct Delivery {
        let output: Int
        let batch: RecordBatch
        let point: StreamPoint
    }

    /// Batches that had to be closed in the middle, because the columns changed.
    private var closed: [Delivery] = []

    private func close(_ builder: OutputBuilder) {
        let output = builder.table.output
        closed.append(Delivery(output: output, batch: builder.finish(), point: consumed))
    }

    /// Everything taken in since the last time.
    func takeBatches() -> [Delivery] {
        for builder in builders where builder.count > 0 { close(builder) }
        rowCount = 0
        byteCount = 0
        defer { closed = [] }
        return closed
    }

    var hasRows: Bool { !closed.isEmpty || builders.contains { $0.count > 0 } }

    private func truncate(_ relations: [UInt32]) throws(PostgresError) {
        guard let transaction else { return }
        changes &+= 1
        let point = StreamPoint(commit: transaction.commit, changes: changes)
        if point > consumed { consumed = point }
        for relation in relations {
            for binding in bindings[relation] ?? [] where isNew(binding) {
                let table = binding.builder.table
                if let seam = seams[table.output],
                    seam.pieces.allSatisfy({ $0.snapshot.sees(transaction.xid) })
                {
                    continue
                }
                guard table.options.truncateMode == .ignore else { throw refuseTruncate(table) }
                report(
                    .warning,
                    """
                    Table \(table.qualifiedName) was truncated; 'scan.truncate' = 'ignore' leaves \
                    its rows downstream.
                    """
                )
            }
        }
    }

    private func refuseTruncate(_ table: CapturedTable) -> PostgresError {
        PostgresError(
            blame: .user,
            """
            Table \(table.qualifiedName) was truncated. The stream does not say which rows that \
            deleted, so the job stops rather than keep them: nothing is lost, the checkpoint \
            stands before the TRUNCATE. Start the job without a checkpoint to read the tables \
            anew, or set 'scan.truncate' = 'ignore' on '\(table.definition.path)' to keep the rows \
            downstream and restore the job from its checkpoint. (DELETE FROM deletes row by row.)
            """
        )
    }
}

// Rows.
extension ChangeProcessor {
    private func insert(
        _ binding: OutputBinding,
        _ bytes: Span<UInt8>
    ) throws(PostgresError) {
        let fields = decoder.newFields
        if try isSeen(binding, fields.span, fields.span, bytes) { return }
        try row(.insert, binding, fields.span, fields.span, bytes)
    }

    private func update(
        _ binding: OutputBinding,
        _ old: PgOutputMessage.OldTuple?,
        _ bytes: Span<UInt8>
    ) throws(PostgresError) {
        let new = decoder.newFields
        let before = old == nil ? new : decoder.oldFields
        let full = old == .full ? before : new
        if binding.isAllChanges, old != .full { throw refuseIdentity(binding, "an update") }
        let dropsNew = try isSeen(binding, new.span, before.span, bytes)
        let dropsOld = try isSeen(binding, before.span, before.span, bytes)
        let movesKey = differs(binding.primaryKeyFields, before.span, new.span, bytes)
        if dropsOld || dropsNew {
            if !dropsOld { try removal(.delete, binding, old, before.span, bytes) }
            if !dropsNew { try row(.insert, binding, new.span, full.span, bytes) }
            return
        }
        if movesKey {
            try removal(.delete, binding, old, before.span, bytes)
            try row(.insert, binding, new.span, full.span, bytes)
        } else {
            if binding.isAllChanges {
                try row(.updateBefore, binding, before.span, before.span, bytes)
            }
            let fallback = old == nil ? new : before
            try row(.updateAfter, binding, new.span, fallback.span, bytes)
        }
    }

    private func delete(
        _ binding: OutputBinding,
        _ old: PgOutputMessage.OldTuple,
        _ bytes: Span<UInt8>
    ) throws(PostgresError) {
        if binding.isAllChanges, old != .full { throw refuseIdentity(binding, "a delete") }
        let before = decoder.oldFields
        if try isSeen(binding, before.span, before.span, bytes) { return }
        try removal(.delete, binding, old, before.span, bytes)
    }

    private func refuseIdentity(_ binding: OutputBinding, _ what: String) -> PostgresError {
        let table = binding.builder.table
        return PostgresError(
            blame: .user,
            """
            \(what.prefix(1).uppercased() + what.dropFirst()) of table \(table.qualifiedName) \
            came without the whole row before it, which 'changelog-mode' = 'all' needs: its \
            REPLICA IDENTITY is not FULL any more. Run: ALTER TABLE \(table.qualifiedName) \
            REPLICA IDENTITY FULL; then start the job without a checkpoint.
            """
        )
    }

    /// A row that goes away: whole in mode `all`, else only its key.
    private func removal(
        _ kind: RowKind,
        _ binding: OutputBinding,
        _ old: PgOutputMessage.OldTuple?,
        _ before: Span<TupleField>,
        _ bytes: Span<UInt8>
    ) throws(PostgresError) {
        if binding.isAllChanges {
            try row(kind, binding, before, before, bytes)
            return
        }
        let builder = binding.builder
        for index in 0..<builder.columnCount {
            let place = binding.fieldOfColumn[index]
            guard place >= 0 else { continue }
            guard binding.isKeyColumn[index] else {
                builder.appendNull(index)
                continue
            }
            guard place < before.count, before[place].kind == TupleField.text else {
                throw refuseKey(binding, index)
            }
            try builder.append(index, Self.value(before[place], bytes))
        }
        builder.endRow(kind, transaction?.facts ?? ChangeFacts())
        note(builder)
    }

    private func refuseKey(_ binding: OutputBinding, _ index: Int) -> PostgresError {
        let table = binding.builder.table
        return PostgresError(
            blame: .user,
            """
            A delete of table \(table.qualifiedName) came without the key column \
            '\(binding.builder.physicalName(index) ?? "?")' that '\(table.definition.path)' \
            declares: the table's REPLICA IDENTITY has changed. Run: ALTER TABLE \
            \(table.qualifiedName) REPLICA IDENTITY DEFAULT; (or FULL), then start the job \
            without a checkpoint.
            """
        )
    }

    /// The row that the job keeps stands under the former key, so that nothing can fill the gap.
    private func refuseMove(_ binding: OutputBinding, _ index: Int) -> PostgresError {
        let table = binding.builder.table
        return PostgresError(
            blame: .user,
            """
            An update changed the key of a row of table \(table.qualifiedName) and left the large \
            (TOAST) value of column '\(binding.builder.physicalName(index) ?? "?")' as it was, so \
            that PostgreSQL did not send it, and no row is known under the new key. Run: ALTER \
            TABLE \(table.qualifiedName) REPLICA IDENTITY FULL; then start the job without a \
            checkpoint, or leave the column out of the query.
            """
        )
    }

    /// One row; values that were not sent are taken from `fallback`, if they are there.
    private func row(
        _ kind: RowKind,
        _ binding: OutputBinding,
        _ fields: Span<TupleField>,
        _ fallback: Span<TupleField>,
        _ bytes: Span<UInt8>
    ) throws(PostgresError) {
        let builder = binding.builder
        let places = binding.fieldOfColumn.span
        for index in places.indices {
            let place = places[index]
            guard place >= 0 else { continue }
            guard place < fields.count else {
                throw PgOutputDecoder.malformed("a row has fewer fields than its table")
            }
            let field = fields[place]
            if field.kind == TupleField.text {
                try builder.append(index, Self.value(field, bytes))
            } else if field.kind == TupleField.null {
                builder.appendNull(index)
            } else if field.kind != TupleField.unchanged {
                throw PgOutputDecoder.malformed("a value is not in text form")
            } else if place < fallback.count, fallback[place].kind == TupleField.text {
                try builder.append(index, Self.value(fallback[place], bytes))
            } else if kind == .insert {
                throw refuseMove(binding, index)
            } else {
                try builder.appendUnchanged(index)
            }
        }
        builder.endRow(kind, transaction?.facts ?? ChangeFacts())
        note(builder)
    }

    @inline(__always)
    @_lifetime(copy bytes)
    static func value(_ field: TupleField, _ bytes: Span<UInt8>) -> Span<UInt8> {
        let start = Int(field.start)
        return bytes.extracting(start..<start &+ Int(field.length))
    }

    /// Whether two images of a row have different values in the given fields.
    private func differs(
        _ places: [Int],
        _ left: Span<TupleField>,
        _ right: Span<TupleField>,
        _ bytes: Span<UInt8>
    ) -> Bool {
        for place in places where place < left.count && place < right.count {
            let pair = (left[place], right[place])
            if pair.0 == pair.1 || pair.1.kind == TupleField.unchanged { continue }
            guard pair.0.kind == TupleField.text, pair.1.kind == TupleField.text else { continue }
            let values = (Self.value(pair.0, bytes), Self.value(pair.1, bytes))
            if values.0.count != values.1.count { return true }
            for index in values.0.indices where values.0[index] != values.1[index] { return true }
        }
        return false
    }
}
