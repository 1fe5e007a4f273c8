package import Core

/// Why an operator cannot go on.
package struct OperatorError: Failure {
    package let blame: Blame
    package let isRetryable: Bool
    package let message: String
    package let cause: (any Error)?

    package init(
        blame: Blame,
        isRetryable: Bool = false,
        _ message: String,
        cause: (any Error)? = nil
    ) {
        self.blame = blame
        self.isRetryable = isRetryable
        self.message = message
        self.cause = cause
    }

    /// The failure of a lower layer, seen as this operator's.
    package init(_ failure: any Failure) {
        blame = failure.blame
        isRetryable = failure.isRetryable
        message = failure.message
        cause = failure.cause
    }
}
