/// A declared table as connectors see it: its columns, key and options.
package struct TableDefinition: Hashable, Sendable, Codable {
    /// The full name, `default_catalog.default_database.orders`.
    package let path: String
    /// Physical and metadata columns in declared order; computed columns are not among them.
    package let columns: [TableColumn]
    /// Positions in `columns` of the declared primary key; empty when there is none.
    package let primaryKey: [Int]
    /// The `WITH` options; keys in lower case as declared.
    package let options: [String: String]

    package init(
        path: String,
        columns: [TableColumn],
        primaryKey: [Int] = [],
        options: [String: String]
    ) {
        self.path = path
        self.columns = columns
        self.primaryKey = primaryKey
        self.options = options
    }

    /// The last part of the path.
    package var name: String { path.split(separator: ".").last.map(String.init) ?? path }
}

/// A column of a declared table that the connector reads or writes.
package struct TableColumn: Hashable, Sendable, Codable {
    package let name: String
    package let type: DataType
    /// The connector's metadata key of a `METADATA` column; nil for a physical column.
    package let metadataKey: String?
    /// Whether a metadata column is only read, never written.
    package let isVirtual: Bool

    package init(
        _ name: String,
        _ type: DataType,
        metadataKey: String? = nil,
        isVirtual: Bool = false
    ) {
        self.name = name
        self.type = type
        self.metadataKey = metadataKey
        self.isVirtual = isVirtual
    }
}

/// What a plan reads of a table: each output column is a path to a column or a nested field.
///
/// The path starts with a position in `TableDefinition.columns` and goes on with positions of
/// fields in ROW types. The value is NULL where anything on the way is.
package struct ScanProjection: Hashable, Sendable, Codable {
    package let paths: [[Int]]

    package init(paths: [[Int]]) {
        self.paths = paths
    }

    /// All columns, whole.
    package static func all(of table: TableDefinition) -> ScanProjection {
        ScanProjection(paths: table.columns.indices.map { [$0] })
    }

    /// The types of the output columns.
    package func types(of table: TableDefinition) -> [DataType] {
        paths.map { path in
            var type = table.columns[path[0]].type
            for step in path.dropFirst() {
                let field = type.rowFields[step].type
                type = type.isNullable ? field.nullable() : field
            }
            return type
        }
    }
}

/// Which kinds of rows a changelog holds (DESIGN §2).
package struct ChangelogMode: OptionSet, Hashable, Sendable, Codable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let insert = ChangelogMode(rawValue: 1)
    package static let updateBefore = ChangelogMode(rawValue: 2)
    package static let updateAfter = ChangelogMode(rawValue: 4)
    package static let delete = ChangelogMode(rawValue: 8)

    package static let append: ChangelogMode = [.insert]
    package static let upsert: ChangelogMode = [.insert, .updateAfter, .delete]
    package static let retract: ChangelogMode = [.insert, .updateBefore, .updateAfter, .delete]
}

extension ChangelogMode: CustomStringConvertible {
    /// `[I,UB,UA,D]`, as Flink's EXPLAIN writes it.
    package var description: String {
        let names: [(ChangelogMode, String)] = [
            (.insert, "I"), (.updateBefore, "UB"), (.updateAfter, "UA"), (.delete, "D"),
        ]
        return "[\(names.filter { contains($0.0) }.map(\.1).joined(separator: ","))]"
    }
}
