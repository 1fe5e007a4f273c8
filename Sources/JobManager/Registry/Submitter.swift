import Synchronization

/// Whoever waits to hear that a job was accepted, or has given up.
///
/// It is decided once, by whoever comes first: a job that nobody was told of must not run, since its
/// submitter tries again.
final class Submitter: Sendable {
    private enum State {
        case waits
        case accepted
        case left
    }

    private let state = Mutex(State.waits)

    /// The submitter waits no longer; without effect once the job is accepted.
    func leave() {
        state.withLock { if $0 == .waits { $0 = .left } }
    }

    var hasLeft: Bool { state.withLock { $0 == .left } }

    /// Accepts the job.
    ///
    /// - Returns: false when the submitter has left.
    func accept() -> Bool {
        state.withLock { state in
            if state == .waits { state = .accepted }
            return state == .accepted
        }
    }
}
