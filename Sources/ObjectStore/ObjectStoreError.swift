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
        /// The store cannot do what is needed of it, such as conditional puts. Whoever relies on
        /// that stops, and does not look whether the object is there: it is, by chance.
        case unsupported
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

    /// Of a call that was given up, since nobody waits for it any more; it may have worked.
    package static let cancelled = ObjectStoreError(
        .failed,
        isRetryable: true,
        "the call was given up, since nobody waits for it any more"
    )

    package var blame: Blame { .external }
}
