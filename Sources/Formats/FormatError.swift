package import Core

/// Why a format cannot be used, or a record cannot be decoded or encoded.
package struct FormatError: Failure {
    package let blame: Blame
    package let isRetryable = false
    package let message: String
    package let cause: (any Error)?

    package init(blame: Blame = .user, _ message: String, cause: (any Error)? = nil) {
        self.blame = blame
        self.message = message
        self.cause = cause
    }
}
