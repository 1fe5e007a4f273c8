/// The named limits of this module.
package enum PlannerLimits {
    /// How tall an expression may become by merging projections, one view into the next.
    ///
    /// A taller one stays two operators. Walking an expression costs stack for each level.
    static let expressionHeight = 500
    /// How many operators may lie one behind the other in a query, its views included.
    ///
    /// Walking a query costs stack for each level; each view has a few.
    package static let queryDepth = 1_000
}
