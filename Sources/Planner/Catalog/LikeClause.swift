import Columnar
import Expressions
import SQLSyntax

/// What `LIKE other (INCLUDING …)` takes over from another table.
struct LikeClause {
    private(set) var physical: [DeclaredTable.Column] = []
    private(set) var computed: [DeclaredTable.Column] = []
    private(set) var options: [String: String] = [:]
    /// The names of the key columns.
    private(set) var primaryKey: [String] = []
    /// The watermark, over the other table's columns.
    private(set) var watermark: (column: String, expression: Expressions.Expression)?
    /// The names of the other table's columns.
    let names: [String]

    init(_ like: TableLike, _ catalog: Catalog) throws(PlannerError) {
        guard case .table(let table) = try catalog.find(like.table) else {
            throw PlannerError(
                "Source table '\(like.table.dotted)' of the LIKE clause is a view.",
                at: like.table.range
            )
        }
        names = table.columns.map(\.name)
        func includes(_ feature: TableLikeOption.Feature) -> Bool {
            let own = like.options.last { $0.feature == feature }
            let all = like.options.last { $0.feature == .all }
            return (own ?? all)?.strategy != .excluding
        }
        // Computed columns keep their numbers: physical and metadata columns come as they stand.
        var moved: [Int: Int] = [:]
        for (index, column) in table.columns.enumerated() where !column.isComputed {
            if column.metadataKey != nil, !includes(.metadata) { continue }
            moved[index] = physical.count
            physical.append(column)
        }
        if includes(.generated) {
            for column in table.columns {
                guard let expression = column.computed else { continue }
                computed.append(
                    DeclaredTable.Column(
                        name: column.name,
                        type: column.type,
                        computed: expression.renumbered(moved),
                        metadataKey: nil,
                        isVirtual: false
                    )
                )
            }
        }
        if includes(.constraints) { primaryKey = table.primaryKey.map { table.columns[$0].name } }
        if includes(.options) { options = table.options }
        if includes(.watermarks), let other = table.watermark {
            watermark = (table.columns[other.column].name, other.expression)
        }
    }
}
