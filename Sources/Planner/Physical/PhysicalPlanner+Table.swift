import Columnar
import Connectors
import Expressions
import JobGraph

extension PhysicalPlanner {
    /// Source, completion of an upsert changelog, computed columns, watermark: in that order.
    func planTable(_ read: TableRead) throws(PlannerError) -> PhysicalNode {
        if let node = tables[read.table.identity] { return node }
        let layout = TableLayout(read)
        let source = try PlannedInserts.source(read.table, registry)
        let isDuplicated = session.cdcEventsDuplicate && source.changelogMode != .append
        if isDuplicated, read.table.primaryKey.isEmpty {
            throw PlannerError(
                """
                Configuration 'table.exec.source.cdc-events-duplicate' is enabled which requires \
                the changelog sources to define a PRIMARY KEY. However, table \
                '\(read.table.path)' doesn't have a primary key.
                """
            )
        }
        let isUpsert = RowChanges(source.changelogMode).isUpsert
        var node = try scan(
            read.table,
            layout,
            source,
            withKey: isUpsert || isDuplicated
        )
        if isUpsert || isDuplicated { node = normalize(node, read.table, layout) }
        node = computed(node, read, layout)
        tables[read.table.identity] = node
        return node
    }

    /// The source with one output for the table; tables with an equal sharing key are one source.
    private func scan(
        _ table: DeclaredTable,
        _ layout: TableLayout,
        _ source: any TableSource,
        withKey: Bool
    ) throws(PlannerError) -> PhysicalNode {
        var definition = table.definition
        var paths = layout.paths.map { [table.places[$0[0]]] + $0.dropFirst() }
        if withKey {
            for column in definition.primaryKey where !paths.contains([column]) {
                paths.append([column])
            }
        }
        let hasMask = source.metadata.contains { $0.name == TableLayout.unchangedMask }
        if hasMask, withKey {
            paths.append([definition.columns.count])
            definition = definition.adding(
                TableColumn(
                    TableLayout.unchangedMask,
                    .bytes,
                    metadataKey: TableLayout.unchangedMask,
                    isVirtual: true
                )
            )
        }
        let projection = ScanProjection(paths: paths)
        let types = projection.types(of: definition)
        let columns = zip(paths, types).map { path, type in
            RelationColumn(definition.name(ofPath: path), type)
        }
        let key = source.sharingKey ?? "table \(table.identity)"
        let group =
            sources[key] ?? SourceGroup(connector: definition.options["connector"] ?? "", key: key)
        sources[key] = group
        let output = group.requests.count
        group.requests.append(ScanRequest(table: definition, projection: projection))
        group.schemas.append(Schema(columns.map { RowField($0.name, $0.type) }))
        let title = PlanText.scan(table, columns)
        group.titles.append(title)
        let keyColumns = definition.primaryKey.compactMap { paths.firstIndex(of: [$0]) }
        let hasKey = !keyColumns.isEmpty && keyColumns.count == definition.primaryKey.count
        return PhysicalNode(
            .source(group, output: output),
            inputs: [],
            columns: columns,
            title: title,
            meaning: "table \(table.path)",
            changes: RowChanges(source.changelogMode),
            keys: hasKey ? KeyFacts([Set(keyColumns)]) : .none,
            distribution: nil
        )
    }

    /// The rows of a node that sends each update as one row, its new image.
    func withoutUpdateBefore(_ input: PhysicalNode) -> PhysicalNode {
        PhysicalNode(
            .fixed(.dropUpdateBefore),
            inputs: [input.forward],
            columns: input.columns,
            title: "DropUpdateBefore",
            meaning: input.meaning,
            changes: RowChanges(
                updates: true,
                deletes: input.changes.deletes,
                isUpsert: true
            ),
            keys: input.keys,
            distribution: input.distribution
        )
    }

    private func normalize(
        _ input: PhysicalNode,
        _ table: DeclaredTable,
        _ layout: TableLayout
    ) -> PhysicalNode {
        guard case .source(let group, let output) = input.kind else { return input }
        let paths = group.requests[output].projection.paths
        let key = table.definition.primaryKey.compactMap { paths.firstIndex(of: [$0]) }
        let mask = input.names.firstIndex(of: TableLayout.unchangedMask)
        var source = input
        if input.changelogMode.contains(.updateBefore) {
            source = withoutUpdateBefore(input)
        }
        let types = Self.keyTypes(input, key)
        let kept = input.columns.indices.filter { $0 != mask }
        let columns = kept.map { input.columns[$0] }
        let places = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
        let spec = ChangelogNormalizeSpec(
            key: key,
            unchangedMask: mask,
            maskBits: paths.indices.map { paths[$0].count == 1 && $0 != mask ? paths[$0][0] : -1 }
        )
        let newKey = key.compactMap { places[$0] }
        let names = key.map { input.names[$0] }.joined(separator: ", ")
        return PhysicalNode(
            .changelogNormalize(spec),
            inputs: [exchanged(source, by: key, types: types)],
            columns: columns,
            title: "ChangelogNormalize(key=[\(names)])",
            meaning: "normalize[\(names)](\(input.meaning))",
            changes: RowChanges(updates: true, deletes: true),
            keys: KeyFacts([Set(newKey)]),
            distribution: Distribution(columns: newKey, types: types),
            stateNote: "one row for each key of the table"
        )
    }

    /// Computed columns and the watermark, over the columns that the source sends.
    private func computed(
        _ input: PhysicalNode,
        _ read: TableRead,
        _ layout: TableLayout
    ) -> PhysicalNode {
        var declared = layout.outputs
        if let watermark = read.table.watermark {
            for column in [watermark.column] + watermark.expression.columns.sorted() {
                let output = layout.output(ofDeclared: column)
                if !declared.contains(output) { declared.append(output) }
            }
        }
        let table = read.table
        let columns = declared.map { output -> RelationColumn in
            let type = layout.type(of: output)
            let isRowtime = output == table.watermark.map { layout.output(ofDeclared: $0.column) }
            return RelationColumn(layout.name(of: output), type, isRowtime: isRowtime)
        }
        let expressions = declared.map { layout.expression(of: $0, names: input) }
        var node = calc(input, nil, expressions, columns.map(\.materialized))
        guard let watermark = table.watermark else { return node }
        func place(_ column: Int) -> Int {
            declared.firstIndex(of: layout.output(ofDeclared: column)) ?? 0
        }
        let expression = watermark.expression.replacingColumns { column, type in
            .column(index: place(column), type: type)
        }
        let rowtime = place(watermark.column)
        let spec = WatermarkSpec(rowtime: rowtime, expression: expression)
        node = PhysicalNode(
            .fixed(.watermark(spec)),
            inputs: [node.forward],
            columns: columns,
            title: """
                WatermarkAssigner(rowtime=[\(columns[rowtime].name)], \
                watermark=[\(expression.text(node.names))])
                """,
            meaning: node.meaning,
            changes: node.changes,
            keys: node.keys,
            distribution: node.distribution
        )
        guard declared.count > layout.outputs.count else { return node }
        let kept = layout.outputs.indices
        return calc(
            node,
            nil,
            kept.map { .column(index: $0, type: columns[$0].type) },
            kept.map { columns[$0] }
        )
    }
}

extension PhysicalNode {
    /// The completion of an upsert changelog that lets only some rows out; nil for other nodes.
    func normalizing(where condition: Expression) -> PhysicalNode? {
        guard case .changelogNormalize(let spec) = kind, spec.condition == nil else { return nil }
        let key = spec.key.map { inputs[0].node.names[$0] }.joined(separator: ", ")
        let text = condition.text(names)
        return PhysicalNode(
            .changelogNormalize(
                ChangelogNormalizeSpec(
                    key: spec.key,
                    condition: condition,
                    unchangedMask: spec.unchangedMask,
                    maskBits: spec.maskBits
                )
            ),
            inputs: inputs,
            columns: columns,
            title: "ChangelogNormalize(key=[\(key)], condition=[\(text)])",
            meaning: "\(meaning) where \(text)",
            changes: changes,
            keys: keys,
            distribution: distribution,
            stateNote: stateNote
        )
    }
}
