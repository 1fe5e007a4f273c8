import Columnar

/// Arithmetic on integers and floating-point numbers; integers wrap around as in Java.
enum ArithmeticKernels {
    /// `+`, `-`, `*`, `/` and `%`.
    enum Operation: Sendable {
        case add
        case subtract
        case multiply
        case divide
        case remainder
    }

    /// A kernel for operands of the result's type.
    static func binary(_ operation: Operation, _ request: KernelRequest) -> StrictKernel {
        let type = request.result
        switch request.type(0).layout {
        case .int8: return integer(operation, type, Int8.self)
        case .int16: return integer(operation, type, Int16.self)
        case .int32: return integer(operation, type, Int32.self)
        case .int64: return integer(operation, type, Int64.self)
        case .float: return real(operation, type, Float.self)
        case .double: return real(operation, type, Double.self)
        default: preconditionFailure("\(request.type(0)) is not a primitive number")
        }
    }

    private static func integer<Number: FixedLayout & FixedWidthInteger>(
        _ operation: Operation,
        _ type: DataType,
        _: Number.Type
    ) -> StrictKernel {
        switch operation {
        case .add: return loop(type) { (a: Number, b: Number) in a &+ b }
        case .subtract: return loop(type) { (a: Number, b: Number) in a &- b }
        case .multiply: return loop(type) { (a: Number, b: Number) in a &* b }
        case .divide:
            return dividing(type) { (a: Number, b: Number) in
                a.dividedReportingOverflow(by: b).partialValue
            }
        case .remainder:
            return dividing(type) { (a: Number, b: Number) in
                b == 0 ? 0 : a.remainderReportingOverflow(dividingBy: b).partialValue
            }
        }
    }

    private static func real<Number: FixedLayout & BinaryFloatingPoint>(
        _ operation: Operation,
        _ type: DataType,
        _: Number.Type
    ) -> StrictKernel {
        switch operation {
        case .add: loop(type) { (a: Number, b: Number) in a + b }
        case .subtract: loop(type) { (a: Number, b: Number) in a - b }
        case .multiply: loop(type) { (a: Number, b: Number) in a * b }
        case .divide: loop(type) { (a: Number, b: Number) in a / b }
        case .remainder:
            loop(type) { (a: Number, b: Number) in a.truncatingRemainder(dividingBy: b) }
        }
    }

    @inline(__always)
    private static func loop<Number: FixedLayout>(
        _ type: DataType,
        _ body: @escaping (Number, Number) -> Number
    ) -> StrictKernel {
        { input in
            let left = input.fixed(0, Number.self)
            let right = input.fixed(1, Number.self)
            let values: FixedValues<Number> = Loops.map(left, right, count: input.count, body)
            return input.result(type, values)
        }
    }

    @inline(__always)
    private static func dividing<Number: FixedLayout & FixedWidthInteger>(
        _ type: DataType,
        _ body: @escaping (Number, Number) -> Number
    ) -> StrictKernel {
        { (input: StrictInput) throws(RowFailure) -> Column in
            let left = input.fixed(0, Number.self)
            let right = input.fixed(1, Number.self)
            try checkDivisor(input, right)
            let values: FixedValues<Number> = Loops.map(left, right, count: input.count, body)
            return input.result(type, values)
        }
    }

    private static func checkDivisor<Number: FixedLayout & FixedWidthInteger>(
        _ input: StrictInput,
        _ divisor: FixedOperand<Number>
    ) throws(RowFailure) {
        switch divisor {
        case .constant(let value):
            guard value == 0 else { return }
            if let validity = input.validity, validity.isAllZeros { return }
            if input.count > 0 { throw RowFailure("/ by zero") }
        case .values(let values):
            let zeros = Loops.bits(values) { $0 == 0 }
            if zeros.isAllZeros { return }
            let failing = input.validity.map { zeros.and($0) } ?? zeros
            if !failing.isAllZeros { throw RowFailure("/ by zero") }
        }
    }

    /// A kernel that changes each number by itself.
    @inline(__always)
    static func unary<A: FixedLayout, R: FixedLayout>(
        _ type: DataType,
        _ body: @escaping (A) -> R
    ) -> StrictKernel {
        { input in
            let values: FixedValues<R> = Loops.map(A.values(of: input.column(0)), body)
            return input.result(type, values)
        }
    }

    /// A kernel of two floating-point numbers.
    @inline(__always)
    static func binaryReal(
        _ type: DataType,
        _ body: @escaping (Double, Double) -> Double
    ) -> StrictKernel {
        loop(type, body)
    }

    static func negate(_ request: KernelRequest) -> StrictKernel {
        let type = request.result
        return switch type.layout {
        case .int8: unary(type) { (a: Int8) in 0 &- a }
        case .int16: unary(type) { (a: Int16) in 0 &- a }
        case .int32: unary(type) { (a: Int32) in 0 &- a }
        case .int64: unary(type) { (a: Int64) in 0 &- a }
        case .int128: unary(type) { (a: Int128) in 0 &- a }
        case .float: unary(type) { (a: Float) in -a }
        default: unary(type) { (a: Double) in -a }
        }
    }

    static func absolute(_ request: KernelRequest) -> StrictKernel {
        let type = request.result
        return switch type.layout {
        case .int8: unary(type) { (a: Int8) in a < 0 ? 0 &- a : a }
        case .int16: unary(type) { (a: Int16) in a < 0 ? 0 &- a : a }
        case .int32: unary(type) { (a: Int32) in a < 0 ? 0 &- a : a }
        case .int64: unary(type) { (a: Int64) in a < 0 ? 0 &- a : a }
        case .int128: unary(type) { (a: Int128) in a < 0 ? 0 &- a : a }
        case .float: unary(type) { (a: Float) in abs(a) }
        default: unary(type) { (a: Double) in abs(a) }
        }
    }

    /// `SIGN`: -1, 0 or 1 in the type of the argument.
    static func sign(_ request: KernelRequest) -> StrictKernel {
        let type = request.result
        let one = DecimalMath.powerOfTen(type.scale)
        let narrowOne = Int64(truncatingIfNeeded: one)
        return switch type.layout {
        case .int8: unary(type) { (a: Int8) in a.signum() }
        case .int16: unary(type) { (a: Int16) in a.signum() }
        case .int32: unary(type) { (a: Int32) in a.signum() }
        case .int64: unary(type) { (a: Int64) in a.signum() &* narrowOne }
        case .int128: unary(type) { (a: Int128) in a.signum() &* one }
        case .float: unary(type) { (a: Float) in a > 0 ? 1 : a < 0 ? -1 : a }
        default: unary(type) { (a: Double) in a > 0 ? 1 : a < 0 ? -1 : a }
        }
    }
}
