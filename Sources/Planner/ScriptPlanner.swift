package import Connectors
import Expressions
package import JobGraph
package import SQLSyntax

/// What a script comes to: one dataflow for all its INSERTs, and what it asked to be shown.
package struct ScriptPlan: Sendable {
    /// The dataflow; nil when the script inserts nothing.
    package let graph: JobGraph?
    /// What EXPLAIN, SHOW and DESCRIBE print, in order.
    package let shown: [String]
    package let settings: SessionSettings
    /// What each sink promises after a crash.
    package let guarantees: [String]
    /// Whether every source ends by itself.
    package let isBounded: Bool
    /// The plan as EXPLAIN prints it.
    package let explanation: String
}

/// Plans a script statement by statement: SQL in, job graph out (DESIGN §6).
package final class ScriptPlanner {
    private let registry: ConnectorRegistry
    private let catalog = Catalog()
    private let queries: QueryBinder
    private var settings: SessionSettings
    private var inserts: [BoundInsert] = []
    private var shown: [String] = []

    /// - Parameters:
    ///   - registry: the connectors that tables may name.
    ///   - settings: what holds before the script's own SET statements.
    package init(registry: ConnectorRegistry, settings: SessionSettings) {
        self.registry = registry
        self.settings = settings
        queries = QueryBinder(catalog)
    }

    /// Plans all statements of a script.
    package func plan(_ script: SQLScript) throws(PlannerError) -> ScriptPlan {
        for statement in script.statements { try execute(statement.statement) }
        guard !inserts.isEmpty else {
            return ScriptPlan(
                graph: nil,
                shown: shown,
                settings: settings,
                guarantees: [],
                isBounded: true,
                explanation: ""
            )
        }
        try settings.requireConsistent()
        let planned = try PlannedInserts(inserts, registry, settings)
        return ScriptPlan(
            graph: planned.graph,
            shown: shown,
            settings: settings,
            guarantees: planned.guarantees,
            isBounded: planned.isBounded,
            explanation: planned.explanation
        )
    }

    private func execute(_ statement: Statement) throws(PlannerError) {
        switch statement {
        case .createTable(let create):
            var declaration = TableDeclaration(catalog, create)
            try catalog.add(
                .table(try declaration.declare()),
                create.name,
                isTemporary: create.isTemporary,
                ifNotExists: create.ifNotExists
            )
        case .createView(let create): try execute(create)
        case .drop(let drop): try catalog.drop(drop)
        case .insert(let insert): inserts.append(try InsertBinder(queries).bind(insert))
        case .statementSet(let set):
            for insert in set.inserts { inserts.append(try InsertBinder(queries).bind(insert)) }
        case .explain(let explain): shown.append(try text(of: explain))
        case .set(let set):
            guard let option = set.option else {
                shown.append(
                    settings.entries.map { "'\($0.key)' = '\($0.value)'" }.joined(separator: "\n")
                )
                return
            }
            do throws(PlannerError) {
                try settings.set(option.key.text, option.value.text)
            } catch {
                throw PlannerError(error.headline, hint: error.hint, at: option.value.range)
            }
        case .reset(let reset): try settings.reset(reset.key?.text)
        case .show(let show): shown.append(try CatalogText.show(show, catalog))
        case .describe(let describe): shown.append(try CatalogText.describe(describe, catalog))
        case .use(let use):
            let name = use.name.dotted
            guard name == (use.isCatalog ? Catalog.catalogName : Catalog.databaseName) else {
                throw PlannerError(
                    "A \(use.isCatalog ? "catalog" : "database") with name [\(name)] does not "
                        + "exist.",
                    at: use.name.range
                )
            }
        case .query(let query):
            throw PlannerError(
                "A query by itself has nowhere to go: write INSERT INTO a table, for example one "
                    + "with the connector 'print'.",
                at: query.range
            )
        case .update(let update): throw refused(update.table, "UPDATE", update.range)
        case .delete(let delete): throw refused(delete.table, "DELETE", delete.range)
        }
    }

    private func execute(_ create: CreateView) throws(PlannerError) {
        let relation = try queries.renamed(
            try queries.bind(create.query),
            create.columns,
            create.range
        )
        let path = catalog.path(create.name).joined(separator: ".")
        try catalog.add(
            .view(Catalog.View(path: path, relation: relation)),
            create.name,
            isTemporary: create.isTemporary,
            ifNotExists: create.ifNotExists,
            replacing: create.orReplace
        )
    }

    /// UPDATE and DELETE need a table that can be read and changed in place; no connector can.
    private func refused(
        _ name: QualifiedName,
        _ verb: String,
        _ range: SourceRange
    ) -> PlannerError {
        do throws(PlannerError) {
            let table = try catalog.sink(name)
            _ = try PlannedInserts.source(table, registry)
            return PlannerError("\(verb) is not supported.", at: range)
        } catch {
            return error
        }
    }

    private func text(of explain: Explain) throws(PlannerError) -> String {
        var explained: [BoundInsert] = []
        switch explain.statement {
        case .insert(let insert): explained = [try InsertBinder(queries).bind(insert)]
        case .statementSet(let set):
            for insert in set.inserts { explained.append(try InsertBinder(queries).bind(insert)) }
        case .query(let query):
            return try PlannedInserts.explainQuery(try queries.bind(query), registry, settings)
        default:
            throw PlannerError(
                "EXPLAIN takes an INSERT, a statement set or a query.",
                at: explain.range
            )
        }
        return try PlannedInserts(explained, registry, settings).explanation
    }
}
