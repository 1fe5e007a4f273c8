import Columnar

/// A number that sums can be made of; integers wrap, as Flink's do.
protocol Summable: BitwiseCopyable {
    static var zero: Self { get }
    static func plus(_ left: Self, _ right: Self) -> Self
    static func times(_ value: Self, _ weight: Int8) -> Self
}

extension Int64: Summable {
    static func plus(_ left: Int64, _ right: Int64) -> Int64 { left &+ right }
    static func times(_ value: Int64, _ weight: Int8) -> Int64 { value &* Int64(weight) }
}

extension Int128: Summable {
    static func plus(_ left: Int128, _ right: Int128) -> Int128 { left &+ right }
    static func times(_ value: Int128, _ weight: Int8) -> Int128 { value &* Int128(weight) }
}

extension Double: Summable {
    static func plus(_ left: Double, _ right: Double) -> Double { left + right }
    static func times(_ value: Double, _ weight: Int8) -> Double { value * Double(weight) }
}

extension Float: Summable {
    static func plus(_ left: Float, _ right: Float) -> Float { left + right }
    static func times(_ value: Float, _ weight: Int8) -> Float { value * Float(weight) }
}

/// Sums by group, in row order.
enum GroupedSum {
    /// The weighted sum of each group; rows of weight 0 do not touch it, whatever lies there.
    static func sum<Number: Summable>(
        _ values: FixedValues<Number>,
        _ weights: RowWeights,
        _ groups: GroupIndex.Groups
    ) -> FixedValues<Number> {
        var sums = FixedBuilder<Number>(count: groups.count)
        sums.fill(with: .zero)
        let groupOfRow = groups.groupOfRow
        let groupSpan = groupOfRow.span
        let input = values.span
        var output = sums.span
        precondition(input.count == groupSpan.count, "one value for each row")
        switch weights {
        case .ones:
            for row in groupSpan.indices {
                let group = Int(groupSpan[row])
                output[group] = .plus(output[group], input[row])
            }
        case .mixed(let weights):
            let factors = weights.span
            for row in groupSpan.indices where factors[row] != 0 {
                let group = Int(groupSpan[row])
                output[group] = .plus(output[group], .times(input[row], factors[row]))
            }
        }
        return sums.finish()
    }

    /// Sums row by row.
    static func add<Number: Summable>(
        _ left: FixedValues<Number>,
        _ right: FixedValues<Number>
    ) -> FixedValues<Number> {
        var result = FixedBuilder<Number>(count: left.count)
        let first = left.span
        let second = right.span
        var output = result.span
        precondition(first.count == second.count, "columns of unequal length")
        for row in output.indices { output[row] = .plus(first[row], second[row]) }
        return result.finish()
    }
}

extension Column {
    /// Integers of any width as 64-bit ones.
    func widened() -> FixedValues<Int64> {
        switch type.layout {
        case .int8: Self.widen(int8s)
        case .int16: Self.widen(int16s)
        case .int32: Self.widen(int32s)
        default: int64s
        }
    }

    private static func widen<Number: BinaryInteger & BitwiseCopyable>(
        _ values: FixedValues<Number>
    ) -> FixedValues<Int64> {
        var result = FixedBuilder<Int64>(count: values.count)
        let input = values.span
        var output = result.span
        for row in output.indices { output[row] = Int64(truncatingIfNeeded: input[row]) }
        return result.finish()
    }

    /// Decimals of any precision as 128-bit scaled integers.
    func widenedDecimals() -> FixedValues<Int128> {
        guard type.layout == .int64 else { return int128s }
        let values = int64s
        var result = FixedBuilder<Int128>(count: count)
        let input = values.span
        var output = result.span
        for row in output.indices { output[row] = Int128(input[row]) }
        return result.finish()
    }
}
