import Columnar
import Expressions
import JobGraph

/// Drops the columns that nobody reads, down to the fields that a source has to decode.
///
/// All readers of a shared relation count together. All readings of one table become one, with the
/// columns and nested fields that any of them needs.
struct PruneColumns {
    private let graph: RelationGraph
    /// What is read of each relation: paths that start with a column.
    private var required: [ObjectIdentifier: Set<[Int]>] = [:]
    private var results: [ObjectIdentifier: Relation] = [:]
    /// For each relation, where each kept path is in its result.
    private var places: [ObjectIdentifier: [[Int]: Int]] = [:]
    private var tables: [String: [TableRead.Output]] = [:]

    init(_ graph: RelationGraph) {
        self.graph = graph
    }

    /// The roots with all their columns, computed from pruned inputs.
    mutating func rewrite(_ roots: [Relation]) -> [Relation] {
        for root in roots { require(root, Set(root.columns.indices.map { [$0] })) }
        for relation in graph.ordered.reversed() { requireInputs(relation) }
        for relation in graph.ordered { collectTable(relation) }
        for relation in graph.ordered { results[ObjectIdentifier(relation)] = rebuild(relation) }
        return roots.map { root in
            let result = self.result(root)
            let order = root.columns.indices.map { place(root, [$0]) }
            guard order != Array(result.columns.indices) else { return result }
            return Relation(
                .project(result, order.map { result.column($0) }),
                order.map { result.columns[$0] }
            )
        }
    }

    private mutating func require(_ relation: Relation, _ paths: Set<[Int]>) {
        required[ObjectIdentifier(relation), default: []].formUnion(paths)
    }

    private func columnsRead(_ relation: Relation) -> [Int] {
        Set(required[ObjectIdentifier(relation), default: []].map { $0[0] }).sorted()
    }

    private func result(_ relation: Relation) -> Relation {
        results[ObjectIdentifier(relation)] ?? relation
    }

    private func place(_ relation: Relation, _ path: [Int]) -> Int {
        places[ObjectIdentifier(relation)]?[path] ?? 0
    }
}

// What each relation needs of its inputs.
extension PruneColumns {
    private mutating func requireInputs(_ relation: Relation) {
        let read = columnsRead(relation)
        switch relation.body {
        case .table, .values: break
        case .project(let input, let expressions):
            for column in read { require(input, expressions[column].paths) }
        case .filter(let input, let condition):
            require(input, required[ObjectIdentifier(relation), default: []])
            require(input, condition.paths)
        case .join(let left, let right, _, let condition):
            let width = left.columns.count
            let columns = Set(read).union(condition.columns)
            require(left, Set(columns.filter { $0 < width }.map { [$0] }))
            require(right, Set(columns.filter { $0 >= width }.map { [$0 - width] }))
        case .aggregate(let input, let aggregation):
            var columns = Set(aggregation.keys)
            for column in read where column >= aggregation.keys.count {
                let call = aggregation.calls[column - aggregation.keys.count]
                columns.formUnion([call.argument, call.filter].compactMap { $0 })
            }
            require(input, Set(columns.map { [$0] }))
        case .windowTable(let input, let function):
            let passed = read.filter { $0 < input.columns.count }
            require(input, Set((passed + [function.rowtime]).map { [$0] }))
        case .union(let inputs):
            for input in inputs { require(input, Set(read.map { [$0] })) }
        }
    }

    /// Adds what this reading of a table needs to what all of them do.
    private mutating func collectTable(_ relation: Relation) {
        guard case .table(let read) = relation.body else { return }
        var outputs = tables[read.table.identity] ?? []
        for path in required[ObjectIdentifier(relation), default: []].sorted(by: Self.precedes) {
            let output: TableRead.Output =
                read.table.columns[path[0]].isComputed ? .computed(path[0]) : .path(path)
            if !outputs.contains(output) { outputs.append(output) }
        }
        tables[read.table.identity] = Self.withoutNested(outputs)
    }

    private static func precedes(_ left: [Int], _ right: [Int]) -> Bool {
        left.lexicographicallyPrecedes(right)
    }

    /// A field need not be read beside the row that holds it.
    private static func withoutNested(_ outputs: [TableRead.Output]) -> [TableRead.Output] {
        outputs.filter { output in
            guard case .path(let path) = output else { return true }
            return !outputs.contains { other in
                guard case .path(let shorter) = other else { return false }
                return shorter.count < path.count && path.starts(with: shorter)
            }
        }
    }
}

// The relations with fewer columns.
extension PruneColumns {
    private mutating func rebuild(_ relation: Relation) -> Relation {
        let read = columnsRead(relation)
        switch relation.body {
        case .table(let table): return rebuildTable(relation, table)
        case .values(let rows):
            keep(relation, read)
            return Relation(
                .values(rows.map { row in read.map { row[$0] } }),
                read.map { relation.columns[$0] }
            )
        case .project(let input, let expressions):
            keep(relation, read)
            return Relation(
                .project(result(input), read.map { moved(expressions[$0], input) }),
                read.map { relation.columns[$0] }
            )
        case .filter(let input, let condition):
            places[ObjectIdentifier(relation)] = places[ObjectIdentifier(input)]
            let below = result(input)
            return Relation(.filter(below, moved(condition, input)), below.columns)
        case .join(let left, let right, let kind, let condition):
            return rebuildJoin(relation, left, right, kind, condition)
        case .aggregate(let input, let aggregation):
            return rebuildAggregate(relation, input, aggregation, read)
        case .windowTable(let input, let function):
            return rebuildWindow(relation, input, function)
        case .union(let inputs):
            keep(relation, read)
            let branches = inputs.map { input -> Relation in
                let below = result(input)
                let order = read.map { place(input, [$0]) }
                if order == Array(below.columns.indices) { return below }
                return Relation(
                    .project(below, order.map { below.column($0) }),
                    order.map { below.columns[$0] }
                )
            }
            return Relation(.union(branches), read.map { relation.columns[$0] })
        }
    }

    private mutating func keep(_ relation: Relation, _ columns: [Int]) {
        places[ObjectIdentifier(relation)] = Dictionary(
            uniqueKeysWithValues: columns.enumerated().map { ([$1], $0) }
        )
    }

    /// An expression over the pruned columns of a relation.
    private func moved(_ expression: Expression, _ input: Relation) -> Expression {
        let known = places[ObjectIdentifier(input)] ?? [:]
        let types = result(input).types
        return expression.replacingPaths { path in
            known[path].map { .column(index: $0, type: types[$0]) }
        }
    }

    private mutating func rebuildTable(_ relation: Relation, _ read: TableRead) -> Relation {
        let outputs = tables[read.table.identity] ?? []
        var known: [[Int]: Int] = [:]
        var columns: [RelationColumn] = []
        for (index, output) in outputs.enumerated() {
            switch output {
            case .path(let path):
                known[path] = index
                let column = relation.columns[path[0]]
                let type = column.type.field(Array(path.dropFirst()))
                columns.append(
                    RelationColumn(
                        read.table.name(ofPath: path),
                        type,
                        isRowtime: path.count == 1 && column.isRowtime
                    )
                )
            case .computed(let column):
                known[[column]] = index
                columns.append(relation.columns[column])
            }
        }
        places[ObjectIdentifier(relation)] = known
        return Relation(.table(TableRead(table: read.table, outputs: outputs)), columns)
    }

    private mutating func rebuildJoin(
        _ relation: Relation,
        _ left: Relation,
        _ right: Relation,
        _ kind: JoinKind,
        _ condition: Expression
    ) -> Relation {
        let width = left.columns.count
        let newLeft = result(left)
        let newRight = result(right)
        var known: [[Int]: Int] = [:]
        for (path, place) in places[ObjectIdentifier(left)] ?? [:] where path.count == 1 {
            known[path] = place
        }
        for (path, place) in places[ObjectIdentifier(right)] ?? [:] where path.count == 1 {
            known[[path[0] + width]] = place + newLeft.columns.count
        }
        places[ObjectIdentifier(relation)] = known
        let columns =
            newLeft.columns.map { kind.keepsRight ? $0.nullableColumn : $0 }
            + newRight.columns.map { kind.keepsLeft ? $0.nullableColumn : $0 }
        let mapping = Dictionary(uniqueKeysWithValues: known.map { ($0.key[0], $0.value) })
        return Relation(
            .join(newLeft, newRight, kind, condition.renumbered(mapping)),
            columns.map(\.materialized)
        )
    }

    private mutating func rebuildAggregate(
        _ relation: Relation,
        _ input: Relation,
        _ aggregation: Aggregation,
        _ read: [Int]
    ) -> Relation {
        let keys = aggregation.keys.count
        let kept = Array(0..<keys) + read.filter { $0 >= keys }
        keep(relation, kept)
        let calls = kept.dropFirst(keys).map { column -> AggregateCall in
            let call = aggregation.calls[column - keys]
            return call.moved { place(input, [$0]) }
        }
        return Relation(
            .aggregate(
                result(input),
                Aggregation(keys: aggregation.keys.map { place(input, [$0]) }, calls: calls)
            ),
            kept.map { relation.columns[$0] }
        )
    }

    private mutating func rebuildWindow(
        _ relation: Relation,
        _ input: Relation,
        _ function: WindowFunction
    ) -> Relation {
        let below = result(input)
        var known = places[ObjectIdentifier(input)] ?? [:]
        let width = input.columns.count
        for step in 0..<3 { known[[width + step]] = below.columns.count + step }
        places[ObjectIdentifier(relation)] = known
        return Relation(
            .windowTable(
                below,
                WindowFunction(
                    kind: function.kind,
                    rowtime: place(input, [function.rowtime]),
                    isLocal: function.isLocal
                )
            ),
            below.columns + relation.columns.suffix(3)
        )
    }
}

extension RelationColumn {
    /// The column of a side that may be padded with NULL.
    var nullableColumn: RelationColumn {
        RelationColumn(name, type.nullable(), isRowtime: isRowtime)
    }
}

extension AggregateCall {
    /// The aggregate over other columns.
    func moved(_ place: (Int) -> Int) -> AggregateCall {
        AggregateCall(
            function: function,
            argument: argument.map(place),
            argumentType: argumentType,
            isDistinct: isDistinct,
            filter: filter.map(place),
            type: type,
            name: name
        )
    }
}

extension DataType {
    /// The type of a nested field; nullable where anything on the way is.
    func field(_ path: [Int]) -> DataType {
        path.reduce(self) { type, step in
            let field = type.rowFields[step].type
            return type.isNullable ? field.nullable() : field
        }
    }
}
