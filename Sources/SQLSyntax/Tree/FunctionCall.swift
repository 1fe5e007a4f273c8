/// A call of a function, `COUNT(DISTINCT x) FILTER (WHERE …) OVER (…)` at the fullest.
///
/// Functions with a syntax of their own come out with their arguments in this order:
/// - `EXTRACT(unit FROM x)`: unit, x
/// - `FLOOR(x TO unit)`, `CEIL(x TO unit)`: x, unit
/// - `TIMESTAMPADD(unit, n, x)`, `TIMESTAMPDIFF(unit, a, b)`: as written
/// - `POSITION(a IN b [FROM n])`: a, b, n
/// - `SUBSTRING(s FROM a [FOR n])`: s, a, n
/// - `OVERLAY(s PLACING r FROM a [FOR n])`: s, r, a, n
/// - `TRIM([side] [c] FROM s)`: side, c, s, or side, s
/// - `JSON_OBJECT(k VALUE v, …)`, `JSON_OBJECTAGG(k VALUE v)`: k, v, …
package struct FunctionCall: Sendable, Hashable {
    /// How the call was written.
    package enum Form: Sendable, Hashable {
        /// `name(a, b)`
        case plain
        /// By a syntax of its own, with the name in upper case.
        case special
        /// `CURRENT_DATE`, without parentheses.
        case bare
    }

    /// `DISTINCT` or `ALL` before the arguments.
    package enum Quantifier: String, Sendable, Hashable {
        case distinct = "DISTINCT"
        case all = "ALL"
    }

    /// What becomes of NULL arguments.
    package enum NullTreatment: String, Sendable, Hashable {
        case ignore = "IGNORE NULLS"
        case respect = "RESPECT NULLS"
    }

    package let name: QualifiedName
    package let form: Form
    package let quantifier: Quantifier?
    package let arguments: [FunctionArgument]
    /// The clauses of the JSON functions.
    @Boxed package var json: JSONClauses?
    package let nullTreatment: NullTreatment?
    /// `WITHIN GROUP (ORDER BY …)`, or `ORDER BY` inside the parentheses; empty if there is none.
    package let order: [OrderItem]
    /// `FILTER (WHERE …)`.
    package let filter: Expression?
    package let over: OverClause?
    /// From the name to the closing parenthesis; `FILTER` and `OVER` do not count.
    @Ignored package var range: SourceRange

    /// The arguments that are expressions; nil if one of them is something else.
    package var expressions: [Expression]? {
        var expressions: [Expression] = []
        for argument in arguments {
            guard case .expression(let expression) = argument.value else { return nil }
            expressions.append(expression)
        }
        return expressions
    }
}

/// `x`, `name => x`.
package struct FunctionArgument: Sendable, Hashable {
    @Boxed package var name: Identifier?
    package let value: ArgumentValue
    @Ignored package var range: SourceRange
}

/// What can be given to a function.
package indirect enum ArgumentValue: Sendable, Hashable {
    case expression(Expression)
    /// `TABLE t PARTITION BY k`; for table functions `(SELECT …)` as well.
    case table(TableArgument)
    case unit(TimeUnit)
    case trim(TrimSide)
    /// `DEFAULT`: the parameter's default value.
    case defaultValue
}

/// A table given to a table function.
package struct TableArgument: Sendable, Hashable {
    /// Where its rows come from.
    package indirect enum Source: Sendable, Hashable {
        case table(QualifiedName)
        case query(Query)
    }

    package let source: Source
    package let partitionBy: [Expression]
    package let orderBy: [OrderItem]
    @Ignored package var range: SourceRange
}

/// From which end `TRIM` takes characters.
package enum TrimSide: String, Sendable, Hashable {
    case both = "BOTH"
    case leading = "LEADING"
    case trailing = "TRAILING"
}

/// The clauses inside the parentheses of the JSON functions.
package struct JSONClauses: Sendable, Hashable {
    /// `RETURNING type`.
    package var returning: DataTypeSyntax?
    /// `… WRAPPER` of `JSON_QUERY`.
    package var wrapper: JSONWrapper?
    /// `… ON EMPTY`.
    package var onEmpty: JSONBehavior?
    /// `… ON ERROR`.
    package var onError: JSONBehavior?
    /// `NULL ON NULL` or `ABSENT ON NULL` of the constructors.
    package var onNull: JSONNullClause?
}

/// What a JSON function gives when it finds nothing, or cannot read its input.
package enum JSONBehavior: Sendable, Hashable {
    case error
    case null
    case emptyArray
    case emptyObject
    case `true`
    case `false`
    case unknown
    case defaultValue(Expression)
}

/// Whether `JSON_QUERY` puts its result into an array.
package enum JSONWrapper: String, Sendable, Hashable {
    case without = "WITHOUT ARRAY"
    case conditional = "WITH CONDITIONAL ARRAY"
    case unconditional = "WITH UNCONDITIONAL ARRAY"
}

/// What becomes of a NULL value in a JSON object or array.
package enum JSONNullClause: String, Sendable, Hashable {
    case null = "NULL ON NULL"
    case absent = "ABSENT ON NULL"
}
