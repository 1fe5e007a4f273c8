import Expressions

/// Computes two projections, one on the other, as one.
///
/// Expressions that would be computed several times by it stay apart, as do non-deterministic ones.
enum MergeProjections {
    static func rewrite(_ relation: Relation, _ graph: RelationGraph) -> Relation {
        guard case .project(let input, let outer) = relation.body,
            case .project(let base, let inner) = input.body,
            !graph.isShared(input)
        else { return relation }
        var uses = [Int](repeating: 0, count: inner.count)
        for expression in outer { expression.countColumns(&uses) }
        let isSafe = inner.indices.allSatisfy { index in
            uses[index] <= 1 || inner[index].isCheap
        }
        guard isSafe, inner.allSatisfy(\.isDeterministic) else { return relation }
        let height = (outer.map(\.height).max() ?? 0) + (inner.map(\.height).max() ?? 0)
        guard height <= PlannerLimits.expressionHeight else { return relation }
        return Relation(
            .project(base, outer.map { $0.substituting(inner) }),
            relation.columns
        )
    }
}

extension Expression {
    /// Counts how often each column is read, a column read twice as two.
    fileprivate func countColumns(_ uses: inout [Int]) {
        if case .column(let index, _) = self { uses[index] += 1 }
        for child in children { child.countColumns(&uses) }
    }

    /// How many calls and conversions lie one in the other.
    fileprivate var height: Int { 1 + (children.map(\.height).max() ?? 0) }

    /// Whether computing it twice costs nothing to speak of.
    var isCheap: Bool {
        switch self {
        case .column, .literal: true
        case .call(let function, let arguments, _):
            function == RowFieldAccess.name && arguments.allSatisfy(\.isCheap)
        case .cast: false
        }
    }
}
