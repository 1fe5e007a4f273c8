package import Columnar

/// A value for every row of a batch: a column, or one value for all rows.
package enum Operand: Sendable {
    case column(Column)
    case constant(ScalarValue, DataType)

    package var type: DataType {
        switch self {
        case .column(let column): column.type
        case .constant(_, let type): type
        }
    }

    /// Whether every row is known to be NULL.
    package var isAllNull: Bool {
        switch self {
        case .column(let column): if case .null = column.values { true } else { false }
        case .constant(let value, _): value == .null
        }
    }

    package var isConstant: Bool {
        if case .constant = self { return true }
        return false
    }

    /// One bit for each row, or nil when no row is NULL; a constant must not be NULL.
    package var validity: Bitmap? {
        switch self {
        case .column(let column): column.validity
        case .constant: nil
        }
    }

    /// The values as a column of `count` rows.
    package func column(count: Int) -> Column {
        switch self {
        case .column(let column): column
        case .constant(let value, let type): Column.constant(value, type, count: count)
        }
    }

    /// The same values under another type of the same layout.
    package func retyped(_ type: DataType) -> Operand {
        switch self {
        case .column(let column): .column(column.retyped(type))
        case .constant(let value, _): .constant(value, type)
        }
    }

    /// The rows at the given positions.
    func gather(_ positions: FixedValues<Int32>) -> Operand {
        switch self {
        case .column(let column): .column(column.gather(positions))
        case .constant: self
        }
    }
}
