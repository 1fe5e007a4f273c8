import Columnar
import Connectors
import SQLSyntax

/// What SHOW and DESCRIBE print.
enum CatalogText {
    static func show(_ show: ShowStatement, _ catalog: Catalog) throws(PlannerError) -> String {
        switch show.subject {
        case .tables: return catalog.names.joined(separator: "\n")
        case .views: return catalog.viewNames.joined(separator: "\n")
        case .create(_, let name):
            guard case .table(let table) = try catalog.find(name) else {
                throw PlannerError("SHOW CREATE VIEW is not supported.", at: name.range)
            }
            return text(of: table)
        }
    }

    static func describe(
        _ describe: DescribeStatement,
        _ catalog: Catalog
    ) throws(PlannerError) -> String {
        let columns: [RelationColumn]
        switch try catalog.find(describe.table) {
        case .table(let table): columns = catalog.relation(of: table).columns
        case .view(let view): columns = view.relation.columns
        }
        let width = columns.map(\.name.count).max() ?? 0
        return columns.map { column in
            let padding = String(repeating: " ", count: width - column.name.count)
            let mark = column.isRowtime ? " *ROWTIME*" : ""
            return "\(column.name)\(padding)  \(column.type)\(mark)"
        }.joined(separator: "\n")
    }

    /// The table as a statement that would declare it.
    private static func text(of table: DeclaredTable) -> String {
        var items = table.columns.map { column -> String in
            let name = "`\(column.name)`"
            if let computed = column.computed {
                return "\(name) AS \(computed.text(table.columns.map(\.name)))"
            }
            guard let key = column.metadataKey else { return "\(name) \(column.type)" }
            let virtual = column.isVirtual ? " VIRTUAL" : ""
            return "\(name) \(column.type) METADATA FROM '\(key)'\(virtual)"
        }
        if let watermark = table.watermark {
            let names = table.columns.map(\.name)
            items.append(
                "WATERMARK FOR `\(names[watermark.column])` AS "
                    + watermark.expression.text(names)
            )
        }
        if !table.primaryKey.isEmpty {
            let key = table.primaryKey.map { "`\(table.columns[$0].name)`" }
            items.append("PRIMARY KEY (\(key.joined(separator: ", "))) NOT ENFORCED")
        }
        let options = table.options.sorted { $0.key < $1.key }.map { key, value in
            let shown = Secrets.hidden(value, of: key).replacing("'", with: "''")
            return "'\(key)' = '\(shown)'"
        }
        return """
            CREATE TABLE `\(table.name)` (
              \(items.joined(separator: ",\n  "))
            ) WITH (
              \(options.joined(separator: ",\n  "))
            )
            """
    }
}
