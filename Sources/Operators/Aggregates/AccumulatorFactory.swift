import Columnar
import JobGraph

extension AggregateCall {
    /// The arithmetic of this aggregate.
    ///
    /// - `retracts`: whether rows are taken back; MIN and MAX then keep every value in
    ///   state beside their accumulator (`RetractableExtreme`).
    func makeAccumulator(retracts: Bool) -> any Accumulator {
        switch function {
        case .countStar, .count: CountAccumulator(resultType: type)
        case .sum, .sum0:
            SumAccumulator(
                kind: SumKind(argumentType),
                resultType: type,
                retracts: retracts,
                isZeroOfNothing: function == .sum0
            )
        case .avg: AverageAccumulator(argumentType: argumentType, resultType: type)
        case .min: ExtremeAccumulator(type: type, isMaximum: false)
        case .max: ExtremeAccumulator(type: type, isMaximum: true)
        }
    }
}
