package import Core
import ObjectStore

/// Why the registry of jobs could not be read or written.
package struct RegistryError: Failure {
    /// What callers tell apart.
    package enum Kind: Sendable, Equatable {
        /// A newer leader has taken over: this one must stop, and acknowledge nothing.
        case fenced
        /// The store cannot do what leaders rely on: this one must stop, as if it were fenced.
        case unsupported
        /// A record is cut off or changed.
        case damaged
        case failed
    }

    package let kind: Kind
    package let message: String
    package let isRetryable: Bool
    package let cause: (any Error)?
    /// Whether a later leader may all the same find what was to be stored.
    package internal(set) var isInDoubt = false

    package init(
        _ kind: Kind,
        isRetryable: Bool = false,
        _ message: String,
        cause: (any Error)? = nil
    ) {
        self.kind = kind
        self.isRetryable = isRetryable
        self.message = message
        self.cause = cause
    }

    /// The store refused.
    init(_ what: String, _ cause: ObjectStoreError) {
        let isHopeless = cause.kind == .unsupported
        self.init(
            isHopeless ? .unsupported : .failed,
            isRetryable: !isHopeless,
            what,
            cause: cause
        )
    }

    /// Whether whoever meets it may not lead any more.
    var endsTerm: Bool { kind == .fenced || kind == .unsupported }

    package var blame: Blame { kind == .fenced ? .engine : .external }
}
