import Core
import Expressions
import JobGraph

/// What EXPLAIN prints: the query as bound, then the plan that runs.
enum ExplainText {
    static func text(
        _ queries: [(title: String, query: Relation)],
        _ sinks: [PhysicalNode],
        _ graph: JobGraph,
        _ builder: JobGraphBuilder
    ) -> String {
        var lines = ["== Abstract Syntax Tree =="]
        for (title, query) in queries {
            lines.append("Logical\(title)")
            logical(query, "", true, &lines)
            lines.append("")
        }
        lines.append("== Optimized Physical Plan ==")
        let uids = Dictionary(
            uniqueKeysWithValues: zip(builder.origins, graph.nodes).map {
                (ObjectIdentifier($0), $1.uid.text)
            }
        )
        var shown: [ObjectIdentifier: Int] = [:]
        for sink in sinks {
            physical(sink, nil, "", "", uids, &shown, &lines)
            lines.append("")
        }
        return lines.joined(separator: "\n")
    }

    private static func logical(
        _ relation: Relation,
        _ indent: String,
        _ isLast: Bool,
        _ lines: inout [String]
    ) {
        lines.append("\(indent)\(isLast ? "└─ " : "├─ ")\(name(relation))")
        let deeper = indent + (isLast ? "   " : "│  ")
        for (index, input) in relation.inputs.enumerated() {
            logical(input, deeper, index == relation.inputs.count - 1, &lines)
        }
    }

    private static func name(_ relation: Relation) -> String {
        let columns = relation.columns.map(\.name).joined(separator: ", ")
        switch relation.body {
        case .table(let read): return "LogicalTableScan(table=[\(read.table.path)])"
        case .values(let rows): return "LogicalValues(rows=\(rows.count), fields=[\(columns)])"
        case .project(let input, let expressions):
            let names = input.columns.map(\.name)
            let items = zip(expressions, relation.columns).map { expression, column -> String in
                let text = expression.text(names)
                return text == column.name ? text : "\(text) AS \(column.name)"
            }
            return "LogicalProject(\(items.joined(separator: ", ")))"
        case .filter(let input, let condition):
            return "LogicalFilter(condition=[\(condition.text(input.columns.map(\.name)))])"
        case .join(let left, let right, let kind, let condition):
            let names = (left.columns + right.columns).map(\.name)
            return """
                LogicalJoin(condition=[\(condition.text(names))], joinType=[\(kind.rawValue)])
                """
        case .aggregate(let input, let aggregation):
            let keys = aggregation.keys.map { input.columns[$0].name }
            return "LogicalAggregate(group=[\(keys.joined(separator: ", "))], fields=[\(columns)])"
        case .windowTable(let input, let function):
            return """
                LogicalTableFunctionScan(invocation=[\(function.kind)], \
                time=[\(input.columns[function.rowtime].name)])
                """
        case .union: return "LogicalUnion(all=[true])"
        }
    }

    /// A node and what it reads; a node that several read is printed once.
    private static func physical(
        _ node: PhysicalNode,
        _ exchange: Exchange?,
        _ indent: String,
        _ branch: String,
        _ uids: [ObjectIdentifier: String],
        _ shown: inout [ObjectIdentifier: Int],
        _ lines: inout [String]
    ) {
        var prefix = indent + branch
        var deeper = indent + (branch.isEmpty ? "" : branch == "└─ " ? "   " : "│  ")
        if let exchange, let text = text(exchange, node) {
            lines.append("\(prefix)\(text), changelogMode=\(node.changelogMode))")
            prefix = deeper + "└─ "
            deeper += "   "
        }
        if let number = shown[ObjectIdentifier(node)] {
            lines.append("\(prefix)Reused(reference_id=[\(number)])")
            return
        }
        shown[ObjectIdentifier(node)] = shown.count + 1
        lines.append(prefix + line(node, uids))
        for (index, input) in node.inputs.enumerated() {
            let isLast = index == node.inputs.count - 1
            physical(
                input.node,
                input.exchange,
                deeper,
                isLast ? "└─ " : "├─ ",
                uids,
                &shown,
                &lines
            )
        }
    }

    private static func line(_ node: PhysicalNode, _ uids: [ObjectIdentifier: String]) -> String {
        var title = node.title
        if title.hasSuffix(")") { title.removeLast() } else { title += "(" }
        var facts: [String] = []
        if node.columns.isEmpty {
            facts.append("changelogMode=[NONE]")
        } else {
            facts.append("changelogMode=\(node.changelogMode)")
            let keys = (node.keys.upsert ?? []).map { key in
                "{\(key.sorted().map { node.names[$0] }.joined(separator: ", "))}"
            }
            if !keys.isEmpty { facts.append("upsertKeys=[\(keys.joined(separator: ", "))]") }
        }
        if let uid = uids[ObjectIdentifier(node)] { facts.append("uid=[\(uid)]") }
        if let note = node.stateNote { facts.append("state=[\(note)]") }
        let separator = title.hasSuffix("(") ? "" : ", "
        return title + separator + facts.joined(separator: ", ") + ")"
    }

    private static func text(_ exchange: Exchange, _ node: PhysicalNode) -> String? {
        switch exchange {
        case .forward: nil
        case .single: "Exchange(distribution=[single]"
        case .hash(let columns, _):
            "Exchange(distribution=[hash[\(columns.map { node.names[$0] }.joined(separator: ", "))]]"
        }
    }
}
