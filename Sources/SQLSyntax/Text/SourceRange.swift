/// The place of a piece of a statement.
///
/// `start` and `end` are counted in the statement alone, from its first character, as if comments
/// were not there (Flink counts so); `end` is the last character itself. `offsets` are bytes of the
/// whole script, comments included: they serve to show the source line.
package struct SourceRange: Sendable, Hashable, CustomStringConvertible {
    // 32 bits each: every node carries a range, and the parser's stack many.
    private let lower: Int32
    private let upper: Int32
    private let startLine: Int32
    private let startColumn: Int32
    private let endLine: Int32
    private let endColumn: Int32

    package init(offsets: Range<Int>, start: LinePosition, end: LinePosition) {
        lower = Int32(clamping: offsets.lowerBound)
        upper = Int32(clamping: offsets.upperBound)
        startLine = Int32(clamping: start.line)
        startColumn = Int32(clamping: start.column)
        endLine = Int32(clamping: end.line)
        endColumn = Int32(clamping: end.column)
    }

    /// UTF-8 byte offsets in the script, the upper bound exclusive.
    package var offsets: Range<Int> { Int(lower)..<Int(upper) }

    /// The first character, counted in the statement.
    package var start: LinePosition {
        LinePosition(line: Int(startLine), column: Int(startColumn))
    }

    /// The last character, counted in the statement.
    package var end: LinePosition { LinePosition(line: Int(endLine), column: Int(endColumn)) }

    /// From the start of this range to the end of a later one.
    package func extended(to later: SourceRange) -> SourceRange {
        SourceRange(
            offsets: offsets.lowerBound..<max(offsets.upperBound, later.offsets.upperBound),
            start: start,
            end: max(end, later.end)
        )
    }

    /// `at line 1, column 28`, or `from line 1, column 28 to line 1, column 37`, as Calcite writes
    /// it.
    package var description: String {
        start == end ? "at \(start)" : "from \(start) to \(end)"
    }
}
