import Columnar
import Expressions
import JobGraph

extension PhysicalPlanner {
    /// A filter and projection over a node; the node itself where nothing changes.
    func calc(
        _ input: PhysicalNode,
        _ condition: Expression?,
        _ projection: [Expression],
        _ columns: [RelationColumn]
    ) -> PhysicalNode {
        let condition = condition.flatMap { $0.isTrue ? nil : $0 }
        if condition == nil, isIdentity(projection, input) { return input }
        var mapping: [Int: Int] = [:]
        var allPlaces: [Int: [Int]] = [:]
        for (index, expression) in projection.enumerated() {
            guard case .column(let column, _) = expression else { continue }
            if mapping[column] == nil { mapping[column] = index }
            allPlaces[column, default: []].append(index)
        }
        let distribution = input.distribution.flatMap { old -> Distribution? in
            let moved = old.columns.compactMap { mapping[$0] }
            return moved.count == old.columns.count
                ? Distribution(columns: moved, types: old.types) : nil
        }
        var changes = input.changes
        // A row that leaves the filter has to be taken back where it was.
        if condition != nil, changes.updates {
            changes.deletes = true
            changes.alwaysSendsUpdateBefore = true
        }
        let spec = CalcSpec(condition: condition, projection: projection)
        return PhysicalNode(
            .fixed(.calc(spec)),
            inputs: [input.forward],
            columns: outputColumns(projection, columns, input),
            title: PlanText.calc(spec, input, columns),
            meaning: condition.map { "\(input.meaning) where \($0.text(input.names))" }
                ?? input.meaning,
            changes: changes,
            keys: input.keys.projected(KeyMapping.places(projection)),
            distribution: distribution,
            window: input.window?.projected(allPlaces)
        )
    }

    private func isIdentity(_ projection: [Expression], _ input: PhysicalNode) -> Bool {
        projection.count == input.columns.count
            && projection.enumerated().allSatisfy { index, expression in
                guard case .column(index, _) = expression else { return false }
                return true
            }
    }

    /// A rowtime column stays one while it is passed on as it is.
    private func outputColumns(
        _ projection: [Expression],
        _ columns: [RelationColumn],
        _ input: PhysicalNode
    ) -> [RelationColumn] {
        zip(projection, columns).map { expression, column in
            guard case .column(let index, _) = expression else { return column.materialized }
            return RelationColumn(
                column.name,
                column.type,
                isRowtime: column.isRowtime && input.columns[index].isRowtime
            )
        }
    }
}
