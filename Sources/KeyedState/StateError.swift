package import Core

/// Why keyed state could not be read, written or restored.
package struct StateError: Failure {
    /// What callers tell apart.
    package enum Kind: Sendable, Equatable {
        /// No space is left on the disk; what was to be written is kept in memory.
        case full
        /// The checkpoint's state does not fit what the job declares.
        case schema
        /// What was read is not what was written.
        case damaged
        /// Anything else.
        case failed
    }

    package let kind: Kind
    package let message: String
    package let cause: (any Error)?

    package init(_ kind: Kind, _ message: String, cause: (any Error)? = nil) {
        self.kind = kind
        self.message = message
        self.cause = cause
    }

    package var blame: Blame {
        switch kind {
        case .schema: .user
        case .full, .damaged: .external
        case .failed: .engine
        }
    }

    /// What is damaged is the local copy of state: the next attempt fetches another.
    package var isRetryable: Bool { kind != .schema }
}
