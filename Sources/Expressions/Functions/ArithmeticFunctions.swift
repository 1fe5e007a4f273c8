import Columnar

/// `+ - * / %`, signs, rounding and the other functions of numbers.
enum ArithmeticFunctions {
    static let entries: [FunctionEntry] =
        operators + signs + rounding + MathFunctions.entries

    private static let operators: [FunctionEntry] = [
        entry("+", .add, ArithmeticTypes.plus),
        entry("-", .subtract, ArithmeticTypes.minus),
        entry("*", .multiply, ArithmeticTypes.times),
        entry("/", .divide, ArithmeticTypes.divide),
        entry("MOD", .remainder, ArithmeticTypes.remainder, form: .function),
        .rewrite(
            ["%"],
            ArithmeticTypes.remainder.operands(.infix),
            ArithmeticTypes.remainder.result
        ) { arguments, type in
            .call(function: "MOD", arguments: arguments, type: type)
        },
    ]

    private static func entry(
        _ name: String,
        _ operation: ArithmeticKernels.Operation,
        _ types: ArithmeticTypes,
        form: CallForm = .infix
    ) -> FunctionEntry {
        .strict([name], types.operands(form), types.result, fails: fails(operation)) { request in
            kernel(operation, request)
        }
    }

    private static func fails(_ operation: ArithmeticKernels.Operation) -> FailureRule {
        guard operation == .divide || operation == .remainder else { return .never }
        return .when { arguments in
            let divisor = arguments[1]
            if divisor.type.kind.isApproximateNumeric { return false }
            return divisor.literal.map { $0.wideInteger == 0 } ?? true
        }
    }

    private static func kernel(
        _ operation: ArithmeticKernels.Operation,
        _ request: KernelRequest
    ) -> StrictKernel {
        if request.arguments.contains(where: { $0.type.kind.isDatetime || $0.type.kind.isInterval })
        {
            return IntervalKernels.binary(operation, request)
        }
        guard request.result.kind.isDecimal || request.type(0).kind.isDecimal else {
            return primitive(operation, request)
        }
        return switch operation {
        case .add: DecimalKernels.add(request, isMinus: false)
        case .subtract: DecimalKernels.add(request, isMinus: true)
        case .multiply: DecimalKernels.multiply(request)
        case .divide: DecimalKernels.divide(request)
        case .remainder: DecimalKernels.remainder(request)
        }
    }

    /// Both operands have one type; the remainder of a wider number may have a narrower one.
    private static func primitive(
        _ operation: ArithmeticKernels.Operation,
        _ request: KernelRequest
    ) -> StrictKernel {
        let operandType = request.type(0)
        if operandType.kind == request.result.kind {
            return ArithmeticKernels.binary(operation, request)
        }
        let wide = KernelRequest(
            function: request.function,
            arguments: request.arguments,
            result: operandType,
            context: request.context
        )
        let body = ArithmeticKernels.binary(operation, wide)
        let result = request.result
        return { (input: StrictInput) throws(RowFailure) -> Column in
            NumericCasts.primitive(try body(input), to: result)
        }
    }

    private static let signs: [FunctionEntry] = [
        .strict(
            ["NEGATE"],
            OperandRule(.prefix) { (site: CallSite) throws(BindError) -> [DataType] in
                try ArithmeticTypes.checkSign(site)
            },
            .argument(0)
        ) { ArithmeticKernels.negate($0) },
        .rewrite(
            ["POSITIVE"],
            OperandRule(.prefix) { (site: CallSite) throws(BindError) -> [DataType] in
                try ArithmeticTypes.checkSign(site)
            },
            .argument(0)
        ) { arguments, _ in arguments[0] },
        .strict(["ABS"], .signatures(.function, [.numeric]), .argument(0)) {
            ArithmeticKernels.absolute($0)
        },
        .strict(["SIGN"], .signatures(.function, [.numeric]), .argument(0)) {
            ArithmeticKernels.sign($0)
        },
    ]

    private static let rounding: [FunctionEntry] = [
        .strict(
            ["ROUND"],
            .signatures(.function, [.numeric, .int], [.numeric]),
            ArithmeticTypes.rounded,
            fails: .when { $0[0].type.kind.isApproximateNumeric }
        ) { RoundingKernels.round($0, .halfUp) },
        .strict(
            ["TRUNCATE"],
            .signatures(.function, [.numeric, .int], [.numeric]),
            ArithmeticTypes.rounded,
            fails: .when { $0[0].type.kind.isApproximateNumeric }
        ) { RoundingKernels.round($0, .down) },
    ]
}
