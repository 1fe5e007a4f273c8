/// A row expression.
///
/// A switch over the cases reads every expression that the grammar allows.
package indirect enum Expression: Sendable, Hashable {
    case literal(Literal)
    /// `a`, `t.a`, or `t.a.f`: which part is the table, the column or a field is the binder's
    /// matter.
    case column(QualifiedName)
    /// `*` or `t.*`: in a select list and in `COUNT(*)`; the parser lets `t.*` stand anywhere.
    case star(Star)
    /// Operators, `BETWEEN`, `LIKE`, `IS …`, `a[i]`.
    case operation(Operation)
    case inPredicate(InPredicate)
    case quantified(QuantifiedComparison)
    case caseWhen(CaseExpression)
    case cast(CastExpression)
    /// Every function call, those with a syntax of their own included.
    case call(FunctionCall)
    /// `(expression).field`
    case field(FieldAccess)
    /// `ROW(…)`, `(a, b)`, `ARRAY[…]`, `MAP[…]`, `MULTISET[…]`
    case constructor(Constructor)
    /// `(SELECT …)`, `EXISTS (SELECT …)`, `ARRAY(SELECT …)`
    case subquery(Subquery)
    /// `INTERVAL x DAY` where x is not a string, or `(a - b) DAY`
    case interval(IntervalExpression)

    /// The place of the expression; parentheses around it do not count.
    package var range: SourceRange {
        switch self {
        case .literal(let node): node.range
        case .column(let node): node.range
        case .star(let node): node.range
        case .operation(let node): node.range
        case .inPredicate(let node): node.range
        case .quantified(let node): node.range
        case .caseWhen(let node): node.range
        case .cast(let node): node.range
        case .call(let node): node.range
        case .field(let node): node.range
        case .constructor(let node): node.range
        case .subquery(let node): node.range
        case .interval(let node): node.range
        }
    }
}

/// `*` or `t.*`.
package struct Star: Sendable, Hashable {
    package let qualifier: QualifiedName?
    @Ignored package var range: SourceRange
}

/// An operator with its operands, in the order in which they are written.
package struct Operation: Sendable, Hashable {
    package let `operator`: SQLOperator
    /// As many as ``SQLOperator`` says; `AND` and `OR` have two or more.
    package let operands: [Expression]
    /// The place of the operator itself (of the first one in a chain).
    @Ignored package var operatorRange: SourceRange
    @Ignored package var range: SourceRange
}

/// `a IN (1, 2)` or `a IN (SELECT …)`.
package struct InPredicate: Sendable, Hashable {
    package let operand: Expression
    package let isNegated: Bool
    package let set: InSet
    @Ignored package var range: SourceRange
}

/// What stands behind `IN`, `= ANY` and the like.
package indirect enum InSet: Sendable, Hashable {
    case list([Expression])
    case query(Query)
}

/// `a > ANY (…)` or `a > ALL (…)`; `SOME` is the same as `ANY`.
package struct QuantifiedComparison: Sendable, Hashable {
    package let operand: Expression
    /// A comparison operator.
    package let `operator`: SQLOperator
    package let isAll: Bool
    package let set: InSet
    @Ignored package var range: SourceRange
}

/// `CASE [operand] WHEN … THEN … [ELSE …] END`.
package struct CaseExpression: Sendable, Hashable {
    /// The operand of the simple form, `CASE x WHEN 1 THEN …`.
    package let operand: Expression?
    package let branches: [CaseBranch]
    package let otherwise: Expression?
    @Ignored package var range: SourceRange
}

/// `WHEN … THEN …`.
package struct CaseBranch: Sendable, Hashable {
    /// The condition, or in the simple form one or more values.
    package let conditions: [Expression]
    package let result: Expression
}

/// `CAST(x AS type)` or `TRY_CAST(x AS type)`.
package struct CastExpression: Sendable, Hashable {
    package let operand: Expression
    package let type: DataTypeSyntax
    package let isTry: Bool
    @Ignored package var range: SourceRange
}

/// `(expression).field`.
package struct FieldAccess: Sendable, Hashable {
    package let base: Expression
    package let field: Identifier
    @Ignored package var range: SourceRange
}

/// A value made of other values.
package struct Constructor: Sendable, Hashable {
    /// What is made.
    package enum Kind: String, Sendable, Hashable {
        case row = "ROW"
        case array = "ARRAY"
        /// Keys and values alternate.
        case map = "MAP"
        case multiset = "MULTISET"
        /// `PERIOD (a, b)`
        case period = "PERIOD"
    }

    package let kind: Kind
    package let elements: [Expression]
    /// Whether a row was written as `(a, b)`, without `ROW`.
    @Ignored package var isImplicit: Bool
    @Ignored package var range: SourceRange
}

/// A query used as a value.
package struct Subquery: Sendable, Hashable {
    /// What is made of the query's rows.
    package enum Kind: String, Sendable, Hashable {
        /// `(SELECT …)`: one value; as an argument of a table function, a table.
        case scalar = ""
        case exists = "EXISTS"
        case unique = "UNIQUE"
        case array = "ARRAY"
        case multiset = "MULTISET"
        case map = "MAP"
    }

    package let kind: Kind
    package let query: Query
    @Ignored package var range: SourceRange
}

/// An interval that is computed.
package struct IntervalExpression: Sendable, Hashable {
    /// How the interval comes about.
    package enum Form: Sendable, Hashable {
        /// `INTERVAL x DAY`: x days
        case multiple(Expression, isNegative: Bool)
        /// `(a - b) DAY`: the time from b to a
        case difference(Expression, Expression)
    }

    package let form: Form
    package let qualifier: IntervalQualifier
    @Ignored package var range: SourceRange
}
