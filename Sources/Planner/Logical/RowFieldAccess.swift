import Expressions

/// The expression for a field of a ROW.
enum RowFieldAccess {
    /// The catalogue's name of the function.
    static let name = "FIELD"

    static func of(_ row: Expression, index: Int) -> Expression {
        FunctionCatalogue.field(row, index)
    }
}
