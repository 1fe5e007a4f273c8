/// A line and a column, both counted from 1; columns count UTF-16 units, as Calcite does.
package struct LinePosition: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: LinePosition, right: LinePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }

    /// `line 1, column 28`.
    package var description: String { "line \(line), column \(column)" }
}
