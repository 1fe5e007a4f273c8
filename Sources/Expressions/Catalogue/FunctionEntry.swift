import Columnar

/// One function or operator of the catalogue.
struct FunctionEntry: Sendable {
    /// The canonical name, then the others.
    let names: [String]
    /// Which arguments it takes, and to which types they are converted.
    let operands: OperandRule
    let result: ResultRule
    var failure: FailureRule = .never
    /// Whether equal arguments always give the same value.
    var isDeterministic = true
    /// Whether the value depends on when the batch is computed; such calls are not folded.
    var isDynamic = false
    let body: Body

    /// How a call is computed.
    enum Body: Sendable {
        case kernel(@Sendable (KernelRequest) -> Kernel)
        /// AND, OR, CASE, IF, COALESCE: the program itself computes them.
        case control(ControlForm)
        /// The call is short for another expression.
        case rewrite(@Sendable ([Expression], DataType) throws(BindError) -> Expression)
    }

    var name: String { names[0] }
}

extension FunctionEntry {
    /// A function that is NULL when an argument is.
    static func strict(
        _ names: [String],
        _ operands: OperandRule,
        _ result: ResultRule,
        fails: FailureRule = .never,
        _ make: @escaping @Sendable (KernelRequest) -> StrictKernel
    ) -> FunctionEntry {
        FunctionEntry(
            names: names,
            operands: operands,
            result: result,
            failure: fails,
            body: .kernel { $0.strict(make($0)) }
        )
    }

    /// A function that sees the NULLs among its arguments.
    static func general(
        _ names: [String],
        _ operands: OperandRule,
        _ result: ResultRule,
        fails: FailureRule = .never,
        _ make: @escaping @Sendable (KernelRequest) -> Kernel
    ) -> FunctionEntry {
        FunctionEntry(
            names: names,
            operands: operands,
            result: result,
            failure: fails,
            body: .kernel(make)
        )
    }

    /// A function that is short for another expression; the closure gets converted arguments.
    static func rewrite(
        _ names: [String],
        _ operands: OperandRule,
        _ result: ResultRule,
        _ make: @escaping @Sendable ([Expression], DataType) throws(BindError) -> Expression
    ) -> FunctionEntry {
        FunctionEntry(names: names, operands: operands, result: result, body: .rewrite(make))
    }
}

/// Whether a call can fail on some rows.
enum FailureRule: Sendable {
    case never
    case always
    case when(@Sendable ([BoundArgument]) -> Bool)

    func canFail(_ arguments: [BoundArgument]) -> Bool {
        switch self {
        case .never: false
        case .always: true
        case .when(let test): test(arguments)
        }
    }
}
