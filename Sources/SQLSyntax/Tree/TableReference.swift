/// What may stand in a `FROM` clause.
package indirect enum TableReference: Sendable, Hashable {
    case table(NamedTable)
    case query(DerivedTable)
    case function(FunctionTable)
    case unnest(UnnestTable)
    case join(JoinClause)

    /// The place of the reference, its alias included.
    package var range: SourceRange {
        switch self {
        case .table(let node): node.range
        case .query(let node): node.range
        case .function(let node): node.range
        case .unnest(let node): node.range
        case .join(let node): node.range
        }
    }
}

/// `AS name (columns)`.
package struct TableAlias: Sendable, Hashable {
    package let name: Identifier
    /// Empty if the columns keep their names.
    package let columns: [Identifier]
}

/// A table or view: `name /*+ hints */ FOR SYSTEM_TIME AS OF x AS alias`.
package struct NamedTable: Sendable, Hashable {
    package let name: QualifiedName
    package let hints: [Hint]
    /// The time of `FOR SYSTEM_TIME AS OF`.
    package let systemTime: Expression?
    @Boxed package var alias: TableAlias?
    @Ignored package var range: SourceRange
}

/// `[LATERAL] (query) AS alias`.
package struct DerivedTable: Sendable, Hashable {
    package let query: Query
    package let isLateral: Bool
    @Boxed package var alias: TableAlias?
    @Ignored package var range: SourceRange
}

/// `[LATERAL] TABLE(f(…)) AS alias`, or `f(…) AS alias`.
///
/// Queries among the arguments are ``ArgumentValue/table(_:)``.
package struct FunctionTable: Sendable, Hashable {
    package let call: FunctionCall
    package let isLateral: Bool
    @Boxed package var alias: TableAlias?
    @Ignored package var range: SourceRange
}

/// `UNNEST(a, …) [WITH ORDINALITY] AS alias`; always lateral.
package struct UnnestTable: Sendable, Hashable {
    /// Expressions; a query is a ``Subquery`` of the kind `scalar`.
    package let arguments: [Expression]
    package let withOrdinality: Bool
    @Boxed package var alias: TableAlias?
    @Ignored package var range: SourceRange
}

/// Two tables joined.
package struct JoinClause: Sendable, Hashable {
    /// Which rows are kept.
    package enum Kind: String, Sendable, Hashable {
        /// `a, b`
        case comma = ","
        case cross = "CROSS JOIN"
        case inner = "INNER JOIN"
        case left = "LEFT JOIN"
        case right = "RIGHT JOIN"
        case full = "FULL JOIN"
    }

    /// How rows are matched.
    package enum Condition: Sendable, Hashable {
        case none
        case on(Expression)
        case using([Identifier])
    }

    package let left: TableReference
    package let right: TableReference
    package let kind: Kind
    package let isNatural: Bool
    package let condition: Condition
    /// The place of the words `LEFT JOIN`, or of the comma.
    @Ignored package var operatorRange: SourceRange
    @Ignored package var range: SourceRange
}
