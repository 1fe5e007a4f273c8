package import Core

/// Why a connector cannot be built or cannot go on.
package struct ConnectorError: Failure {
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
}
