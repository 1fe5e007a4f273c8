import Expressions
import JobGraph

/// Conditions that the normalisation of a table can apply itself, as in Flink.
///
/// A row that stops to pass is then a `-D`, and one that begins to pass a `+I`. Only where the
/// filter is all that reads the table: others need its other rows.
struct NormalizedFilters {
    /// By identity of the table, over the columns of its relation.
    private var conditions: [String: Expression] = [:]

    init(_ relations: [Relation]) {
        let graph = RelationGraph(roots: relations)
        var readings: [String: Int] = [:]
        for relation in graph.ordered {
            if case .table(let read) = relation.body {
                readings[read.table.identity, default: 0] += 1
            }
        }
        for relation in graph.ordered {
            guard case .filter(let input, let condition) = relation.body,
                case .table(let read) = input.body, !graph.isShared(input),
                readings[read.table.identity] == 1, read.table.watermark == nil,
                condition.isDeterministic, !condition.isDynamic, !condition.isTrue
            else { continue }
            conditions[read.table.identity] = condition
        }
    }

    func condition(of table: DeclaredTable) -> Expression? {
        conditions[table.identity]
    }
}

extension PhysicalPlanner {
    /// A normalisation that treats rows which do not pass as deleted.
    func normalized(_ node: PhysicalNode, where condition: Expression) -> PhysicalNode {
        guard case .changelogNormalize(let old) = node.kind else { return node }
        let spec = ChangelogNormalizeSpec(
            key: old.key,
            condition: condition,
            unchangedMask: old.unchangedMask,
            maskBits: old.maskBits
        )
        let text = condition.text(node.names)
        return PhysicalNode(
            .changelogNormalize(spec),
            inputs: node.inputs,
            columns: node.columns,
            title: "\(node.title.dropLast()), condition=[\(text)])",
            meaning: "\(node.meaning) where \(text)",
            changes: node.changes,
            keys: node.keys,
            distribution: node.distribution,
            stateNote: node.stateNote
        )
    }
}
