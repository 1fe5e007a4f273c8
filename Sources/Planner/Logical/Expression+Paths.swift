import Columnar
import Expressions

extension Expression {
    /// A column, or a field in it, as a path; nil for anything else.
    var path: [Int]? {
        switch self {
        case .column(let index, _): [index]
        case .call(RowFieldAccess.name, let arguments, _):
            fieldPath(arguments)
        default: nil
        }
    }

    private func fieldPath(_ arguments: [Expression]) -> [Int]? {
        guard arguments.count == 2, let base = arguments[0].path,
            case .literal(.int(let index), _) = arguments[1]
        else { return nil }
        return base + [Int(index)]
    }

    /// The columns and fields that the expression reads.
    var paths: Set<[Int]> {
        if let path { return [path] }
        return switch self {
        case .column(let index, _): [[index]]
        case .literal: []
        case .call(_, let arguments, _):
            arguments.reduce(into: []) { $0.formUnion($1.paths) }
        case .cast(let operand, _, _): operand.paths
        }
    }

    /// The expression with columns and fields replaced, the longest path first.
    func replacingPaths(_ replacement: ([Int]) -> Expression?) -> Expression {
        if let path, let replaced = replacement(path) { return replaced }
        return switch self {
        case .column, .literal: self
        case .call(let function, let arguments, let type):
            .call(
                function: function,
                arguments: arguments.map { $0.replacingPaths(replacement) },
                type: type
            )
        case .cast(let operand, let type, let mode):
            .cast(operand.replacingPaths(replacement), to: type, mode: mode)
        }
    }
}
