import Columnar
import Expressions
import SQLSyntax

/// What `LIKE other (INCLUDING …)` takes over from another table.
struct LikeClause {
    /// In the order of the other table; the expressions of computed ones are over these columns.
    private(set) var columns: [DeclaredTable.Column] = []
    private(set) var options: [String: String] = [:]
    /// The names of the key columns.
    private(set) var primaryKey: [String] = []
    /// The watermark, over `columns`.
    private(set) var watermark: (column: String, expression: Expressions.Expression)?
    private let like: TableLike

    init(_ like: TableLike, _ catalog: Catalog) throws(PlannerError) {
        self.like = like
        guard case .table(let table) = try catalog.find(like.table) else {
            throw PlannerError(
                "Source table '\(like.table.dotted)' of the LIKE clause is a view.",
                at: like.table.range
            )
        }
        var moved: [Int: Int] = [:]
        for (index, column) in table.columns.enumerated() {
            if column.metadataKey != nil, strategy(.metadata) == .excluding { continue }
            if column.isComputed, strategy(.generated) == .excluding { continue }
            moved[index] = columns.count
            columns.append(column)
        }
        for (index, column) in columns.enumerated() {
            guard let expression = column.computed else { continue }
            columns[index] = DeclaredTable.Column(
                name: column.name,
                type: column.type,
                computed: try follow(expression, moved, table, "computed column '\(column.name)'"),
                metadataKey: nil,
                isVirtual: false
            )
        }
        if strategy(.constraints) != .excluding {
            primaryKey = table.primaryKey.map { table.columns[$0].name }
        }
        if strategy(.options) != .excluding { options = table.options }
        if strategy(.watermarks) != .excluding, let other = table.watermark {
            let name = table.columns[other.column].name
            _ = try follow(table.relationColumn(other.column), moved, table, "the watermark")
            watermark = (name, try follow(other.expression, moved, table, "the watermark"))
        }
    }

    /// What the clause says about a part of the definition, as Flink fills it up.
    func strategy(_ feature: TableLikeOption.Feature) -> TableLikeOption.Strategy {
        let own = like.options.last { $0.feature == feature }
        let all = like.options.last { $0.feature == .all }
        return (own ?? all)?.strategy ?? (feature == .options ? .overwriting : .including)
    }

    /// The position of a column that is taken over.
    func position(of name: String) -> Int? {
        columns.firstIndex { $0.name == name }
    }

    /// Refuses a column that the other table has already, unless it may take its place.
    func checkOverwriting(_ definition: ColumnDefinition) throws(PlannerError) {
        let name = definition.name.name
        guard let known = columns.first(where: { $0.name == name }) else { return }
        let taken = "A column named '\(name)' already exists in the base table."
        switch definition.kind {
        case .physical:
            throw PlannerError(taken, at: definition.name.range)
        case .computed:
            guard known.isComputed else {
                throw PlannerError(
                    taken + " Computed columns can only overwrite other computed columns.",
                    at: definition.name.range
                )
            }
            try checkOverwriting(.generated, "A generated column named '\(name)'", definition)
        case .metadata:
            guard known.metadataKey != nil else {
                throw PlannerError(
                    taken + " Metadata columns can only overwrite other metadata columns.",
                    at: definition.name.range
                )
            }
            try checkOverwriting(.metadata, "A metadata column named '\(name)'", definition)
        }
    }

    private func checkOverwriting(
        _ feature: TableLikeOption.Feature,
        _ what: String,
        _ definition: ColumnDefinition
    ) throws(PlannerError) {
        guard strategy(feature) != .overwriting else { return }
        throw PlannerError(
            "\(what) already exists in the base table. You might want to specify EXCLUDING "
                + "\(feature.rawValue) or OVERWRITING \(feature.rawValue).",
            at: definition.name.range
        )
    }

    /// Refuses another type for a column that computed columns of the other table read.
    func checkType(
        _ column: DeclaredTable.Column,
        at index: Int,
        _ range: SourceRange
    ) throws(PlannerError) {
        let reader = columns.first { $0.computed?.columns.contains(index) ?? false }
        guard !column.isComputed, let reader, columns[index].type != column.type else { return }
        throw PlannerError(
            "The computed column '\(reader.name)' of the base table reads '\(column.name)' as "
                + "\(columns[index].type). Declare it with that type, or specify EXCLUDING "
                + "GENERATED.",
            at: range
        )
    }

    /// The expression over the columns that are taken over.
    private func follow(
        _ expression: Expressions.Expression,
        _ moved: [Int: Int],
        _ table: DeclaredTable,
        _ what: String
    ) throws(PlannerError) -> Expressions.Expression {
        for index in expression.columns.sorted() where moved[index] == nil {
            throw PlannerError(
                "The column '\(table.columns[index].name)' that \(what) of the base table reads "
                    + "is excluded.",
                at: like.table.range
            )
        }
        return expression.renumbered(moved)
    }
}

extension DeclaredTable {
    fileprivate func relationColumn(_ index: Int) -> Expressions.Expression {
        .column(index: index, type: columns[index].type)
    }
}
