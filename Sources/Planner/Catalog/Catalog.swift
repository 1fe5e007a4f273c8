import Columnar
import Expressions
import SQLSyntax

/// The tables and views that a script has declared.
final class Catalog {
    /// A view, bound when it is declared.
    final class View {
        let path: String
        let relation: Relation

        init(path: String, relation: Relation) {
            self.path = path
            self.relation = relation
        }
    }

    /// What a name can stand for.
    enum Entry {
        case table(DeclaredTable)
        case view(View)
    }

    static let catalogName = "default_catalog"
    static let databaseName = "default_database"

    private var entries: [String: Entry] = [:]
    private var temporary: [String: Entry] = [:]

    /// The full path of a name of one to three parts.
    func path(_ name: QualifiedName) -> [String] {
        let parts = name.names
        switch parts.count {
        case 1: return [Self.catalogName, Self.databaseName, parts[0]]
        case 2: return [Self.catalogName] + parts
        default: return parts
        }
    }

    private func key(_ name: QualifiedName) -> String { path(name).joined(separator: ".") }

    /// The names of all tables and views.
    var names: [String] {
        Set(entries.keys).union(temporary.keys)
            .map { $0.split(separator: ".").last.map(String.init) ?? $0 }.sorted()
    }

    /// The names of the views; a table of the same name hides a view, or the other way round.
    var viewNames: [String] {
        entries.merging(temporary) { $1 }.compactMap { key, entry in
            guard case .view = entry else { return nil }
            return key.split(separator: ".").last.map(String.init) ?? key
        }
        .sorted()
    }

    /// The table or view of a name; temporary ones hide others.
    func find(_ name: QualifiedName) throws(PlannerError) -> Entry {
        if let entry = temporary[key(name)] ?? entries[key(name)] { return entry }
        throw PlannerError(
            "Object '\(name.names.last ?? "")' not found",
            hint: NameHint.text(name.names.last ?? "", names),
            at: name.range
        )
    }

    /// The table that an INSERT writes to.
    func sink(_ name: QualifiedName) throws(PlannerError) -> DeclaredTable {
        let parts = path(name)
        switch temporary[key(name)] ?? entries[key(name)] {
        case .table(let table): return table
        case .view:
            throw PlannerError(
                "Sink '\(parts.joined(separator: "."))' does not exists",
                at: name.range
            )
        case nil:
            let quoted = parts.map { "`\($0)`" }.joined(separator: ".")
            throw PlannerError(
                """
                Cannot find table '\(quoted)' in any of the catalogs [\(Self.catalogName)], nor \
                as a temporary table.
                """,
                hint: NameHint.text(parts.last ?? "", names),
                at: name.range
            )
        }
    }

    /// Adds a table or view.
    ///
    /// - `ifNotExists`: whether an existing one is left as it is without a word.
    /// - `replacing`: whether an existing one is replaced.
    func add(
        _ entry: Entry,
        _ name: QualifiedName,
        isTemporary: Bool,
        ifNotExists: Bool,
        replacing: Bool = false
    ) throws(PlannerError) {
        let key = key(name)
        let isTaken = isTemporary ? temporary[key] != nil : entries[key] != nil
        if isTaken, ifNotExists { return }
        if isTaken, !replacing {
            let parts = path(name)
            throw PlannerError(
                """
                Table (or view) \(parts.dropFirst().joined(separator: ".")) already exists in \
                Catalog \(parts[0]).
                """,
                at: name.range
            )
        }
        if isTemporary { temporary[key] = entry } else { entries[key] = entry }
    }

    func drop(_ statement: DropStatement) throws(PlannerError) {
        let key = key(statement.name)
        let entry = statement.isTemporary ? temporary[key] : entries[key] ?? temporary[key]
        let matches =
            switch (entry, statement.kind) {
            case (.table, .table), (.view, .view): true
            default: false
            }
        guard matches else {
            if statement.ifExists { return }
            let kind = statement.kind == .table ? "Table" : "View"
            throw PlannerError(
                "\(kind) with identifier '\(key)' does not exist.",
                hint: NameHint.text(statement.name.names.last ?? "", names),
                at: statement.name.range
            )
        }
        if statement.isTemporary || entries[key] == nil {
            temporary[key] = nil
        } else {
            entries[key] = nil
        }
    }

    /// A reading of a table with all its columns.
    func relation(of table: DeclaredTable) -> Relation {
        let outputs = table.columns.indices.map { index -> TableRead.Output in
            table.columns[index].isComputed ? .computed(index) : .path([index])
        }
        let columns = table.columns.enumerated().map { index, column in
            RelationColumn(
                column.name,
                column.type,
                isRowtime: table.watermark?.column == index
            )
        }
        return Relation(.table(TableRead(table: table, outputs: outputs)), columns)
    }

    /// The relation of a view: the same object for every reader.
    func relation(of view: View) throws(PlannerError) -> Relation { view.relation }

    /// A table read with the options of a hint.
    func applying(_ hint: Hint, to relation: Relation) throws(PlannerError) -> Relation {
        guard hint.name.name.uppercased() == "OPTIONS" else {
            throw PlannerError("The hint \(hint.name.name) is unknown.", at: hint.range)
        }
        guard case .table(let read) = relation.body, case .pairs(let pairs) = hint.options else {
            throw PlannerError(
                "OPTIONS hints are for tables, as in t /*+ OPTIONS('key' = 'value') */.",
                at: hint.range
            )
        }
        let changed = Dictionary(pairs.map { ($0.key.text, $0.value.text) }) { $1 }
        return self.relation(of: read.table.withOptions(changed))
    }
}
