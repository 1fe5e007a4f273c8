/// A query with what may surround its body: `WITH … body ORDER BY … LIMIT …`.
package struct Query: Sendable, Hashable {
    /// Empty if there is no `WITH`.
    package let with: [CommonTableExpression]
    package let body: QueryBody
    /// Empty if there is no `ORDER BY`.
    package let orderBy: [OrderItem]
    @Boxed package var offset: Literal?
    /// `LIMIT n` or `FETCH FIRST n ROWS ONLY`; `LIMIT ALL` is nil.
    @Boxed package var limit: Literal?
    /// Parentheses around the query do not count.
    @Ignored package var range: SourceRange
}

/// What gives a query its rows.
package indirect enum QueryBody: Sendable, Hashable {
    case select(Select)
    case values(ValuesClause)
    /// `TABLE t`
    case table(QualifiedName)
    case setOperation(SetOperation)
    /// A query in parentheses that has a `WITH`, `ORDER BY` or `LIMIT` of its own.
    case nested(Query)

    /// The place of the body.
    package var range: SourceRange {
        switch self {
        case .select(let node): node.range
        case .values(let node): node.range
        case .table(let node): node.range
        case .setOperation(let node): node.range
        case .nested(let node): node.range
        }
    }
}

/// `name [(columns)] AS (query)`.
package struct CommonTableExpression: Sendable, Hashable {
    package let name: Identifier
    package let columns: [Identifier]
    package let query: Query
    @Ignored package var range: SourceRange
}

/// `VALUES (1, 'a'), (2, 'b')`.
package struct ValuesClause: Sendable, Hashable {
    package let rows: [ValuesRow]
    @Ignored package var range: SourceRange
}

/// One row of a `VALUES` clause.
package struct ValuesRow: Sendable, Hashable {
    package let values: [Expression]
    @Ignored package var range: SourceRange
}

/// `UNION`, `EXCEPT` or `INTERSECT`, from left to right.
package struct SetOperation: Sendable, Hashable {
    /// What is made of the inputs' rows.
    package enum Kind: String, Sendable, Hashable {
        case union = "UNION"
        case except = "EXCEPT"
        case intersect = "INTERSECT"
    }

    package let kind: Kind
    package let isAll: Bool
    /// Two or more: `a UNION b UNION c` is one operation with three inputs.
    package let inputs: [QueryBody]
    /// The places of the operators, one fewer than inputs.
    @Ignored package var operatorRanges: [SourceRange]
    @Ignored package var range: SourceRange
}

/// One item of an `ORDER BY` clause.
package struct OrderItem: Sendable, Hashable {
    package let expression: Expression
    /// `ASC` is false, `DESC` is true, neither is false.
    package let isDescending: Bool
    /// `NULLS FIRST` is true, `NULLS LAST` is false, neither is nil.
    package let nullsFirst: Bool?
    @Ignored package var range: SourceRange
}
