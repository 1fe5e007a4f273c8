package import Core
package import SQLSyntax

/// Why a statement is refused: Flink's message, where it is, and a hint of our own.
package struct PlannerError: Failure {
    /// Flink's (or Calcite's) text.
    package let headline: String
    /// More help, such as the nearest known name; with a leading space, or empty.
    package let hint: String
    /// The piece of the statement that the message is about; nil where Flink names none.
    package let range: SourceRange?

    package init(_ headline: String, hint: String = "", at range: SourceRange?) {
        self.headline = headline
        self.hint = hint
        self.range = range
    }

    package var message: String {
        guard let last = headline.last, !hint.isEmpty else { return headline }
        return (".?!:".contains(last) ? headline : headline + ".") + hint
    }
    package var blame: Blame { .user }
    package var isRetryable: Bool { false }
}
