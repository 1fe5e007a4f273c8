import Columnar
import Expressions
import JobGraph

/// Moves filters towards the tables: fewer rows are joined, aggregated and kept.
///
/// A filter does not enter a relation that others read too: it would be computed twice.
struct PushDownFilters {
    private let graph: RelationGraph
    private var results: [ObjectIdentifier: Relation] = [:]

    init(_ graph: RelationGraph) {
        self.graph = graph
    }

    /// The relation with all filters below it pushed down.
    mutating func rewrite(_ relation: Relation) -> Relation {
        if let result = results[ObjectIdentifier(relation)] { return result }
        let result = descend(relation, [])
        results[ObjectIdentifier(relation)] = result
        return result
    }

    /// The relation filtered by conditions that come from above.
    private mutating func push(_ conditions: [Expression], into relation: Relation) -> Relation {
        if graph.isShared(relation) {
            return Self.filtered(rewrite(relation), conditions)
        }
        return descend(relation, conditions)
    }

    private mutating func descend(_ relation: Relation, _ conditions: [Expression]) -> Relation {
        switch relation.body {
        case .table, .values: return Self.filtered(relation, conditions)
        case .filter(let input, let condition):
            return push(conditions + condition.conjuncts, into: input)
        case .project(let input, let expressions):
            return project(relation, input, expressions, conditions)
        case .join(let left, let right, let kind, let condition):
            return join(relation, left, right, kind, condition, conditions)
        case .aggregate(let input, let aggregation):
            let keys = aggregation.keys
            let (inside, outside) = conditions.partitioned {
                !$0.columns.isEmpty && $0.columns.allSatisfy { $0 < keys.count }
            }
            let moved = inside.map { condition in
                condition.replacingColumns { index, type in
                    .column(index: keys[index], type: type)
                }
            }
            let below = push(moved, into: input)
            return Self.filtered(relation.replacingInputs([below]), outside)
        case .windowTable(let input, _):
            let (inside, outside) = conditions.partitioned {
                $0.columns.allSatisfy { $0 < input.columns.count }
            }
            let below = push(inside, into: input)
            return Self.filtered(relation.replacingInputs([below]), outside)
        case .union(let inputs):
            let below = inputs.map { push(conditions, into: $0) }
            return relation.replacingInputs(below)
        }
    }

    private mutating func project(
        _ relation: Relation,
        _ input: Relation,
        _ expressions: [Expression],
        _ conditions: [Expression]
    ) -> Relation {
        let (inside, outside) = conditions.partitioned { condition in
            condition.columns.allSatisfy { expressions[$0].isDeterministic }
        }
        let below = push(inside.map { $0.substituting(expressions) }, into: input)
        return Self.filtered(relation.replacingInputs([below]), outside)
    }

    /// Conditions on one side go to that side, unless the side is padded with NULL.
    private mutating func join(
        _ relation: Relation,
        _ left: Relation,
        _ right: Relation,
        _ kind: JoinKind,
        _ condition: Expression,
        _ conditions: [Expression]
    ) -> Relation {
        let width = left.columns.count
        func isLeft(_ expression: Expression) -> Bool {
            !expression.columns.isEmpty && expression.columns.allSatisfy { $0 < width }
        }
        func isRight(_ expression: Expression) -> Bool {
            !expression.columns.isEmpty && expression.columns.allSatisfy { $0 >= width }
        }
        var above = conditions
        var on = condition.conjuncts
        var leftConditions: [Expression] = []
        var rightConditions: [Expression] = []
        if kind == .inner {
            on += above
            above = []
        }
        if !kind.keepsRight {
            // What the left side's rows must pass anyhow: WHERE, and ON of an inner or right join.
            (leftConditions, above) = above.partitioned(isLeft)
        }
        if !kind.keepsLeft {
            var moved: [Expression] = []
            (moved, above) = above.partitioned(isRight)
            rightConditions += moved
            (moved, on) = on.partitioned(isLeft)
            leftConditions += moved
        }
        if !kind.keepsRight {
            let (moved, rest) = on.partitioned(isRight)
            rightConditions += moved
            on = rest
        }
        let newLeft = push(leftConditions, into: left)
        let newRight = push(rightConditions.map { $0.shifted(by: -width) }, into: right)
        let joined = Relation(
            .join(newLeft, newRight, kind, .conjunction(on)),
            relation.columns
        )
        return Self.filtered(joined, above)
    }

    /// A filter above a relation, if there is anything to filter by.
    static func filtered(_ relation: Relation, _ conditions: [Expression]) -> Relation {
        guard !conditions.isEmpty else { return relation }
        return Relation(.filter(relation, .conjunction(conditions)), relation.columns)
    }
}

extension Array {
    /// The elements for which the test holds, and the others.
    func partitioned(_ test: (Element) -> Bool) -> (holds: [Element], others: [Element]) {
        (filter(test), filter { !test($0) })
    }
}
