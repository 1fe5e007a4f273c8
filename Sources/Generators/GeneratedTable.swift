/// A table that a generator fills.
package struct GeneratedTable: Sendable {
    package let name: String
    /// Names and PostgreSQL types, in order.
    package let columns: [(name: String, type: String)]
    /// The names of the key's columns.
    package let key: [String]

    init(_ name: String, key: [String], _ columns: [(name: String, type: String)]) {
        self.name = name
        self.columns = columns
        self.key = key
    }

    /// The statement that makes the table where it does not exist.
    package var createStatement: String {
        let lines =
            columns.map { column in
                let constraint = key.contains(column.name) ? " NOT NULL" : ""
                return "    \(column.name) \(column.type)\(constraint)"
            } + ["    PRIMARY KEY (\(key.joined(separator: ", ")))"]
        return "CREATE TABLE IF NOT EXISTS \(name) (\n\(lines.joined(separator: ",\n"))\n)"
    }

    package var dropStatement: String { "DROP TABLE IF EXISTS \(name) CASCADE" }
}

/// What a change does to its row.
package enum ChangeKind: String, Sendable, CaseIterable {
    case insert
    case update
    case delete
}

/// One way to change a table: the statement, whose parameters a `RowChange` supplies.
package struct ChangeTemplate: Sendable {
    package let kind: ChangeKind
    package let table: String
    /// The columns that are set, in the order of the parameters; empty for a delete.
    package let columns: [String]
    /// The columns that find the row, whose parameters follow; empty for an insert.
    package let key: [String]

    static func insert(_ table: GeneratedTable) -> ChangeTemplate {
        ChangeTemplate(
            kind: .insert,
            table: table.name,
            columns: table.columns.map(\.name),
            key: []
        )
    }

    static func update(_ table: GeneratedTable, _ columns: [String]) -> ChangeTemplate {
        ChangeTemplate(kind: .update, table: table.name, columns: columns, key: table.key)
    }

    static func delete(_ table: GeneratedTable) -> ChangeTemplate {
        ChangeTemplate(kind: .delete, table: table.name, columns: [], key: table.key)
    }

    package var sql: String {
        let condition = key.enumerated()
            .map { "\($1) = $\(columns.count + $0 + 1)" }
            .joined(separator: " AND ")
        switch kind {
        case .insert:
            let marks = columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
            return
                "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES (\(marks))"
        case .update:
            let sets = columns.enumerated().map { "\($1) = $\($0 + 1)" }.joined(separator: ", ")
            return "UPDATE \(table) SET \(sets) WHERE \(condition)"
        case .delete: return "DELETE FROM \(table) WHERE \(condition)"
        }
    }
}

/// One change of one row.
package struct RowChange: Sendable, Equatable {
    /// The position of its template in the generator's list.
    package let template: Int
    /// The values of the template's columns and then of its key, as text; nil is NULL.
    package let values: [String?]

    init(_ template: Int, _ values: [String?]) {
        self.template = template
        self.values = values
    }
}
