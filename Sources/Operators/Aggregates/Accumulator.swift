import Columnar

/// The arithmetic of one aggregate over columns; the state is one row of accumulators a group;
/// `AggregateCall.accumulatorTypes` says which.
///
/// `accumulate` and `combine` give one row for each group of the batch, `merge` adds such rows to
/// the rows from state: a missing state row reads as NULLs.
protocol Accumulator: Sendable {
    /// The types of the accumulators.
    /// What the rows of each group add to its accumulators.
    func accumulate(
        _ argument: Column?,
        _ weights: RowWeights,
        _ groups: GroupIndex.Groups
    ) throws(OperatorError) -> [Column]

    /// What partial accumulators, several to a group, come to.
    func combine(
        _ partials: [Column],
        _ groups: GroupIndex.Groups
    ) throws(OperatorError) -> [Column]

    /// State and additions together, row by row.
    func merge(_ state: [Column], _ addition: [Column]) throws(OperatorError) -> [Column]

    /// The values of the aggregate.
    func result(_ accumulators: [Column]) throws(OperatorError) -> Column
}
