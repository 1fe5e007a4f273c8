import Columnar
import Connectors
import Core
import Expressions
import JobGraph

/// Chooses an operator for every relation and puts exchanges where rows have to meet.
///
/// Every relation object becomes one node, whoever reads it; readings of one table share a source.
final class PhysicalPlanner {
    let registry: ConnectorRegistry
    let session: PlanSettings
    /// The node of each relation, which is kept: a new relation must not get its identity.
    private var nodes: [ObjectIdentifier: (relation: Relation, node: PhysicalNode)] = [:]
    /// Nodes of declared tables, by identity.
    var tables: [String: PhysicalNode] = [:]
    var sources: [String: SourceGroup] = [:]
    private let graph: RelationGraph

    /// A planner for relations that share what they have in common.
    init(_ roots: [Relation], registry: ConnectorRegistry, session: PlanSettings) {
        self.registry = registry
        self.session = session
        graph = RelationGraph(roots: roots)
    }

    /// The node that computes a relation.
    func plan(_ relation: Relation) throws(PlannerError) -> PhysicalNode {
        if let known = nodes[ObjectIdentifier(relation)] { return known.node }
        let node = try planBody(relation)
        nodes[ObjectIdentifier(relation)] = (relation, node)
        return node
    }

    private func planBody(_ relation: Relation) throws(PlannerError) -> PhysicalNode {
        switch relation.body {
        case .table(let read): return try planTable(read)
        case .values(let rows): return planValues(relation, rows)
        case .project(let input, let expressions):
            if case .filter(let base, let condition) = input.body {
                let canMove = !graph.isShared(input)
                let (node, rest) = try planFiltered(base, condition, canMove: canMove)
                return calc(node, rest, expressions, relation.columns)
            }
            return calc(try plan(input), nil, expressions, relation.columns)
        case .filter(let input, let condition):
            let all = input.columns.indices.map { input.column($0) }
            let (node, rest) = try planFiltered(input, condition, canMove: true)
            return calc(node, rest, all, relation.columns)
        case .join(let left, let right, let kind, let condition):
            return try planJoin(relation, left, right, kind, condition)
        case .aggregate(let input, let aggregation):
            return try planAggregate(relation, input, aggregation)
        case .windowTable(let input, let function):
            return planWindowTable(relation, try plan(input), function)
        case .union(let inputs):
            var branches: [PhysicalNode] = []
            for input in inputs { branches.append(try plan(input)) }
            return planUnion(relation, branches)
        }
    }

    /// What a filter reads, and what is left of its condition.
    ///
    /// The completion of an upsert changelog takes the condition over, where nobody else reads it:
    /// a row that no longer passes is deleted then, without an old image.
    private func planFiltered(
        _ base: Relation,
        _ condition: Expression,
        canMove: Bool
    ) throws(PlannerError) -> (PhysicalNode, Expression?) {
        let node = try plan(base)
        guard canMove, condition.isDeterministic, !condition.isDynamic,
            case .table(let read) = base.body,
            graph.readerCount(ofTable: read.table.identity) == 1,
            let filtered = node.normalizing(where: condition)
        else { return (node, condition) }
        return (filtered, nil)
    }

    private func planValues(_ relation: Relation, _ rows: [[ScalarValue]]) -> PhysicalNode {
        let names = relation.columns.map(\.name).joined(separator: ", ")
        return PhysicalNode(
            .fixed(.values(ValuesSpec(rows: rows))),
            inputs: [],
            columns: relation.columns,
            title: "Values(fields=[\(names)], rows=\(rows.count))",
            meaning: "values \(rows)",
            changes: .append,
            keys: .none,
            distribution: nil
        )
    }

    private func planUnion(_ relation: Relation, _ inputs: [PhysicalNode]) -> PhysicalNode {
        PhysicalNode(
            .fixed(.union),
            inputs: inputs.map(\.forward),
            columns: relation.columns,
            title:
                "Union(all=[true], union=[\(relation.columns.map(\.name).joined(separator: ", "))])",
            meaning: "union(\(inputs.map(\.meaning).joined(separator: "; ")))",
            changes: inputs.dropFirst().reduce(inputs[0].changes) { $0.union($1.changes) },
            keys: .none,
            distribution: nil
        )
    }

    /// An input that all rows of equal keys reach on one slot.
    func exchanged(
        _ node: PhysicalNode,
        by columns: [Int],
        types: [DataType]
    ) -> PhysicalNode.Input {
        if columns.isEmpty {
            return .init(node: node, output: node.sourceOutput, exchange: .single)
        }
        let wanted = Distribution(columns: columns, types: types)
        let exchange: Exchange =
            node.distribution == wanted ? .forward : .hash(columns: columns, types: types)
        return .init(node: node, output: node.sourceOutput, exchange: exchange)
    }

    /// The types in which keys are hashed: without the difference that NULL makes.
    static func keyTypes(_ node: PhysicalNode, _ columns: [Int]) -> [DataType] {
        columns.map { node.columns[$0].type.nullable() }
    }
}

extension PhysicalNode {
    /// Which output of a shared source the node is; 0 for all other nodes.
    var sourceOutput: Int {
        guard case .source(_, let output) = kind else { return 0 }
        return output
    }

    /// The node as an input of another on the same slot.
    var forward: Input {
        .init(node: self, output: sourceOutput, exchange: .forward)
    }
}
