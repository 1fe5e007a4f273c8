import Columnar
import Core

/// How a number type is summed.
enum SumKind: Sendable {
    /// All integer types, in 64 bits that wrap; narrowed to the result type at the end.
    case integer
    /// Scaled integers of 38 digits; more digits fail the job.
    case decimal(scale: Int)
    case float
    case double

    init(_ type: DataType) {
        switch type.kind {
        case .decimal(_, let scale): self = .decimal(scale: scale)
        case .float: self = .float
        case .double: self = .double
        default: self = .integer
        }
    }

    var type: DataType {
        switch self {
        case .integer: .bigint
        case .decimal(let scale): .decimal(38, scale)
        case .float: .float
        case .double: .double
        }
    }

    /// The sum of each group, in the accumulator's type.
    func sum(
        _ argument: Column,
        _ weights: RowWeights,
        _ groups: GroupIndex.Groups,
        validity: Bitmap?
    ) throws(OperatorError) -> Column {
        switch self {
        case .integer:
            let sums = GroupedSum.sum(argument.widened(), weights, groups)
            return Column(type, sums, validity: validity)
        case .float:
            let sums = GroupedSum.sum(argument.floats, weights, groups)
            return Column(type, sums, validity: validity)
        case .double:
            let values = argument.type.layout == .float ? argument.asDoubles() : argument.doubles
            return Column(type, GroupedSum.sum(values, weights, groups), validity: validity)
        case .decimal:
            let sums = GroupedSum.sum(argument.widenedDecimals(), weights, groups)
            return try checked(Column(type, sums, validity: validity))
        }
    }

    /// Two columns of sums, row by row; what is missing counts as zero.
    func add(_ left: Column, _ right: Column) throws(OperatorError) -> Column {
        let validity = left.fullValidity.or(right.fullValidity)
        switch self {
        case .integer:
            return Column(
                type,
                GroupedSum.add(left.zeroed().int64s, right.zeroed().int64s),
                validity: validity
            )
        case .float:
            return Column(
                type,
                GroupedSum.add(left.zeroed().floats, right.zeroed().floats),
                validity: validity
            )
        case .double:
            return Column(
                type,
                GroupedSum.add(left.zeroed().doubles, right.zeroed().doubles),
                validity: validity
            )
        case .decimal:
            let sums = GroupedSum.add(left.zeroed().int128s, right.zeroed().int128s)
            return try checked(Column(type, sums, validity: validity))
        }
    }

    /// Fails on sums of more than 38 digits: going on would be silently wrong.
    private func checked(_ column: Column) throws(OperatorError) -> Column {
        let limit = DecimalMath.powerOfTen(38)
        let values = column.int128s
        let span = values.span
        var isTooLarge = false
        for row in span.indices {
            isTooLarge = isTooLarge || span[row].magnitude >= limit.magnitude
        }
        guard !isTooLarge else {
            throw OperatorError(blame: .user, "SUM exceeds the 38 digits of \(type).")
        }
        return column
    }
}

extension Column {
    /// The column with zeros under its NULLs.
    func zeroed() -> Column {
        guard nullCount > 0 else { return self }
        let validity = fullValidity
        switch type.layout {
        case .int64: return Column(type, int64s.zeroed(where: validity), validity: validity)
        case .int128: return Column(type, int128s.zeroed(where: validity), validity: validity)
        case .float: return Column(type, floats.zeroed(where: validity), validity: validity)
        case .double: return Column(type, doubles.zeroed(where: validity), validity: validity)
        default: return self
        }
    }

    /// FLOAT values as DOUBLE ones.
    func asDoubles() -> FixedValues<Double> {
        let values = floats
        var result = FixedBuilder<Double>(count: count)
        let input = values.span
        var output = result.span
        for row in output.indices { output[row] = Double(input[row]) }
        return result.finish()
    }
}

extension FixedValues where Element: Summable {
    /// The values with zero where the validity is zero.
    func zeroed(where validity: Bitmap) -> FixedValues<Element> {
        var result = FixedBuilder<Element>(count: count)
        let input = span
        var output = result.span
        for row in output.indices { output[row] = validity[row] ? input[row] : .zero }
        return result.finish()
    }
}

/// `SUM(x)`: the sum, and the number of values that are not NULL where rows are taken back.
///
/// The sum is NULL while there is no value.
struct SumAccumulator: Accumulator {
    let kind: SumKind
    let resultType: DataType
    let retracts: Bool
    /// Whether a sum of nothing is 0 instead of NULL.
    let isZeroOfNothing: Bool

    func accumulate(
        _ argument: Column?,
        _ weights: RowWeights,
        _ groups: GroupIndex.Groups
    ) throws(OperatorError) -> [Column] {
        guard let argument else { preconditionFailure("SUM has an argument") }
        let touched = touchedGroups(weights, groups)
        let sum = try kind.sum(argument, weights, groups, validity: touched)
        guard retracts else { return [sum] }
        return [sum, Column(.bigint.notNull, weights.totals(groups))]
    }

    /// Groups with a row of weight other than 0; nil when all have one.
    private func touchedGroups(_ weights: RowWeights, _ groups: GroupIndex.Groups) -> Bitmap? {
        guard case .mixed(let values) = weights else { return nil }
        return GroupedFlags.any(groups) { values[$0] != 0 }
    }

    func combine(
        _ partials: [Column],
        _ groups: GroupIndex.Groups
    ) throws(OperatorError) -> [Column] {
        let sums = partials[0]
        let weights = RowWeights.ones(count: sums.count)
        let validity = sums.validity.map { bits in GroupedFlags.any(groups) { bits[$0] } }
        let sum = try kind.sum(sums.zeroed(), weights, groups, validity: validity)
        guard retracts else { return [sum] }
        let counts = GroupedSum.sum(partials[1].int64s, weights, groups)
        return [sum, Column(.bigint.notNull, counts)]
    }

    func merge(_ state: [Column], _ addition: [Column]) throws(OperatorError) -> [Column] {
        let sum = try kind.add(state[0], addition[0])
        guard retracts else { return [sum] }
        let counts = GroupedSum.add(state[1].int64s, addition[1].int64s)
        return [sum, Column(.bigint.notNull, counts)]
    }

    func result(_ accumulators: [Column]) -> Column {
        var sum = accumulators[0]
        if retracts {
            let counts = accumulators[1].int64s
            let present = Bitmap.make(count: sum.count) { counts[$0] > 0 }
            sum = sum.withValidity(Bitmap.both(sum.validity, present))
        }
        if isZeroOfNothing { sum = sum.zeroed().withValidity(nil) }
        return sum.narrowed(to: resultType)
    }
}

/// Flags of groups made from flags of rows.
enum GroupedFlags {
    /// The groups that have a row for which the closure is true.
    static func any(_ groups: GroupIndex.Groups, _ flag: (Int) -> Bool) -> Bitmap {
        var flags = [Bool](repeating: false, count: groups.count)
        let groupOfRow = groups.groupOfRow
        for row in 0..<groupOfRow.count where flag(row) { flags[Int(groupOfRow[row])] = true }
        return Bitmap(flags)
    }
}

extension Column {
    /// An accumulator's number in the result's type; integers lose their high bits, as in Flink.
    func narrowed(to type: DataType) -> Column {
        switch (self.type.layout, type.layout) {
        case (.int64, .int8): Self.narrow8(self, type)
        case (.int64, .int16): Self.narrow16(self, type)
        case (.int64, .int32): Self.narrow32(self, type)
        case (.int128, .int64): Self.narrow64(self, type)
        default: retyped(type)
        }
    }

    private static func narrow8(_ column: Column, _ type: DataType) -> Column {
        let values: FixedValues<Int8> = column.int64s.truncated()
        return Column(type, values, validity: column.validity)
    }

    private static func narrow16(_ column: Column, _ type: DataType) -> Column {
        let values: FixedValues<Int16> = column.int64s.truncated()
        return Column(type, values, validity: column.validity)
    }

    private static func narrow32(_ column: Column, _ type: DataType) -> Column {
        let values: FixedValues<Int32> = column.int64s.truncated()
        return Column(type, values, validity: column.validity)
    }

    private static func narrow64(_ column: Column, _ type: DataType) -> Column {
        let values: FixedValues<Int64> = column.int128s.truncated()
        return Column(type, values, validity: column.validity)
    }
}

extension FixedValues where Element: BinaryInteger {
    /// The low bits of each value.
    func truncated<Narrow: FixedWidthInteger & BitwiseCopyable>() -> FixedValues<Narrow> {
        var result = FixedBuilder<Narrow>(count: count)
        let input = span
        var output = result.span
        for row in output.indices { output[row] = Narrow(truncatingIfNeeded: input[row]) }
        return result.finish()
    }
}
