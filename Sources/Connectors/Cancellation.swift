import Synchronization

/// Tells connectors that nobody waits for them any more: what blocks on another system gives up.
///
/// Handed out with the contexts of readers, writers and enumerators, before any of them blocks.
package final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var handlers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Runs something, briefly, when it is cancelled; at once when it has been.
    package func onCancel(_ handler: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            if !state.isCancelled { state.handlers.append(handler) }
            return state.isCancelled
        }
        if isLate { handler() }
    }

    /// Cancels; callable from any thread, and more than once.
    package func cancel() {
        let handlers = state.withLock { state in
            defer { state.handlers = [] }
            state.isCancelled = true
            return state.handlers
        }
        for handler in handlers { handler() }
    }
}
