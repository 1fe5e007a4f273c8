import Synchronization

/// Tells whoever waits for another system that nobody waits for them any more: they give up.
///
/// Handed out with the contexts of readers, writers and enumerators, and with stores, before any
/// of them blocks.
package final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var nextNumber = 0
        var handlers: [Int: @Sendable () -> Void] = [:]

        /// The number of a new handler; nil when it is too late for one.
        mutating func add(_ handler: @escaping @Sendable () -> Void) -> Int? {
            if isCancelled { return nil }
            defer { nextNumber += 1 }
            handlers[nextNumber] = handler
            return nextNumber
        }
    }

    /// What is to run, to be taken back.
    package struct Handler: Sendable {
        fileprivate let number: Int?
    }

    private let state = Mutex(State())

    package init() {}

    package var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Runs something, briefly, when it is cancelled; at once when it has been.
    ///
    /// - Returns: what takes it back, once there is nothing more to end.
    @discardableResult
    package func onCancel(_ handler: @escaping @Sendable () -> Void) -> Handler {
        let number = state.withLock { $0.add(handler) }
        if number == nil { handler() }
        return Handler(number: number)
    }

    /// Takes a handler back; it may still be running on the cancelling thread.
    package func forget(_ handler: Handler) {
        guard let number = handler.number else { return }
        state.withLock { $0.handlers[number] = nil }
    }

    /// Cancels; callable from any thread, and more than once.
    package func cancel() {
        let handlers = state.withLock { state in
            defer { state.handlers = [:] }
            state.isCancelled = true
            return state.handlers.sorted { $0.key < $1.key }.map(\.value)
        }
        for handler in handlers { handler() }
    }
}
