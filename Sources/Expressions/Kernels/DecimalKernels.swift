import Columnar

/// Arithmetic on DECIMAL columns; results that do not fit their precision are NULL, as in Flink.
enum DecimalKernels {
    /// The shapes of a binary operation.
    struct Shapes {
        let left: DecimalRules.Shape
        let right: DecimalRules.Shape
        let result: DecimalRules.Shape
        let type: DataType

        init(_ request: KernelRequest) {
            left = DecimalRules.decimal(of: request.type(0).kind) ?? (38, 0)
            right = DecimalRules.decimal(of: request.type(1).kind) ?? (38, 0)
            result = DecimalRules.decimal(of: request.result.kind) ?? (38, 0)
            type = request.result
        }

        /// Whether all three are held in 64 bits.
        var isNarrow: Bool {
            left.precision <= 18 && right.precision <= 18 && result.precision <= 18
        }
    }

    static func add(_ request: KernelRequest, isMinus: Bool) -> StrictKernel {
        let shapes = Shapes(request)
        let scale = max(shapes.left.scale, shapes.right.scale)
        let whole = max(
            shapes.left.precision - shapes.left.scale,
            shapes.right.precision - shapes.right.scale
        )
        let leftShift = scale - shapes.left.scale
        let rightShift = scale - shapes.right.scale
        if shapes.isNarrow, shapes.result.scale == scale {
            return narrowAdd(shapes, leftShift, rightShift, isMinus)
        }
        if whole + scale + 1 <= DecimalRules.precisionMax, shapes.result.scale == scale {
            return wideAdd(shapes, leftShift, rightShift, isMinus)
        }
        let dropped = scale - shapes.result.scale
        let digits = shapes.result.precision
        return checked(shapes) { left, right in
            WideDecimal.add(
                left,
                leftShift,
                isMinus ? -right : right,
                rightShift,
                dropped: dropped,
                digits: digits
            )
        }
    }

    private static func narrowAdd(
        _ shapes: Shapes,
        _ leftShift: Int,
        _ rightShift: Int,
        _ isMinus: Bool
    ) -> StrictKernel {
        let type = shapes.type
        let leftFactor = Int64(DecimalMath.powerOfTen(leftShift))
        let rightFactor = Int64(DecimalMath.powerOfTen(rightShift)) * (isMinus ? -1 : 1)
        return { input in
            let left = input.fixed(0, Int64.self)
            let right = input.fixed(1, Int64.self)
            let values: FixedValues<Int64> = Loops.map(left, right, count: input.count) {
                $0 &* leftFactor &+ $1 &* rightFactor
            }
            return input.result(type, values)
        }
    }

    private static func wideAdd(
        _ shapes: Shapes,
        _ leftShift: Int,
        _ rightShift: Int,
        _ isMinus: Bool
    ) -> StrictKernel {
        let type = shapes.type
        let leftFactor = DecimalMath.powerOfTen(leftShift)
        let rightFactor = DecimalMath.powerOfTen(rightShift) * (isMinus ? -1 : 1)
        return { input in
            let left = wide(input, 0)
            let right = wide(input, 1)
            let values: FixedValues<Int128> = Loops.map(left, right, count: input.count) {
                $0 &* leftFactor &+ $1 &* rightFactor
            }
            return input.result(type, values).narrowed(type)
        }
    }

    static func multiply(_ request: KernelRequest) -> StrictKernel {
        let shapes = Shapes(request)
        let type = shapes.type
        let dropped = shapes.left.scale + shapes.right.scale - shapes.result.scale
        let fits =
            dropped == 0
            && shapes.left.precision + shapes.right.precision <= DecimalRules.precisionMax
        if shapes.isNarrow, fits {
            return { input in
                let left = input.fixed(0, Int64.self)
                let right = input.fixed(1, Int64.self)
                let values: FixedValues<Int64> = Loops.map(left, right, count: input.count) {
                    $0 &* $1
                }
                return input.result(type, values)
            }
        }
        if fits, shapes.left.precision <= 18, shapes.right.precision <= 18 {
            return { input in
                let left = input.fixed(0, Int64.self)
                let right = input.fixed(1, Int64.self)
                let values: FixedValues<Int128> = Loops.map(left, right, count: input.count) {
                    Int128($0) &* Int128($1)
                }
                return input.result(type, values)
            }
        }
        let digits = shapes.result.precision
        return checked(shapes) {
            WideDecimal.multiply($0, $1, dropped: dropped, digits: digits)
        }
    }

    static func divide(_ request: KernelRequest) -> StrictKernel {
        let shapes = Shapes(request)
        let shift = shapes.result.scale - shapes.left.scale + shapes.right.scale
        let digits = shapes.result.precision
        let body = checked(shapes) { left, right in
            right == 0 ? 0 : WideDecimal.divide(left, right, shift: shift, digits: digits)
        }
        return { (input: StrictInput) throws(RowFailure) -> Column in
            try checkDivisor(input)
            return try body(input)
        }
    }

    static func remainder(_ request: KernelRequest) -> StrictKernel {
        let shapes = Shapes(request)
        let scale = max(shapes.left.scale, shapes.right.scale)
        let leftFactor = DecimalMath.powerOfTen(scale - shapes.left.scale)
        let rightFactor = DecimalMath.powerOfTen(scale - shapes.right.scale)
        let body = checked(shapes) { left, right in
            let (a, aOverflow) = left.multipliedReportingOverflow(by: leftFactor)
            let (b, bOverflow) = right.multipliedReportingOverflow(by: rightFactor)
            // A divisor beyond all 38 digits is larger than any dividend of its scale.
            if bOverflow { return aOverflow ? nil : a }
            if aOverflow || b == 0 { return nil }
            return WideDecimal.rescale(
                a % b,
                from: scale,
                to: shapes.result.scale,
                digits: shapes.result.precision
            )
        }
        return { (input: StrictInput) throws(RowFailure) -> Column in
            try checkDivisor(input)
            return try body(input)
        }
    }

    /// Fails as Java's BigDecimal does when a row divides by zero.
    private static func checkDivisor(_ input: StrictInput) throws(RowFailure) {
        let divisor = wide(input, 1)
        let zeros = Loops.bits(divisor, FixedOperand<Int128>.constant(0), count: input.count) {
            $0 == $1
        }
        guard !zeros.isAllZeros else { return }
        let dividend = wide(input, 0)
        let rows = zeros.positionsOfOnes()
        for index in 0..<rows.count where input.isValid(Int(rows[index])) {
            let value = dividend.value(Int(rows[index]))
            throw RowFailure(value == 0 ? "Division undefined" : "Division by zero")
        }
    }

    /// A kernel for operations that can overflow: such rows become NULL.
    private static func checked(
        _ shapes: Shapes,
        _ body: @escaping (Int128, Int128) -> Int128?
    ) -> StrictKernel {
        let type = shapes.type
        return { input in
            let left = wide(input, 0)
            let right = wide(input, 1)
            var values = FixedBuilder<Int128>(count: input.count)
            var validity = BitmapBuilder(reserving: input.count)
            for row in 0..<input.count {
                if input.isValid(row), let value = body(left.value(row), right.value(row)) {
                    values[row] = value
                    validity.append(true)
                } else {
                    values[row] = 0
                    validity.append(false)
                }
            }
            let valid = validity.finish()
            return Column(
                DataType(.decimal(precision: 38, scale: 0)),
                values.finish(),
                validity: valid.isAllOnes ? nil : valid
            ).narrowed(type)
        }
    }

    /// A decimal operand as 128-bit values.
    static func wide(_ input: StrictInput, _ index: Int) -> FixedOperand<Int128> {
        switch input.operands[index] {
        case .constant(let value, _): .constant(value.wideInteger)
        case .column(let column): .values(column.wideIntegers)
        }
    }
}

extension FixedOperand {
    /// The value of one row; for slow paths.
    func value(_ row: Int) -> Element {
        switch self {
        case .values(let values): values[row]
        case .constant(let value): value
        }
    }
}

extension Column {
    /// The scaled values of a decimal or integer column as 128-bit integers.
    var wideIntegers: FixedValues<Int128> {
        switch type.layout {
        case .int128: int128s
        case .int64: Loops.map(int64s) { Int128($0) }
        case .int32: Loops.map(int32s) { Int128($0) }
        case .int16: Loops.map(int16s) { Int128($0) }
        case .int8: Loops.map(int8s) { Int128($0) }
        default: preconditionFailure("\(type) holds no whole numbers")
        }
    }

    /// A column of 128-bit integers in the layout of a decimal type.
    func narrowed(_ type: DataType) -> Column {
        if type.layout == .int128 { return retyped(type) }
        let values: FixedValues<Int64> = Loops.map(int128s) { Int64(truncatingIfNeeded: $0) }
        return Column(type, values, validity: validity)
    }
}
