import Columnar
import Expressions
import SQLSyntax

/// A table of the catalog: what `CREATE TABLE` said, with everything resolved.
final class DeclaredTable {
    /// One declared column.
    struct Column {
        let name: String
        let type: DataType
        /// The expression of a computed column, over the declared columns.
        let computed: Expressions.Expression?
        /// The connector's key of a metadata column.
        let metadataKey: String?
        let isVirtual: Bool

        var isComputed: Bool { computed != nil }
        /// Whether a sink writes the column.
        var isPersisted: Bool { !isComputed && !isVirtual }
    }

    /// `WATERMARK FOR column AS expression`.
    struct Watermark {
        /// The rowtime column, by position among the declared columns.
        let column: Int
        let expression: Expressions.Expression
    }

    /// As in `default_catalog.default_database.name`.
    let path: String
    let columns: [Column]
    let primaryKey: [Int]
    let watermark: Watermark?
    let options: [String: String]
    /// Its name in the statement that declares it.
    let range: SourceRange
    /// What the connector sees: physical and metadata columns.
    let definition: TableDefinition
    /// For each declared column its position in `definition`, -1 for computed ones.
    let places: [Int]

    init(
        path: String,
        columns: [Column],
        primaryKey: [Int],
        watermark: Watermark?,
        options: [String: String],
        range: SourceRange
    ) {
        self.range = range
        self.path = path
        self.columns = columns
        self.primaryKey = primaryKey
        self.watermark = watermark
        self.options = options
        var places: [Int] = []
        var stored: [TableColumn] = []
        for column in columns {
            places.append(column.isComputed ? -1 : stored.count)
            guard !column.isComputed else { continue }
            stored.append(
                TableColumn(
                    column.name,
                    column.type,
                    metadataKey: column.metadataKey,
                    isVirtual: column.isVirtual
                )
            )
        }
        self.places = places
        definition = TableDefinition(
            path: path,
            columns: stored,
            primaryKey: primaryKey.map { places[$0] },
            options: options
        )
    }

    /// What makes two readings the same: the table and the options it is read with.
    var identity: String {
        let options = options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "\(path) \(options.joined(separator: ","))"
    }

    var name: String { definition.name }

    /// The name of a column or nested field.
    func name(ofPath path: [Int]) -> String {
        var type = columns[path[0]].type
        var name = columns[path[0]].name
        for step in path.dropFirst() {
            let field = type.rowFields[step]
            name += ".\(field.name)"
            type = field.type
        }
        return name
    }

    /// The table read with other options.
    func withOptions(_ changed: [String: String]) -> DeclaredTable {
        DeclaredTable(
            path: path,
            columns: columns,
            primaryKey: primaryKey,
            watermark: watermark,
            options: options.merging(changed) { $1 },
            range: range
        )
    }
}
