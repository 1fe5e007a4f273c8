import Core

/// The seam between snapshot and stream: what the snapshot shows already is dropped.
extension ChangeProcessor {
    /// Whether the snapshot has this image of a row, or its absence, already.
    func isSeen(
        _ binding: OutputBinding,
        _ fields: Span<TupleField>,
        _ fallback: Span<TupleField>,
        _ bytes: Span<UInt8>
    ) throws(PostgresError) -> Bool {
        guard let seam = seams[binding.builder.table.output], let transaction else { return false }
        guard let key = Self.key(binding.seamKeyFields, fields, fallback, bytes) else {
            let table = binding.builder.table
            throw PostgresError(
                blame: .user,
                """
                A change of table \(table.qualifiedName) came without the key that its snapshot \
                was read by: the table's REPLICA IDENTITY has changed. Start the job without a \
                checkpoint.
                """
            )
        }
        return seam.isSeen(key, xid: transaction.xid)
    }

    private static func key(
        _ places: [Int],
        _ fields: Span<TupleField>,
        _ fallback: Span<TupleField>,
        _ bytes: Span<UInt8>
    ) -> [String]? {
        var key: [String] = []
        for place in places {
            if place < fields.count, fields[place].kind == TupleField.text {
                key.append(TextScan.string(value(fields[place], bytes)))
            } else if place < fallback.count, fallback[place].kind == TupleField.text {
                key.append(TextScan.string(value(fallback[place], bytes)))
            } else {
                return nil
            }
        }
        return key
    }

    /// Asks the server where the keys of coming messages lie, for tables whose order only it knows.
    func lookAhead(
        _ messages: [[UInt8]],
        _ ask: (String) throws(PostgresError) -> PostgresResult
    ) throws(PostgresError) {
        for output in seams.indices { seams[output]?.makeRoom() }
        var decoder = decoder
        var places: [UInt32: [(output: Int, fields: [Int])]] = [:]
        for (oid, bound) in bindings {
            places[oid] = bound.map { ($0.builder.table.output, $0.seamKeyFields) }
        }
        var wanted: [Int: Set<[String]>] = [:]
        for message in messages {
            let bytes = message.span
            let relation: UInt32
            var images: [([TupleField], [TupleField])] = []
            switch try decoder.decode(bytes) {
            case .relation(let described):
                places[described.oid] = seamPlaces(described)
                continue
            case .insert(let oid):
                relation = oid
                images = [(decoder.newFields, decoder.newFields)]
            case .update(let oid, let old):
                relation = oid
                let before = old == nil ? decoder.newFields : decoder.oldFields
                images = [(decoder.newFields, before), (before, before)]
            case .delete(let oid, _):
                relation = oid
                images = [(decoder.oldFields, decoder.oldFields)]
            default: continue
            }
            for (output, fields) in places[relation] ?? [] {
                guard let seam = seams[output], seam.asksServer else { continue }
                for image in images {
                    guard let key = Self.key(fields, image.0.span, image.1.span, bytes) else {
                        continue
                    }
                    if !seam.knows(key) { wanted[output, default: []].insert(key) }
                }
            }
        }
        for (output, keys) in wanted { try resolve(output, Array(keys), ask) }
    }

    private func seamPlaces(_ relation: PgRelation) -> [(output: Int, fields: [Int])] {
        group.tables.compactMap { table in
            let isNamed =
                table.options.schemaName == relation.schema
                && table.options.tableName == relation.name
            guard isNamed || memberships[table.id]?.table == relation.oid,
                let seam = seams[table.output]
            else { return nil }
            let fields = seam.keys.compactMap { key in
                relation.columns.firstIndex { $0.name == key.name }
            }
            return fields.count == seam.keys.count ? (table.output, fields) : nil
        }
    }

    private func resolve(
        _ output: Int,
        _ keys: [[String]],
        _ ask: (String) throws(PostgresError) -> PostgresResult
    ) throws(PostgresError) {
        guard let seam = seams[output], !keys.isEmpty else { return }
        let answer = try ask(seam.question(keys))
        for row in 0..<answer.rowCount {
            guard let place = answer.integer(row, 0), let piece = answer.integer(row, 1) else {
                continue
            }
            seams[output]?.learn(keys[place], piece: piece)
        }
    }
}
