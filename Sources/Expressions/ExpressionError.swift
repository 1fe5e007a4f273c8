package import Core

/// Why an expression failed on the rows of a batch: the data does not fit the SQL.
package struct ExpressionError: Failure {
    /// What Flink would have said, such as `/ by zero`.
    package let reason: String
    /// The failing call, printed.
    package let expression: String

    /// The tables that the rows were on their way to; may be empty.
    package let destination: String

    package init(reason: String, expression: String, destination: String = "") {
        self.reason = reason
        self.expression = expression
        self.destination = destination
    }

    package var message: String {
        guard !expression.isEmpty else { return reason }
        let way = destination.isEmpty ? "" : ", on the way to \(destination)"
        return "\(reason) (in \(expression)\(way))"
    }

    package var blame: Blame { .user }
    package var isRetryable: Bool { false }
}

/// A value that a kernel cannot take; the program adds the expression.
struct RowFailure: Error {
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}
