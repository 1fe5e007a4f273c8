import Columnar
import Core
import Expressions
import JobGraph

/// How plans name their nodes: as Flink's EXPLAIN does.
enum PlanText {
    static func scan(_ table: DeclaredTable, _ columns: [RelationColumn]) -> String {
        let path = table.path.split(separator: ".").joined(separator: ", ")
        let names = columns.map(\.name).joined(separator: ", ")
        return "TableSourceScan(table=[[\(path)]], fields=[\(names)])"
    }

    static func calc(
        _ spec: CalcSpec,
        _ input: PhysicalNode,
        _ columns: [RelationColumn]
    ) -> String {
        let items = zip(spec.projection, columns).map { expression, column -> String in
            let text = expression.text(input.names)
            return text == column.name ? text : "\(text) AS \(column.name)"
        }
        let filter = spec.condition.map { ", where=[\($0.text(input.names))]" } ?? ""
        return "Calc(select=[\(items.joined(separator: ", "))]\(filter))"
    }

    static func identity(_ side: JoinSide) -> String {
        switch side.identity {
        case .joinKeyIsUnique: "JoinKeyContainsUniqueKey"
        case .unique: "HasUniqueKey"
        case .none: "NoUniqueKey"
        }
    }

    static func aggregate(
        _ name: String,
        _ input: PhysicalNode,
        _ aggregation: Aggregation,
        _ retracts: Bool
    ) -> String {
        let keys = aggregation.keys.map { input.names[$0] }
        let calls = aggregation.calls.map { call($0, input, retracts) }
        let group = keys.isEmpty ? "" : "groupBy=[\(keys.joined(separator: ", "))], "
        return "\(name)(\(group)select=[\((keys + calls).joined(separator: ", "))])"
    }

    static func windowAggregate(
        _ name: String,
        _ input: PhysicalNode,
        _ aggregation: Aggregation,
        _ groups: PhysicalPlanner.WindowGroups,
        _ retracts: Bool
    ) -> String {
        let keys = aggregation.keys.map { input.names[$0] }
        let calls = aggregation.calls.map { call($0, input, retracts) }
        let group = keys.isEmpty ? "" : "groupBy=[\(keys.joined(separator: ", "))], "
        return """
            \(name)(\(group)window=[\(window(groups.time, input))], \
            select=[\((keys + calls).joined(separator: ", "))])
            """
    }

    private static func call(
        _ call: AggregateCall,
        _ input: PhysicalNode,
        _ retracts: Bool
    ) -> String {
        let suffix = retracts ? "_RETRACT" : ""
        let function = call.function == .countStar ? "COUNT" : call.function.rawValue.uppercased()
        let argument = call.argument.map { input.names[$0] } ?? "*"
        let distinct = call.isDistinct ? "DISTINCT " : ""
        let filter = call.filter.map { " FILTER \(input.names[$0])" } ?? ""
        return "\(function)\(suffix)(\(distinct)\(argument))\(filter) AS \(call.name)"
    }

    static func window(_ time: WindowTime, _ input: PhysicalNode? = nil) -> String {
        switch time {
        case .rowtime(let column, let kind):
            text(kind, "time_col=[\(input?.names[column] ?? "rowtime")]")
        case .attached(let column, let kind):
            text(kind, "win_end=[\(input?.names[column] ?? "window_end")]")
        }
    }

    private static func text(_ kind: WindowKind, _ time: String) -> String {
        switch kind {
        case .tumble(let size, let offset):
            "TUMBLE(\(time), size=[\(duration(size))]\(self.offset(offset)))"
        case .hop(let size, let slide, let offset):
            """
            HOP(\(time), size=[\(duration(size))], slide=[\(duration(slide))]\
            \(self.offset(offset)))
            """
        }
    }

    private static func offset(_ milliseconds: Int64) -> String {
        milliseconds == 0 ? "" : ", offset=[\(duration(milliseconds))]"
    }

    /// `5 min`, `10 s`: the largest unit that divides the duration.
    static func duration(_ milliseconds: Int64) -> String {
        let units: [(Int64, String)] = [
            (86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"),
        ]
        for (size, name) in units where milliseconds != 0 && milliseconds % size == 0 {
            return "\(milliseconds / size) \(name)"
        }
        return "\(milliseconds) ms"
    }
}

extension Expression {
    /// The expression as plans write it.
    func text(_ names: [String]) -> String {
        description(inputNames: names)
    }
}

extension PlannerError {
    /// Flink's refusal of a changelog where only inserts can be processed.
    static func updatesNotSupported(_ name: String, _ node: PhysicalNode) -> PlannerError {
        let kinds =
            switch (node.changes.updates, node.changes.deletes) {
            case (true, true): "update and delete"
            case (true, false): "update"
            default: "delete"
            }
        return PlannerError(
            """
            \(name) doesn't support consuming \(kinds) changes which is produced by node \
            \(node.origin.title)
            """
        )
    }
}

extension PhysicalNode {
    /// The node that first made the changes that this one passes on.
    var origin: PhysicalNode {
        switch kind {
        case .source, .changelogNormalize, .groupAggregate: return self
        case .fixed(let spec):
            switch spec {
            case .calc, .watermark, .dropUpdateBefore, .windowAssign:
                return inputs[0].node.origin
            default: return self
            }
        }
    }
}
