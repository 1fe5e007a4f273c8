import Columnar

/// One node of an expression; its arguments are the nodes before it.
private struct ExpressionStep: Codable {
    enum Kind: String, Codable { case column, literal, call, cast }

    let kind: Kind
    let type: DataType
    var index: Int?
    var value: ScalarValue?
    var function: String?
    var arguments: Int?
    var mode: CastMode?
}

/// Written as the list of its nodes, arguments first: coders refuse text that is nested deeply.
extension Expression: Codable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try encode(into: &container)
    }

    private func encode(into container: inout any UnkeyedEncodingContainer) throws {
        for child in children { try child.encode(into: &container) }
        var step: ExpressionStep
        switch self {
        case .column(let index, let type):
            step = ExpressionStep(kind: .column, type: type)
            step.index = index
        case .literal(let value, let type):
            step = ExpressionStep(kind: .literal, type: type)
            step.value = value
        case .call(let function, let arguments, let type):
            step = ExpressionStep(kind: .call, type: type)
            step.function = function
            step.arguments = arguments.count
        case .cast(_, let type, let mode):
            step = ExpressionStep(kind: .cast, type: type)
            step.mode = mode
        }
        try container.encode(step)
    }

    package init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        var values: [Expression] = []
        while !container.isAtEnd {
            let step = try container.decode(ExpressionStep.self)
            guard let value = Self.value(of: step, &values) else {
                throw DecodingError.dataCorruptedError(
                    in: container,
                    debugDescription: "a \(step.kind.rawValue) of an expression is incomplete"
                )
            }
            values.append(value)
        }
        guard values.count == 1 else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "\(values.count) expressions stand in the place of one"
            )
        }
        self = values[0]
    }

    /// Takes the arguments of a node off the values before it.
    private static func value(
        of step: ExpressionStep,
        _ values: inout [Expression]
    ) -> Expression? {
        switch step.kind {
        case .column:
            return step.index.map { .column(index: $0, type: step.type) }
        case .literal:
            return step.value.map { .literal($0, step.type) }
        case .call:
            guard let function = step.function, let count = step.arguments,
                count >= 0, count <= values.count
            else { return nil }
            let arguments = Array(values.suffix(count))
            values.removeLast(count)
            return .call(function: function, arguments: arguments, type: step.type)
        case .cast:
            guard let mode = step.mode, let operand = values.popLast() else { return nil }
            return .cast(operand, to: step.type, mode: mode)
        }
    }
}
