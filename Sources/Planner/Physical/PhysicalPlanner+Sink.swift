import Columnar
import Connectors
import Expressions
import JobGraph
import SQLSyntax

/// An INSERT with its query bound.
struct BoundInsert {
    let table: DeclaredTable
    let query: Relation
    /// For each column that the sink writes the query's column; nil to write NULL.
    let sources: [Int?]
    let conflict: ConflictStrategy?
    let range: SourceRange
}

extension PhysicalPlanner {
    /// The sink of an INSERT, with everything that makes the query's rows fit it.
    func planSink(_ insert: BoundInsert, _ query: Relation) throws(PlannerError) -> PhysicalNode {
        var node = try plan(query)
        let columns = insert.table.columns.filter(\.isPersisted)
        node = try converted(node, insert, columns)
        let sink: any TableSink
        do throws(ConnectorError) {
            sink = try registry.sink(insert.table.definition)
        } catch {
            throw PlannerError(error, at: insert.table.range)
        }
        let offered = node.changes
        var mode: ChangelogMode = [.insert]
        if offered.updates { mode.formUnion([.updateBefore, .updateAfter]) }
        if offered.deletes { mode.insert(.delete) }
        let requirements = sink.requirements(for: mode)
        try check(offered, requirements, insert, node)
        let isUpsert =
            requirements.changelogMode.contains(.updateAfter)
            && !requirements.changelogMode.contains(.updateBefore)
        let key = insert.table.primaryKey.compactMap { keyColumn in
            columns.firstIndex { $0.name == insert.table.columns[keyColumn].name }
        }
        if insert.conflict != nil, requirements.changelogMode == [.insert] {
            throw PlannerError(
                """
                ON CONFLICT clause is only allowed for upsert sinks. The sink \
                '\(insert.table.path)' is not an upsert sink because it only accepts INSERT (append-only) changes.
                """,
                at: insert.range
            )
        }
        var needsUpdateBefore = requirements.changelogMode.contains(.updateBefore)
        if isUpsert || insert.conflict != nil, try mustMaterialize(node, key, insert) {
            node = materialized(node, key, columns)
            needsUpdateBefore = false
        } else if isUpsert, !key.isEmpty, !(node.keys.upsert ?? []).contains(Set(key)) {
            // Part of the sink's key may change in an update: the old key's row has to go.
            needsUpdateBefore = needsUpdateBefore || offered.updates
        }
        if isUpsert, claimsOneKey(node, key), sendsNeedlessUpdateBefore(node) {
            node = withoutUpdateBefore(node)
        }
        return sinkNode(node, insert, columns, needsUpdateBefore)
    }

    private func sinkNode(
        _ node: PhysicalNode,
        _ insert: BoundInsert,
        _ columns: [DeclaredTable.Column],
        _ needsUpdateBefore: Bool
    ) -> PhysicalNode {
        let written = TableDefinition(
            path: insert.table.path,
            columns: columns.map {
                TableColumn($0.name, $0.type, metadataKey: $0.metadataKey)
            },
            primaryKey: insert.table.primaryKey.compactMap { keyColumn in
                columns.firstIndex { $0.name == insert.table.columns[keyColumn].name }
            },
            options: insert.table.options
        )
        let spec = SinkSpec(
            table: written,
            notNull: session.notNullEnforcer,
            length: session.lengthEnforcer
        )
        let names = columns.map(\.name).joined(separator: ", ")
        let sink = PhysicalNode(
            .fixed(.sink(spec)),
            inputs: [node.forward],
            columns: [],
            title: "Sink(table=[\(insert.table.path)], fields=[\(names)])",
            meaning: insert.table.path,
            changes: node.changes,
            keys: .none,
            distribution: nil
        )
        var inference = ChangelogInference()
        inference.require(node, updateBefore: needsUpdateBefore)
        return sink
    }

    /// Whether old images come all the way from a source though nothing on the way needs them.
    ///
    /// A filter does: a row that leaves it has to be taken back.
    private func sendsNeedlessUpdateBefore(_ node: PhysicalNode) -> Bool {
        switch node.kind {
        case .source: return node.changelogMode.contains(.updateBefore)
        case .fixed(.calc(let calc)):
            return calc.condition == nil && sendsNeedlessUpdateBefore(node.inputs[0].node)
        case .fixed(.watermark), .fixed(.union):
            return node.inputs.allSatisfy { sendsNeedlessUpdateBefore($0.node) }
        default: return false
        }
    }

    /// The query's columns in the sink's types and order.
    private func converted(
        _ node: PhysicalNode,
        _ insert: BoundInsert,
        _ columns: [DeclaredTable.Column]
    ) throws(PlannerError) -> PhysicalNode {
        var expressions: [Expressions.Expression] = []
        for (position, column) in columns.enumerated() {
            guard let source = insert.sources[position] else {
                expressions.append(.literal(.null, column.type.nullable()))
                continue
            }
            let type = node.columns[source].type
            guard ImplicitCasts.supports(from: type, to: column.type) else {
                throw SinkMismatch.error(
                    "Incompatible types for sink column '\(column.name)' at position "
                        + "\(position + 1).",
                    insert,
                    columns
                )
            }
            let value = Expression.column(index: source, type: type)
            let target = column.type.nullable(type.isNullable)
            let isSame = type.kind == target.kind
            expressions.append(isSame ? value : .cast(value, to: target, mode: .strict))
        }
        return calc(
            node,
            nil,
            expressions,
            zip(columns, expressions).map { RelationColumn($0.name, $1.type) }
        )
    }

    private func check(
        _ offered: RowChanges,
        _ requirements: SinkRequirements,
        _ insert: BoundInsert,
        _ node: PhysicalNode
    ) throws(PlannerError) {
        let takes = requirements.changelogMode
        let refused = RowChanges(
            updates: offered.updates && !takes.contains(.updateAfter),
            deletes: offered.deletes && !takes.contains(.delete)
        )
        guard refused.updates || refused.deletes else { return }
        let failing = PhysicalNode(
            node.kind,
            inputs: node.inputs,
            columns: node.columns,
            title: node.title,
            meaning: "",
            changes: refused,
            keys: .none,
            distribution: nil
        )
        let error = PlannerError.updatesNotSupported("Table sink '\(insert.table.path)'", failing)
        throw PlannerError(
            error.headline,
            hint: requirements.keyHint.isEmpty ? "" : " " + requirements.keyHint,
            at: insert.range
        )
    }

    /// Whether rows of different upsert keys can claim one key of the sink.
    private func mustMaterialize(
        _ node: PhysicalNode,
        _ key: [Int],
        _ insert: BoundInsert
    ) throws(PlannerError) -> Bool {
        guard !key.isEmpty, session.upsertMaterialize != .none else { return false }
        if let conflict = insert.conflict, conflict != .deduplicate {
            throw PlannerError(
                """
                ON CONFLICT DO \(conflict.rawValue) is not supported; use ON CONFLICT DO \
                DEDUPLICATE, which keeps the latest row of a key.
                """,
                at: insert.range
            )
        }
        if session.upsertMaterialize == .force { return true }
        if claimsOneKey(node, key) { return false }
        if insert.conflict == nil, session.requireOnConflict {
            throw conflictRequired(node, key, insert)
        }
        return true
    }

    /// Whether each key of the sink belongs to one row of the query.
    ///
    /// As in Flink: it is enough that the sink's key contains one of the query's.
    private func claimsOneKey(_ node: PhysicalNode, _ key: [Int]) -> Bool {
        (node.keys.upsert ?? []).contains { $0.isSubset(of: key) }
    }

    private func conflictRequired(
        _ node: PhysicalNode,
        _ key: [Int],
        _ insert: BoundInsert
    ) -> PlannerError {
        let keyNames = key.map { node.names[$0] }.joined(separator: ", ")
        let upsert = node.keys.upsert.map { keys in
            keys.map { "[\($0.sorted().map { node.names[$0] }.joined(separator: ", "))]" }
                .joined(separator: ", ")
        }
        return PlannerError(
            """
            The query has an upsert key that differs from the primary key of the sink table \
            '\(insert.table.path)'. Primary key: [\(keyNames)], upsert key: \(upsert ?? "none"). \
            This can lead to non-deterministic results when multiple records with different upsert \
            keys map to the same primary key. Please specify an ON CONFLICT clause to define how \
            conflicts should be handled: ON CONFLICT DO DEDUPLICATE (update to the latest record, \
            state intensive, since we need to keep the entire history), or ON CONFLICT DO ERROR \
            (fail on conflict), or ON CONFLICT DO NOTHING (keep first record).
            """,
            at: insert.range
        )
    }

    private func materialized(
        _ input: PhysicalNode,
        _ key: [Int],
        _ columns: [DeclaredTable.Column]
    ) -> PhysicalNode {
        let types = Self.keyTypes(input, key)
        let upsertKey = input.keys.upsert?.min { $0.count < $1.count }
        let spec = SinkMaterializeSpec(key: key, upsertKey: (upsertKey ?? []).sorted())
        let names = key.map { columns[$0].name }.joined(separator: ", ")
        let node = PhysicalNode(
            .fixed(.sinkMaterialize(spec)),
            inputs: [exchanged(input, by: key, types: types)],
            columns: input.columns,
            title: "SinkMaterializer(primaryKey=[\(names)])",
            meaning: "materialize[\(names)](\(input.meaning))",
            changes: RowChanges(updates: true, deletes: true),
            keys: KeyFacts([Set(key)]),
            distribution: Distribution(columns: key, types: types),
            stateNote: "all rows of the query"
        )
        return node
    }
}
