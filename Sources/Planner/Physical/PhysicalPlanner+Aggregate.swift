import Columnar
import Expressions
import JobGraph

extension PhysicalPlanner {
    func planAggregate(
        _ relation: Relation,
        _ input: Relation,
        _ aggregation: Aggregation
    ) throws(PlannerError) -> PhysicalNode {
        if let pulled = WindowPullUp(input, aggregation) {
            return try planWindowAggregate(relation, pulled)
        }
        let node = try plan(input)
        if let attached = attachedWindow(node, aggregation) {
            return windowAggregate(relation, node, aggregation, attached)
        }
        return groupAggregate(relation, node, aggregation)
    }

    private func groupAggregate(
        _ relation: Relation,
        _ input: PhysicalNode,
        _ aggregation: Aggregation
    ) -> PhysicalNode {
        let keyTypes = Self.keyTypes(input, aggregation.keys)
        let retracts = !input.changes.isAppendOnly
        let isMergeable = aggregation.calls.allSatisfy { $0.isMergeable(retracts: retracts) }
        let names = aggregation.keys.map { input.names[$0] }
        let keyPlaces = Array(aggregation.keys.indices)
        func spec(local: Bool) -> GroupAggregateSpec {
            GroupAggregateSpec(
                keys: aggregation.keys,
                keyTypes: keyTypes,
                aggregates: aggregation.calls,
                inputRetracts: retracts,
                hasLocalPhase: local,
                emitsUpdateBefore: true
            )
        }
        let direct = exchanged(input, by: aggregation.keys, types: keyTypes)
        var source = direct
        let hasLocalPhase = isMergeable && direct.exchange != .forward
        if hasLocalPhase {
            let local = localAggregate(
                input,
                .localGroupAggregate(spec(local: false)),
                aggregation,
                names,
                PlanText.aggregate("LocalGroupAggregate", input, aggregation, retracts)
            )
            source = exchanged(local, by: keyPlaces, types: keyTypes)
        }
        let name = hasLocalPhase ? "GlobalGroupAggregate" : "GroupAggregate"
        return PhysicalNode(
            .groupAggregate(spec(local: hasLocalPhase)),
            inputs: [source],
            columns: relation.columns.map(\.materialized),
            title: PlanText.aggregate(name, input, aggregation, retracts),
            meaning: "aggregate[\(names.joined(separator: ","))](\(input.meaning))",
            changes: RowChanges(updates: !aggregation.calls.isEmpty, deletes: retracts),
            keys: KeyFacts([Set(keyPlaces)]),
            distribution: Distribution(columns: keyPlaces, types: keyTypes),
            stateNote: stateNote(aggregation, retracts)
        )
    }

    private func stateNote(_ aggregation: Aggregation, _ retracts: Bool) -> String {
        let keepsValues = aggregation.calls.contains { !$0.isMergeable(retracts: retracts) }
        return keepsValues
            ? "one row for each group, and its distinct values" : "one row for each group"
    }

    /// The half of an aggregation that runs before the exchange.
    private func localAggregate(
        _ input: PhysicalNode,
        _ spec: NodeSpec,
        _ aggregation: Aggregation,
        _ names: [String],
        _ title: String
    ) -> PhysicalNode {
        let retracts = !input.changes.isAppendOnly
        let accumulators = aggregation.calls.accumulatorTypes(retracts: retracts)
        var columns = aggregation.keys.map { input.columns[$0].materialized }
        if case .localWindowAggregate = spec {
            columns.append(RelationColumn("$slice_end", .bigint.notNull))
        }
        columns += accumulators.enumerated().map { RelationColumn("$acc\($0)", $1) }
        return PhysicalNode(
            .fixed(spec),
            inputs: [input.forward],
            columns: columns,
            title: title,
            meaning: input.meaning,
            changes: .append,
            keys: .none,
            distribution: nil
        )
    }
}

// Window aggregation.
extension PhysicalPlanner {
    /// Where a window aggregation finds its windows, and which keys say nothing else.
    struct WindowGroups {
        let time: WindowTime
        let isLocal: Bool
        /// For each key of the aggregation the window column that it is, or nil.
        let roles: [WindowColumn?]
    }

    private func planWindowAggregate(
        _ relation: Relation,
        _ pulled: WindowPullUp
    ) throws(PlannerError) -> PhysicalNode {
        let node = try plan(pulled.input)
        return windowAggregate(
            relation,
            node,
            pulled.aggregation,
            WindowGroups(
                time: .rowtime(column: pulled.rowtime, kind: pulled.function.kind),
                isLocal: pulled.function.isLocal,
                roles: pulled.roles
            )
        )
    }

    /// An aggregation of rows that carry the start and end of their window.
    private func attachedWindow(
        _ node: PhysicalNode,
        _ aggregation: Aggregation
    ) -> WindowGroups? {
        guard let window = node.window,
            aggregation.keys.contains(where: { window.starts.contains($0) }),
            let end = aggregation.keys.first(where: { window.ends.contains($0) })
        else { return nil }
        let roles = aggregation.keys.map { key -> WindowColumn? in
            window.starts.contains(key)
                ? .start
                : window.ends.contains(key)
                    ? .end : window.times.contains(key) ? .time : nil
        }
        return WindowGroups(
            time: .attached(windowEnd: end, kind: window.kind),
            isLocal: window.isLocal,
            roles: roles
        )
    }

    private func windowAggregate(
        _ relation: Relation,
        _ input: PhysicalNode,
        _ aggregation: Aggregation,
        _ groups: WindowGroups
    ) -> PhysicalNode {
        let positions = groups.roles.indices.filter { groups.roles[$0] == nil }
        let keys = positions.map { aggregation.keys[$0] }
        let keyTypes = Self.keyTypes(input, keys)
        let retracts = !input.changes.isAppendOnly
        let windowColumns: [WindowColumn] = [.start, .end, .time].filter { role in
            groups.roles.contains(role)
        }
        func spec(local: Bool) -> WindowAggregateSpec {
            WindowAggregateSpec(
                keys: keys,
                keyTypes: keyTypes,
                aggregates: aggregation.calls,
                time: groups.time,
                windowColumns: windowColumns,
                shiftTimeZone: groups.isLocal ? session.timeZone : nil,
                inputRetracts: retracts,
                hasLocalPhase: local
            )
        }
        let direct = exchanged(input, by: keys, types: keyTypes)
        let isMergeable = aggregation.calls.allSatisfy { $0.isMergeable(retracts: retracts) }
        let hasLocalPhase = isMergeable && direct.exchange != .forward
        let names = keys.map { input.names[$0] }
        let plain = Aggregation(keys: keys, calls: aggregation.calls)
        var source = direct
        let keyPlaces = Array(keys.indices)
        if hasLocalPhase {
            let local = localAggregate(
                input,
                .localWindowAggregate(spec(local: false)),
                plain,
                names,
                PlanText.windowAggregate("LocalWindowAggregate", input, plain, groups, retracts)
            )
            source = exchanged(local, by: keyPlaces, types: keyTypes)
        }
        let name = hasLocalPhase ? "GlobalWindowAggregate" : "WindowAggregate"
        let aggregateColumns = relation.columns.suffix(aggregation.calls.count)
        let outputs =
            positions.map { relation.columns[$0].materialized }
            + aggregateColumns.map(\.materialized)
            + windowColumns.map { windowColumn($0, groups.isLocal) }
        let first = keys.count + aggregation.calls.count
        let places = Dictionary(
            uniqueKeysWithValues: windowColumns.enumerated().map { ($1, first + $0) }
        )
        let trait = windowTrait(groups, places)
        let windowKey = places[.start] ?? places[.end] ?? places[.time]
        let node = PhysicalNode(
            .fixed(.windowAggregate(spec(local: hasLocalPhase))),
            inputs: [source],
            columns: outputs,
            title: PlanText.windowAggregate(name, input, plain, groups, retracts),
            meaning: """
                window aggregate[\(names.joined(separator: ",")); \(PlanText.window(groups.time))]\
                (\(input.meaning))
                """,
            changes: .append,
            keys: windowKey.map { KeyFacts([Set(keyPlaces).union([$0])]) } ?? .none,
            distribution: Distribution(columns: keyPlaces, types: keyTypes),
            window: trait,
            stateNote: "one row for each group of the windows that are open"
        )
        return reordered(node, relation, groups, positions, places)
    }

    private func windowColumn(_ role: WindowColumn, _ isLocal: Bool) -> RelationColumn {
        switch role {
        case .start: RelationColumn("window_start", .timestamp(3).notNull)
        case .end: RelationColumn("window_end", .timestamp(3).notNull)
        case .time:
            RelationColumn(
                "window_time",
                (isLocal ? DataType.timestampLTZ(3) : .timestamp(3)).notNull,
                isRowtime: true
            )
        }
    }

    private func windowTrait(
        _ groups: WindowGroups,
        _ places: [WindowColumn: Int]
    ) -> WindowTrait {
        let kind =
            switch groups.time {
            case .rowtime(_, let kind), .attached(_, let kind): kind
            }
        func columns(_ role: WindowColumn) -> Set<Int> { Set([places[role]].compactMap { $0 }) }
        return WindowTrait(
            kind: kind,
            isLocal: groups.isLocal,
            starts: columns(.start),
            ends: columns(.end),
            times: columns(.time)
        )
    }

    /// The columns in the order of the aggregation: group columns, then aggregates.
    private func reordered(
        _ node: PhysicalNode,
        _ relation: Relation,
        _ groups: WindowGroups,
        _ positions: [Int],
        _ places: [WindowColumn: Int]
    ) -> PhysicalNode {
        var order = groups.roles.indices.map { index -> Int in
            if let role = groups.roles[index] { return places[role] ?? 0 }
            return positions.firstIndex(of: index) ?? 0
        }
        let calls = relation.columns.count - groups.roles.count
        order += (0..<calls).map { positions.count + $0 }
        return calc(
            node,
            nil,
            order.map { .column(index: $0, type: node.columns[$0].type) },
            zip(order, relation.columns).map { place, column in
                RelationColumn(
                    column.name,
                    node.columns[place].type,
                    isRowtime: node.columns[place].isRowtime
                )
            }
        )
    }

    func planWindowTable(
        _ relation: Relation,
        _ input: PhysicalNode,
        _ function: WindowFunction
    ) -> PhysicalNode {
        let width = input.columns.count
        let spec = WindowAssignSpec(
            rowtime: function.rowtime,
            kind: function.kind,
            shiftTimeZone: function.isLocal ? session.timeZone : nil
        )
        let isTumbling = if case .tumble = function.kind { true } else { false }
        // A row of several windows is several rows, told apart by the window.
        let keys =
            isTumbling
            ? input.keys
            : KeyFacts(
                unique: input.keys.unique.map { $0.union([width]) },
                upsert: input.keys.upsert?.map { $0.union([width]) }
            )
        let columns = input.columns.map(\.materialized) + relation.columns.suffix(3)
        return PhysicalNode(
            .fixed(.windowAssign(spec)),
            inputs: [input.forward],
            columns: columns,
            title: """
                WindowTableFunction(window=[\
                \(PlanText.window(.rowtime(column: function.rowtime, kind: function.kind), input))])
                """,
            meaning: "window \(function.kind) \(input.meaning)",
            changes: input.changes,
            keys: keys,
            distribution: input.distribution,
            window: WindowTrait(
                kind: function.kind,
                isLocal: function.isLocal,
                starts: [width],
                ends: [width + 1],
                times: [width + 2]
            )
        )
    }
}

extension AggregateCall {
    /// Whether partial results of the aggregate can be put together.
    func isMergeable(retracts: Bool) -> Bool {
        switch function {
        case .min, .max: !retracts
        case .countStar: true
        case .count, .sum, .sum0, .avg: !isDistinct
        }
    }
}
