/// Who has to act for a failed piece of work to succeed.
package enum Blame: String, Sendable, Codable {
    /// The SQL, an option or the data is wrong: running it again fails again.
    case user
    /// A system that we talk to refused or vanished.
    case external
    /// Apus itself broke a promise.
    case engine
}

/// What every module's error says; the restart policy reads only `blame` and `isRetryable`.
package protocol Failure: Error, CustomStringConvertible {
    var blame: Blame { get }
    /// Whether the same work may succeed later without anybody's help.
    var isRetryable: Bool { get }
    /// What happened, where, and what to do: a sentence or more for people.
    var message: String { get }
    /// The failure that led to this one.
    var cause: (any Error)? { get }
}

extension Failure {
    package var cause: (any Error)? { nil }

    /// The message, followed by those of the causes.
    package var description: String {
        guard let cause else { return message }
        return "\(message)\n  caused by: \(cause)"
    }
}

/// Any error seen as a failure: an error that is not one of ours counts as the engine's.
package struct WrappedFailure: Failure, Hashable, Codable {
    package let blame: Blame
    package let isRetryable: Bool
    package let message: String

    package init(_ error: any Error) {
        if let failure = error as? any Failure {
            blame = failure.blame
            isRetryable = failure.isRetryable
            message = failure.description
        } else {
            blame = .engine
            isRetryable = false
            message = String(describing: error)
        }
    }

    package init(blame: Blame, isRetryable: Bool = false, message: String) {
        self.blame = blame
        self.isRetryable = isRetryable
        self.message = message
    }
}
