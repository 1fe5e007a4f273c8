import Columnar
import Connectors
import Expressions
import JobGraph
import SQLSyntax

/// Plans all INSERTs of a script as one dataflow that shares what they have in common.
struct PlannedInserts {
    let graph: JobGraph
    let guarantees: [String]
    let isBounded: Bool
    let explanation: String

    init(
        _ inserts: [BoundInsert],
        _ registry: ConnectorRegistry,
        _ settings: SessionSettings
    ) throws(PlannerError) {
        let relations = Self.optimized(inserts.map(\.query))
        let planner = PhysicalPlanner(relations, registry: registry, session: settings.plan)
        var sinks: [PhysicalNode] = []
        for (insert, relation) in zip(inserts, relations) {
            sinks.append(try planner.planSink(insert, relation))
        }
        var builder = JobGraphBuilder()
        graph = builder.build(sinks, settings.job)
        var guarantees: [String] = []
        for insert in inserts {
            let sink = try Self.sink(insert.table, registry)
            let promise = sink.requirements(for: .retract).guarantee
            let line = "\(insert.table.path): \(promise)"
            if !guarantees.contains(line) { guarantees.append(line) }
        }
        self.guarantees = guarantees
        isBounded = try Self.areBounded(relations, registry)
        explanation = ExplainText.text(
            inserts.map { ("Sink(table=[\($0.table.path)])", $0.query) },
            sinks,
            graph,
            builder
        )
    }

    /// The rewrites, in order.
    static func optimized(_ roots: [Relation]) -> [Relation] {
        var graph = RelationGraph(roots: roots)
        var pusher = PushDownFilters(graph)
        var relations = roots.map { pusher.rewrite($0) }
        graph = RelationGraph(roots: relations)
        let merging = graph
        var merger = RelationRewriter { MergeProjections.rewrite($0, merging) }
        relations = relations.map { merger.rewrite($0) }
        var pruner = PruneColumns(RelationGraph(roots: relations))
        return pruner.rewrite(relations)
    }

    /// What a table is as a source.
    static func source(
        _ table: DeclaredTable,
        _ registry: ConnectorRegistry
    ) throws(PlannerError) -> any TableSource {
        do throws(ConnectorError) {
            return try registry.source(table.definition)
        } catch {
            throw PlannerError(error, at: table.range)
        }
    }

    static func sink(
        _ table: DeclaredTable,
        _ registry: ConnectorRegistry
    ) throws(PlannerError) -> any TableSink {
        do throws(ConnectorError) {
            return try registry.sink(table.definition)
        } catch {
            throw PlannerError(error, at: table.range)
        }
    }

    private static func areBounded(
        _ relations: [Relation],
        _ registry: ConnectorRegistry
    ) throws(PlannerError) -> Bool {
        for relation in RelationGraph(roots: relations).ordered {
            guard case .table(let read) = relation.body else { continue }
            if try !source(read.table, registry).isBounded { return false }
        }
        return true
    }

    /// The plan of a query that goes nowhere.
    static func explainQuery(
        _ query: Relation,
        _ registry: ConnectorRegistry,
        _ settings: SessionSettings
    ) throws(PlannerError) -> String {
        let relations = optimized([query])
        let planner = PhysicalPlanner(relations, registry: registry, session: settings.plan)
        let node = try planner.plan(relations[0])
        var inference = ChangelogInference()
        inference.require(node, updateBefore: true)
        var builder = JobGraphBuilder()
        let graph = builder.build([node], settings.job)
        return ExplainText.text([("Query", query)], [node], graph, builder)
    }
}
