package import Core

/// Why an expression is refused: Flink's message, and a hint of our own behind it.
package struct BindError: Failure {
    /// Flink's (or Calcite's) text.
    package let text: String
    /// More help, such as the nearest known name; with a leading space, or empty.
    package let hint: String

    package init(_ text: String, hint: String = "") {
        self.text = text
        self.hint = hint
    }

    package var message: String { text + hint }
    package var blame: Blame { .user }
    package var isRetryable: Bool { false }
}
