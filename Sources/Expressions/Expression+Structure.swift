import Columnar

extension Expression {
    /// The arguments of a call or a conversion.
    package var children: [Expression] {
        switch self {
        case .column, .literal: []
        case .call(_, let arguments, _): arguments
        case .cast(let value, _, _): [value]
        }
    }

    /// The positions of the input columns that the value depends on.
    package var columns: Set<Int> {
        if case .column(let index, _) = self { return [index] }
        return children.reduce(into: []) { $0.formUnion($1.columns) }
    }

    /// The same expression over an input whose columns stand at other positions.
    package func mappingColumns(_ position: (Int) -> Int) -> Expression {
        switch self {
        case .column(let index, let type): return .column(index: position(index), type: type)
        case .literal: return self
        default: return mappingChildren { $0.mappingColumns(position) }
        }
    }

    /// The same expression with each column replaced by an expression, as when a projection is
    /// merged into what reads it.
    package func substituting(_ columns: [Expression]) -> Expression {
        if case .column(let index, _) = self { return columns[index] }
        return mappingChildren { $0.substituting(columns) }
    }

    func mappingChildren(_ change: (Expression) -> Expression) -> Expression {
        switch self {
        case .column, .literal: self
        case .call(let function, let arguments, let type):
            .call(function: function, arguments: arguments.map(change), type: type)
        case .cast(let value, let type, let mode): .cast(change(value), to: type, mode: mode)
        }
    }

    package var isLiteral: Bool {
        if case .literal = self { return true }
        return false
    }

    /// Whether equal inputs always give equal values, also within one batch.
    package var isDeterministic: Bool {
        if case .call(let function, _, _) = self,
            let entry = FunctionCatalogue.standard.entry(function), !entry.isDeterministic
        {
            return false
        }
        return children.allSatisfy(\.isDeterministic)
    }

    /// Whether the value depends on when it is computed.
    package var isDynamic: Bool {
        if case .call(let function, _, _) = self,
            let entry = FunctionCatalogue.standard.entry(function), entry.isDynamic
        {
            return true
        }
        return children.contains(where: \.isDynamic)
    }

    /// Whether some rows may make it fail.
    package var canFail: Bool {
        switch self {
        case .column, .literal: return false
        case .cast(let value, let type, let mode):
            return value.canFail
                || (mode == .strict && CastKernels.canFail(from: value.type, to: type))
        case .call(let function, let arguments, _):
            let entry = FunctionCatalogue.standard.entry(function)
            let own = entry?.failure.canFail(arguments.map { BoundArgument($0) }) ?? true
            return own || arguments.contains(where: \.canFail)
        }
    }

    /// The terms of a conjunction; the expression itself when it is none.
    package var conjuncts: [Expression] {
        guard case .call("AND", let terms, _) = self else { return [self] }
        return terms.flatMap(\.conjuncts)
    }
}
