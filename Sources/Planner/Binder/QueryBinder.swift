import Columnar
import Expressions
import JobGraph
import SQLSyntax

/// Gives queries their meaning: names, types, and the relations that compute them.
final class QueryBinder {
    let catalog: Catalog
    /// Common table expressions that are visible, the innermost last.
    private var common: [(name: String, relation: Relation)] = []

    init(_ catalog: Catalog) {
        self.catalog = catalog
    }

    /// The relation of a query with all its clauses.
    func bind(_ query: Query) throws(PlannerError) -> Relation {
        let visible = common.count
        defer { common.removeSubrange(visible...) }
        for expression in query.with {
            let relation = try bind(expression.query)
            common.append(
                (
                    expression.name.name,
                    try renamed(relation, expression.columns, expression.range)
                )
            )
        }
        let relation = try bind(query.body)
        guard relation.depth <= PlannerLimits.queryDepth else {
            throw PlannerError(
                "The query, its views included, is nested more than \(PlannerLimits.queryDepth) "
                    + "operators deep",
                at: query.range
            )
        }
        try refuseOrder(query, relation)
        return relation
    }

    func bind(_ body: QueryBody) throws(PlannerError) -> Relation {
        switch body {
        case .select(let select): return try SelectBinder(self).bind(select)
        case .values(let clause): return try ValuesBinder(self).bind(clause)
        case .table(let name): return try table(name).relation
        case .setOperation(let operation): return try bind(operation)
        case .nested(let query): return try bind(query)
        }
    }

    /// Sorting an endless stream is only possible by time, and not supported yet.
    private func refuseOrder(_ query: Query, _ relation: Relation) throws(PlannerError) {
        if let limit = query.limit ?? query.offset {
            throw PlannerError("LIMIT and OFFSET are not supported.", at: limit.range)
        }
        guard let first = query.orderBy.first else { return }
        let isRowtime =
            if case .column(let name) = first.expression, let simple = name.simple {
                relation.columns.contains { $0.name == simple && $0.isRowtime }
            } else {
                false
            }
        throw PlannerError(
            isRowtime && !first.isDescending
                ? "ORDER BY a time attribute is not supported."
                : "Sort on a non-time-attribute field is not supported.",
            at: first.range
        )
    }

    /// A table, view or common table expression, with the name it goes by.
    func table(_ name: QualifiedName) throws(PlannerError) -> (relation: Relation, name: String) {
        if let simple = name.simple, let found = common.last(where: { $0.name == simple }) {
            return (found.relation, simple)
        }
        let last = name.names.last ?? ""
        switch try catalog.find(name) {
        case .table(let table): return (catalog.relation(of: table), last)
        case .view(let view): return (try catalog.relation(of: view), last)
        }
    }

    /// The relation with other column names, if any are given.
    func renamed(
        _ relation: Relation,
        _ names: [Identifier],
        _ range: SourceRange
    ) throws(PlannerError) -> Relation {
        guard !names.isEmpty else { return relation }
        guard names.count == relation.columns.count else {
            throw PlannerError(
                """
                List of column aliases must have same degree as table; table has \
                \(relation.columns.count) columns, whereas alias list has \(names.count) columns
                """,
                at: range
            )
        }
        return Relation(
            .project(relation, relation.columns.indices.map { relation.column($0) }),
            zip(relation.columns, names).map { $0.renamed($1.name) }
        )
    }

    private func bind(_ operation: SetOperation) throws(PlannerError) -> Relation {
        guard operation.kind == .union else {
            throw PlannerError(
                "\(operation.kind.rawValue) is not supported.",
                at: operation.operatorRanges.first
            )
        }
        var inputs: [Relation] = []
        for body in operation.inputs { inputs.append(try bind(body)) }
        let name = operation.isAll ? "UNION ALL" : "UNION"
        for (index, input) in inputs.enumerated()
        where input.columns.count != inputs[0].columns.count {
            throw PlannerError(
                "Column count mismatch in \(name)",
                at: itemsRange(operation.inputs[index])
            )
        }
        var columns: [RelationColumn] = []
        for index in inputs[0].columns.indices {
            let types = inputs.map { $0.columns[index].type }
            guard let type = CommonType.leastRestrictive(types) else {
                throw PlannerError(
                    "Type mismatch in column \(index + 1) of \(name)",
                    at: itemRange(operation.inputs[0], index)
                )
            }
            columns.append(
                RelationColumn(
                    inputs[0].columns[index].name,
                    type,
                    isRowtime: inputs.allSatisfy { $0.columns[index].isRowtime }
                )
            )
        }
        let union = Relation(.union(inputs.map { converted($0, columns) }), columns)
        return operation.isAll ? union : distinct(union)
    }

    /// The relation with its columns in the given types.
    func converted(_ relation: Relation, _ columns: [RelationColumn]) -> Relation {
        let isSame = zip(relation.columns, columns).allSatisfy { $0.type.kind == $1.type.kind }
        if isSame { return relation }
        let expressions = zip(relation.columns.indices, columns).map { index, column in
            relation.column(index).converted(to: column.type.kind)
        }
        return Relation(.project(relation, expressions), columns)
    }

    /// Each row once.
    func distinct(_ relation: Relation) -> Relation {
        Relation(
            .aggregate(
                relation,
                Aggregation(keys: Array(relation.columns.indices), calls: [])
            ),
            relation.columns.map(\.materialized)
        )
    }

    private func itemsRange(_ body: QueryBody) -> SourceRange {
        guard case .select(let select) = body else { return body.range }
        return select.itemsRange
    }

    private func itemRange(_ body: QueryBody, _ index: Int) -> SourceRange {
        guard case .select(let select) = body, select.items.indices.contains(index) else {
            return body.range
        }
        return select.items[index].range
    }
}
