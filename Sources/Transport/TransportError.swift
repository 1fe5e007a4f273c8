import ClusterProtocol
package import Core

/// Why a connection or a listening port could not be had.
package struct TransportError: Failure {
    package let message: String
    package let blame: Blame
    package let isRetryable: Bool
    package let cause: (any Error)?

    package init(
        _ message: String,
        blame: Blame = .external,
        isRetryable: Bool = true,
        cause: (any Error)? = nil
    ) {
        self.message = message
        self.blame = blame
        self.isRetryable = isRetryable
        self.cause = cause
    }

    package init(_ message: String, _ cause: any Error) {
        if let cause = cause as? ProtocolError {
            self.init(message, blame: cause.blame, isRetryable: cause.isRetryable, cause: cause)
        } else {
            self.init(message, cause: cause)
        }
    }
}
