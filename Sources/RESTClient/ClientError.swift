package import Core

/// Why a request came to nothing, with what to do next.
package struct ClientError: Failure, Hashable {
    /// What went wrong.
    package enum Kind: Hashable, Sendable {
        /// Nobody answers.
        case unreachable
        /// The job manager answered with an error of that HTTP status.
        case refused(Int)
        /// Somebody answered who is no job manager, or of another version.
        case strange
        /// Somebody did not want to wait any longer.
        case interrupted
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var blame: Blame {
        if case .refused(let status) = kind, status < 500 { .user } else { .external }
    }
    package var isRetryable: Bool {
        switch kind {
        case .unreachable: true
        case .refused(let status): status >= 502
        case .strange, .interrupted: false
        }
    }
}
