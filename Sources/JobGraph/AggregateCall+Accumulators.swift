package import Columnar

extension AggregateCall {
    /// The types of the accumulators that the aggregate keeps for each group.
    ///
    /// They are the columns between the two phases of an aggregation, and its rows in state.
    ///
    /// - `retracts`: whether rows can be taken back: a sum then counts its values too, so
    ///   that it can become NULL again.
    package func accumulatorTypes(retracts: Bool) -> [DataType] {
        let count = DataType.bigint.notNull
        switch function {
        case .countStar, .count: return [count]
        case .sum, .sum0:
            return retracts ? [Self.sumType(argumentType), count] : [Self.sumType(argumentType)]
        case .avg:
            // FLOAT is averaged as DOUBLE.
            let sum = argumentType.kind == .float ? .double : Self.sumType(argumentType)
            return [sum, count]
        case .min, .max: return [type.nullable()]
        }
    }

    /// The type in which values are summed up: all integers in 64 bits, decimals in 38 digits.
    private static func sumType(_ argument: DataType) -> DataType {
        switch argument.kind {
        case .decimal(_, let scale): .decimal(38, scale)
        case .float: .float
        case .double: .double
        default: .bigint
        }
    }
}

extension Array where Element == AggregateCall {
    /// The accumulators of all aggregates; with retractions a count of the rows stands first.
    package func accumulatorTypes(retracts: Bool) -> [DataType] {
        let rows: [DataType] = retracts ? [.bigint.notNull] : []
        return rows + flatMap { $0.accumulatorTypes(retracts: retracts) }
    }
}
