/// `SELECT … FROM … WHERE … GROUP BY … HAVING … WINDOW … QUALIFY …`.
package struct Select: Sendable, Hashable {
    package let hints: [Hint]
    package let isDistinct: Bool
    package let items: [SelectItem]
    package let from: TableReference?
    package let `where`: Expression?
    @Boxed package var groupBy: GroupBy?
    package let having: Expression?
    /// Empty if there is no `WINDOW` clause.
    package let windows: [NamedWindow]
    package let qualify: Expression?
    /// The place of the select list.
    @Ignored package var itemsRange: SourceRange
    @Ignored package var range: SourceRange
}

/// `expression [AS alias]`, `*` or `t.*`.
package struct SelectItem: Sendable, Hashable {
    package let expression: Expression
    @Boxed package var alias: Identifier?
    @Ignored package var range: SourceRange
}

/// `GROUP BY [DISTINCT] …`.
package struct GroupBy: Sendable, Hashable {
    package let isDistinct: Bool
    package let elements: [GroupingElement]
    @Ignored package var range: SourceRange
}

/// What one may group by.
package indirect enum GroupingElement: Sendable, Hashable {
    /// An expression, or `(a, b)` as a row constructor.
    case expression(Expression)
    /// `()`
    case empty
    case groupingSets([GroupingElement])
    case rollup([Expression])
    case cube([Expression])
}

/// `name AS (…)` in a `WINDOW` clause.
package struct NamedWindow: Sendable, Hashable {
    package let name: Identifier
    package let window: WindowSpecification
}

/// What stands behind `OVER`.
package indirect enum OverClause: Sendable, Hashable {
    case named(Identifier)
    case inline(WindowSpecification)

    /// The place of the name or of the parentheses.
    package var range: SourceRange {
        switch self {
        case .named(let name): name.range
        case .inline(let window): window.range
        }
    }
}

/// `([base] PARTITION BY … ORDER BY … frame)`.
package struct WindowSpecification: Sendable, Hashable {
    /// The named window that this one refines.
    @Boxed package var base: Identifier?
    package let partitionBy: [Expression]
    package let orderBy: [OrderItem]
    package let frame: WindowFrame?
    @Ignored package var range: SourceRange
}

/// `ROWS BETWEEN 2 PRECEDING AND CURRENT ROW`.
package struct WindowFrame: Sendable, Hashable {
    /// What the bounds count.
    package enum Unit: String, Sendable, Hashable {
        case rows = "ROWS"
        case range = "RANGE"
    }

    /// One end of a frame.
    package indirect enum Bound: Sendable, Hashable {
        case unboundedPreceding
        case preceding(Expression)
        case currentRow
        case following(Expression)
        case unboundedFollowing
    }

    package let unit: Unit
    package let start: Bound
    /// nil when only the start was given: the current row.
    package let end: Bound?
    @Ignored package var range: SourceRange
}

/// `/*+ NAME(…) */`: advice to the planner.
package struct Hint: Sendable, Hashable {
    /// What stands in a hint's parentheses.
    package enum Options: Sendable, Hashable {
        case none
        /// `('k' = 'v', …)`, or `(k = 'v')`
        case pairs([HintPair])
        /// `(a, b)`
        case names([Identifier])
        /// `('a', 1)`
        case literals([Literal])
    }

    package let name: Identifier
    package let options: Options
    @Ignored package var range: SourceRange
}

/// `'key' = 'value'` in a hint.
package struct HintPair: Sendable, Hashable {
    package let key: QuotedText
    package let value: QuotedText
}
