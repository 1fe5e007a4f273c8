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
        for expression in outer {
            for column in expression.columns { uses[column] += 1 }
        }
        let isSafe = inner.indices.allSatisfy { index in
            uses[index] <= 1 || inner[index].isCheap
        }
        guard isSafe, inner.allSatisfy(\.isDeterministic) else { return relation }
        return Relation(
            .project(base, outer.map { $0.substituting(inner) }),
            relation.columns
        )
    }
}

extension Expression {
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
