import Columnar

/// `AVG(x)`: the sum and the number of values; NULL of nothing.
///
/// Integers divide towards zero and stay integers, FLOAT is summed as DOUBLE, decimals are
/// rounded half up to the scale of the result.
struct AverageAccumulator: Accumulator {
    let kind: SumKind
    let resultType: DataType

    init(argumentType: DataType, resultType: DataType) {
        if case .float = argumentType.kind {
            kind = .double
        } else {
            kind = SumKind(argumentType)
        }
        self.resultType = resultType
    }

    func accumulate(
        _ argument: Column?,
        _ weights: RowWeights,
        _ groups: GroupIndex.Groups
    ) throws(OperatorError) -> [Column] {
        guard let argument else { preconditionFailure("AVG has an argument") }
        let sum = try kind.sum(argument, weights, groups, validity: nil)
        return [sum, Column(.bigint.notNull, weights.totals(groups))]
    }

    func combine(
        _ partials: [Column],
        _ groups: GroupIndex.Groups
    ) throws(OperatorError) -> [Column] {
        let weights = RowWeights.ones(count: partials[0].count)
        let sum = try kind.sum(partials[0].zeroed(), weights, groups, validity: nil)
        let counts = GroupedSum.sum(partials[1].int64s, weights, groups)
        return [sum, Column(.bigint.notNull, counts)]
    }

    func merge(_ state: [Column], _ addition: [Column]) throws(OperatorError) -> [Column] {
        let sum = try kind.add(state[0], addition[0])
        let counts = GroupedSum.add(state[1].int64s, addition[1].int64s)
        return [sum, Column(.bigint.notNull, counts)]
    }

    func result(_ accumulators: [Column]) -> Column {
        let counts = accumulators[1].int64s
        let sums = accumulators[0].zeroed()
        let validity = Bitmap.make(count: counts.count) { counts[$0] > 0 }
        switch kind {
        case .integer: return integers(sums, counts, validity)
        case .decimal(let scale): return decimals(sums, counts, validity, scale)
        case .float, .double: return doubles(sums, counts, validity)
        }
    }

    private func integers(
        _ sums: Column,
        _ counts: FixedValues<Int64>,
        _ validity: Bitmap
    ) -> Column {
        var result = FixedBuilder<Int64>(count: counts.count)
        let numerators = sums.int64s
        for row in 0..<counts.count {
            result[row] = counts[row] > 0 ? numerators[row] / counts[row] : 0
        }
        return Column(.bigint, result.finish(), validity: validity).narrowed(to: resultType)
    }

    private func doubles(
        _ sums: Column,
        _ counts: FixedValues<Int64>,
        _ validity: Bitmap
    ) -> Column {
        let numerators = sums.doubles
        if resultType.layout == .float {
            var result = FixedBuilder<Float>(count: counts.count)
            for row in 0..<counts.count {
                result[row] = Float(numerators[row] / Double(counts[row]))
            }
            return Column(resultType, result.finish(), validity: validity)
        }
        var result = FixedBuilder<Double>(count: counts.count)
        for row in 0..<counts.count { result[row] = numerators[row] / Double(counts[row]) }
        return Column(resultType, result.finish(), validity: validity)
    }

    private func decimals(
        _ sums: Column,
        _ counts: FixedValues<Int64>,
        _ validity: Bitmap,
        _ scale: Int
    ) -> Column {
        let numerators = sums.int128s
        let shift = DecimalMath.powerOfTen(max(0, resultType.scale - scale))
        var result = FixedBuilder<Int128>(count: counts.count)
        for row in 0..<counts.count {
            result[row] =
                counts[row] > 0
                ? Self.quotient(numerators[row], Int128(counts[row]), shift) : 0
        }
        return Column(.decimal(38, resultType.scale), result.finish(), validity: validity)
            .narrowed(to: resultType)
    }

    /// `sum * shift / count`, rounded half up, without overflow in between.
    private static func quotient(_ sum: Int128, _ count: Int128, _ shift: Int128) -> Int128 {
        let (whole, rest) = sum.quotientAndRemainder(dividingBy: count)
        let (part, remainder) = (rest * shift).quotientAndRemainder(dividingBy: count)
        let rounding: Int128 =
            remainder.magnitude * 2 >= count.magnitude ? (sum < 0 ? -1 : 1) : 0
        return whole &* shift &+ part &+ rounding
    }
}
