import Columnar

/// ROUND, TRUNCATE, CEIL and FLOOR of numbers.
enum RoundingKernels {
    /// What happens to the digits that go.
    enum Mode: Sendable {
        case halfUp
        case down
        case ceiling
        case floor
    }

    /// ROUND and TRUNCATE; the number of digits is the second argument, or 0.
    static func round(_ request: KernelRequest, _ mode: Mode) -> StrictKernel {
        let type = request.result
        switch request.type(0).kind {
        case .decimal(_, let scale):
            return { input in
                let values = DecimalKernels.wide(input, 0)
                return decimals(input, type) {
                    round(
                        values.value($0),
                        scale: scale,
                        digits: digits(input, $0),
                        to: type.scale,
                        mode
                    )
                }
            }
        case .float, .double: return real(request, mode)
        default:
            return { input in
                let values = DecimalKernels.wide(input, 0)
                return integers(input, type) {
                    round(values.value($0), scale: 0, digits: digits(input, $0), to: 0, mode)
                }
            }
        }
    }

    /// CEIL and FLOOR.
    static func wholeNumber(_ request: KernelRequest, _ mode: Mode) -> StrictKernel {
        let type = request.result
        switch request.type(0).kind {
        case .decimal(_, let scale):
            return { input in
                let values = DecimalKernels.wide(input, 0)
                return decimals(input, type) {
                    round(values.value($0), scale: scale, digits: 0, to: 0, mode)
                }
            }
        case .float:
            return mode == .ceiling
                ? ArithmeticKernels.unary(type) { (a: Float) in a.rounded(.up) }
                : ArithmeticKernels.unary(type) { (a: Float) in a.rounded(.down) }
        case .double:
            return mode == .ceiling
                ? ArithmeticKernels.unary(type) { (a: Double) in a.rounded(.up) }
                : ArithmeticKernels.unary(type) { (a: Double) in a.rounded(.down) }
        default: return { $0.column(0).retyped(type) }
        }
    }

    private static func digits(_ input: StrictInput, _ row: Int) -> Int {
        guard input.operands.count > 1 else { return 0 }
        return Int(FixedOperand<Int32>(input.operands[1]).value(row))
    }

    private static func decimals(
        _ input: StrictInput,
        _ type: DataType,
        _ body: (Int) -> Int128?
    ) -> Column {
        var values = FixedBuilder<Int128>(count: input.count)
        var validity = BitmapBuilder(reserving: input.count)
        for row in 0..<input.count {
            let value = input.isValid(row) ? body(row) : nil
            values[row] = value ?? 0
            validity.append(value != nil)
        }
        let valid = validity.finish()
        return Column(
            DataType(.decimal(precision: 38, scale: 0)),
            values.finish(),
            validity: valid.isAllOnes ? nil : valid
        ).narrowed(type)
    }

    private static func integers(
        _ input: StrictInput,
        _ type: DataType,
        _ body: (Int) -> Int128?
    ) -> Column {
        let scalars = (0..<input.count).map { row -> ScalarValue in
            .int(Int64(truncatingIfNeeded: body(row) ?? 0))
        }
        return Column.fromScalars(scalars, type.notNull).retyped(type)
            .withValidity(input.validity)
    }

    /// Rounds a scaled number to `digits` digits behind the point, at the scale `target`.
    static func round(
        _ value: Int128,
        scale: Int,
        digits: Int,
        to target: Int,
        _ mode: Mode
    ) -> Int128? {
        let dropped = scale - digits
        if dropped <= 0 {
            return WideDecimal.rescale(value, from: scale, to: target, digits: 38)
        }
        if dropped > 38 { return 0 }
        let factor = DecimalMath.powerOfTen(dropped)
        var quotient = value / factor
        let rest = value % factor
        switch mode {
        case .halfUp:
            if rest.magnitude >= factor.magnitude - rest.magnitude { quotient += value.signum() }
        case .down: break
        case .ceiling: if rest > 0 { quotient += 1 }
        case .floor: if rest < 0 { quotient -= 1 }
        }
        if digits < 0 {
            let (whole, overflow) = quotient.multipliedReportingOverflow(
                by: DecimalMath.powerOfTen(min(38, -digits))
            )
            return overflow ? nil : WideDecimal.rescale(whole, from: 0, to: target, digits: 38)
        }
        return WideDecimal.rescale(quotient, from: digits, to: target, digits: 38)
    }

    /// Floating-point numbers are rounded by their decimal text, as `BigDecimal.valueOf` does.
    private static func real(_ request: KernelRequest, _ mode: Mode) -> StrictKernel {
        let type = request.result
        return { (input: StrictInput) throws(RowFailure) -> Column in
            let column = input.column(0)
            var values = FixedBuilder<Double>(count: input.count)
            for row in 0..<input.count {
                guard input.isValid(row) else {
                    values[row] = 0
                    continue
                }
                let number = column.scalar(row).number
                guard number.isFinite else { throw RowFailure("Infinite or NaN") }
                values[row] = DecimalText.rounded(number, digits: digits(input, row), mode)
            }
            let result = values.finish()
            guard type.layout == .float else { return input.result(type, result) }
            let floats: FixedValues<Float> = Loops.map(result) { Float($0) }
            return input.result(type, floats)
        }
    }
}

/// A floating-point number as decimal digits and an exponent.
struct DecimalText {
    let isNegative: Bool
    /// Significant digits, 0 to 9 each, the most significant one first.
    let digits: [UInt8]
    /// The number of digits before the point; negative when zeros follow the point.
    let pointPosition: Int

    /// The digits of `Double.toString`; the number must be finite.
    init(_ number: Double) {
        let text = JavaDigits(number)
        var digits: [UInt8] = []
        for index in 0..<text.count { digits.append(text.digits[index]) }
        while digits.last == 0 { digits.removeLast() }
        isNegative = number.sign == .minus
        self.digits = digits
        pointPosition = digits.isEmpty ? 0 : text.pointPosition
    }

    /// The number as an integer scaled by 10ˢ, rounded half up; nil beyond 38 digits.
    func scaled(_ scale: Int, roundingDown: Bool = false) -> Int128? {
        let kept = pointPosition + scale
        if kept < 0 || digits.isEmpty { return 0 }
        guard kept <= 38 else { return nil }
        var value: Int128 = 0
        for index in 0..<kept {
            value = value * 10 + Int128(index < digits.count ? digits[index] : 0)
        }
        if !roundingDown, kept < digits.count, digits[kept] >= 5 { value += 1 }
        return isNegative ? -value : value
    }

    /// A number rounded to some digits behind the point.
    static func rounded(
        _ number: Double,
        digits: Int,
        _ mode: RoundingKernels.Mode
    ) -> Double {
        let text = DecimalText(number)
        // Beyond the digits that the number has, rounding changes nothing.
        if text.digits.count <= text.pointPosition + digits { return number }
        guard let value = text.scaled(digits, roundingDown: mode == .down) else { return number }
        return Double("\(value)e\(-digits)") ?? number
    }
}
