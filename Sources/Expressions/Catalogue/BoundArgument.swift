package import Columnar

/// An argument as the binder sees it: its type and, if it is a literal, its value.
package struct BoundArgument: Sendable, Hashable {
    package let type: DataType
    /// The value of a literal argument; `.null` for NULL; nil for anything else.
    package let literal: ScalarValue?

    package init(_ type: DataType, literal: ScalarValue? = nil) {
        self.type = type
        self.literal = literal
    }

    package init(_ expression: Expression) {
        type = expression.type
        if case .literal(let value, _) = expression {
            literal = value
        } else {
            literal = nil
        }
    }

    /// Whether it is an untyped NULL.
    var isNullLiteral: Bool { type.kind == .null }
}
