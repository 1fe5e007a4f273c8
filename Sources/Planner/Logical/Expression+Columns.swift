import Columnar
import Expressions

extension Expression {
    /// The parts of a conjunction; TRUE has none.
    var conjuncts: [Expression] {
        switch self {
        case .literal(.bool(true), _): []
        case .call("AND", let arguments, _): arguments.flatMap(\.conjuncts)
        default: [self]
        }
    }

    /// All of the conditions together; TRUE for none.
    static func conjunction(_ conditions: [Expression]) -> Expression {
        guard let first = conditions.first else {
            return .literal(.bool(true), .boolean.notNull)
        }
        guard conditions.count > 1 else { return first }
        let isNullable = conditions.contains { $0.type.isNullable }
        return .call(
            function: "AND",
            arguments: conditions,
            type: .boolean.nullable(isNullable)
        )
    }

    var isTrue: Bool { conjuncts.isEmpty }

    /// The columns that the expression reads.
    var columns: Set<Int> {
        switch self {
        case .column(let index, _): [index]
        case .literal: []
        case .call(_, let arguments, _):
            arguments.reduce(into: []) { $0.formUnion($1.columns) }
        case .cast(let operand, _, _): operand.columns
        }
    }

    /// The expression with its columns replaced.
    func replacingColumns(_ replacement: (Int, DataType) -> Expression) -> Expression {
        switch self {
        case .column(let index, let type): replacement(index, type)
        case .literal: self
        case .call(let function, let arguments, let type):
            .call(
                function: function,
                arguments: arguments.map { $0.replacingColumns(replacement) },
                type: type
            )
        case .cast(let operand, let type, let mode):
            .cast(operand.replacingColumns(replacement), to: type, mode: mode)
        }
    }

    /// The expression with its columns moved by a distance.
    func shifted(by distance: Int) -> Expression {
        replacingColumns { .column(index: $0 + distance, type: $1) }
    }

    /// The expression with its columns renumbered.
    func renumbered(_ mapping: [Int: Int]) -> Expression {
        replacingColumns { index, type in
            .column(index: mapping[index] ?? index, type: type)
        }
    }

    /// The expression over the input of a projection.
    func substituting(_ projection: [Expression]) -> Expression {
        replacingColumns { index, _ in projection[index] }
    }
}
