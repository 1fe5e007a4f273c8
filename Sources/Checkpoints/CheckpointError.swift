package import Core
import ObjectStore

/// Why a checkpoint could not be written, found or read.
package struct CheckpointError: Failure {
    /// What callers tell apart.
    package enum Kind: Sendable, Equatable {
        /// A newer leader has taken over: this one must stop.
        case fenced
        /// What was asked for does not exist.
        case notFound
        /// A file is missing, cut off or changed.
        case damaged
        /// The same, found out while it was being restored: the next attempt looks at every byte
        /// before it chooses.
        case damagedInUse
        /// It holds state that the job has no operator for, or that its operator cannot read.
        case unmapped
        /// No space is left.
        case full
        /// The store cannot do what checkpoints need, such as conditional puts.
        case unsupported
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

    /// The store refused: what that means for a checkpoint.
    init(_ what: String, _ cause: ObjectStoreError) {
        let kind: Kind =
            switch cause.kind {
            case .full: .full
            case .notFound: .notFound
            case .unsupported: .unsupported
            case .exists, .failed: .failed
            }
        self.init(kind, what, cause: cause)
    }

    package var blame: Blame {
        switch kind {
        case .fenced: .engine
        case .notFound, .unmapped: .user
        case .damaged, .damagedInUse, .full, .unsupported, .failed: .external
        }
    }

    package var isRetryable: Bool {
        switch kind {
        case .damagedInUse, .full, .failed: true
        case .fenced, .notFound, .damaged, .unmapped, .unsupported: false
        }
    }

    /// The same error of a checkpoint that was chosen already.
    package var inUse: CheckpointError {
        guard kind == .damaged || kind == .notFound else { return self }
        return CheckpointError(.damagedInUse, message, cause: cause)
    }
}
