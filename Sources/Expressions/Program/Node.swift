import Columnar

/// One computation of a program; nodes refer to earlier nodes by position.
struct Node {
    let operation: Operation
    let type: DataType
    /// Whether the node, or one that it uses, can fail on some rows.
    let canFail: Bool
    /// Whether the value depends on the input rows, the time or chance.
    let expression: Expression

    /// What a node does.
    enum Operation {
        case column(Int)
        case constant(ScalarValue)
        case kernel(Kernel, [Int])
        case and([Int])
        case or([Int])
        /// CASE and IF: each condition with its value, and the value of the rest.
        case choose(conditions: [Int], values: [Int])
        case coalesce([Int])
    }
}

/// Turns expressions into nodes; equal expressions become one node.
struct NodeBuilder {
    private(set) var nodes: [Node] = []
    private var known: [Expression: Int] = [:]
    private let context: EvaluationContext

    init(_ context: EvaluationContext) {
        self.context = context
    }

    /// The position of the node that computes the expression.
    mutating func add(_ expression: Expression) throws(ExpressionError) -> Int {
        if let position = known[expression] { return position }
        let node = try make(expression)
        nodes.append(node)
        let position = nodes.count - 1
        if expression.isDeterministic { known[expression] = position }
        return position
    }

    private mutating func make(_ expression: Expression) throws(ExpressionError) -> Node {
        switch expression {
        case .column(let index, let type):
            return node(.column(index), type, false, expression)
        case .literal(let value, let type):
            return node(.constant(value), type, false, expression)
        case .cast(let value, let type, let mode):
            let argument = try add(value)
            let kernel = CastKernels.make(
                from: value.type,
                to: type,
                mode: mode,
                context: context
            )
            let fails =
                nodes[argument].canFail
                || (mode == .strict && CastKernels.canFail(from: value.type, to: type))
            return node(.kernel(kernel, [argument]), type, fails, expression)
        case .call(let function, let arguments, let type):
            return try call(function, arguments, type, expression)
        }
    }

    private mutating func call(
        _ function: String,
        _ arguments: [Expression],
        _ type: DataType,
        _ expression: Expression
    ) throws(ExpressionError) -> Node {
        guard let entry = FunctionCatalogue.standard.entry(function) else {
            throw ExpressionError(
                reason: "this version has no function \(function)",
                expression: expression.description(inputNames: [])
            )
        }
        var positions: [Int] = []
        for argument in arguments { positions.append(try add(argument)) }
        let anyFails = positions.contains { nodes[$0].canFail }
        switch entry.body {
        case .kernel(let factory):
            let request = KernelRequest(
                function: function,
                arguments: arguments.map { BoundArgument($0) },
                result: type,
                context: context
            )
            let fails = anyFails || entry.failure.canFail(request.arguments)
            return node(.kernel(factory(request), positions), type, fails, expression)
        case .control(let control):
            return node(control.operation(positions), type, anyFails, expression)
        case .rewrite:
            throw ExpressionError(
                reason: "\(function) was not rewritten by the planner",
                expression: expression.description(inputNames: [])
            )
        }
    }

    private func node(
        _ operation: Node.Operation,
        _ type: DataType,
        _ canFail: Bool,
        _ expression: Expression
    ) -> Node {
        Node(operation: operation, type: type, canFail: canFail, expression: expression)
    }
}

/// The constructs that decide which rows their arguments are computed for.
enum ControlForm: Sendable {
    case and
    case or
    case choose
    case coalesce

    fileprivate func operation(_ positions: [Int]) -> Node.Operation {
        switch self {
        case .and: return .and(positions)
        case .or: return .or(positions)
        case .coalesce: return .coalesce(positions)
        case .choose:
            var conditions: [Int] = []
            var values: [Int] = []
            for (index, position) in positions.dropLast().enumerated() {
                if index % 2 == 0 {
                    conditions.append(position)
                } else {
                    values.append(position)
                }
            }
            if let last = positions.last { values.append(last) }
            return .choose(conditions: conditions, values: values)
        }
    }
}
