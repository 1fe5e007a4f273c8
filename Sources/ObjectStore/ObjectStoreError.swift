package import Core

/// Why an object store refused or failed.
package struct ObjectStoreError: Failure {
    /// What callers tell apart.
    package enum Kind: Sendable, Equatable {
        case notFound
        /// A conditional put found the key taken.
        case exists
        /// No space is left.
        case full
        /// Anything else: permissions, faults, time-outs.
        case failed
    }

    package let kind: Kind
    package let message: String
    package let isRetryable: Bool

    package init(_ kind: Kind, isRetryable: Bool = false, _ message: String) {
        self.kind = kind
        self.isRetryable = isRetryable
        self.message = message
    }

    package var blame: Blame { .external }
}
