import Synchronization

/// A queue from many threads to one, with a bound that senders choose to respect.
///
/// Batches, watermarks, barriers and commands all travel as mail, in order per sender
/// (Flink's mailbox model). `send` always succeeds, so that a slot thread never blocks on
/// another; `sendWaiting` is for source threads, which may. The one receiver drains the whole
/// queue at once: one lock per run of messages, not per message.
package final class Mailbox<Message: Sendable>: Sendable {
    private struct State {
        var queue: [Message] = []
        var isClosed = false
        var waitingSenders: [ThreadSignal] = []
    }

    private let state: Mutex<State>
    private let arrival = ThreadSignal()
    private let bound: Int

    /// - Parameter bound: how many messages may wait before `sendWaiting` blocks.
    package init(bound: Int) {
        precondition(bound > 0, "a mailbox holds at least one message")
        self.bound = bound
        state = Mutex(State())
    }

    /// Adds a message, whatever the bound.
    ///
    /// - Returns: false when the mailbox is closed; the message is dropped.
    @discardableResult
    package func send(_ message: Message) -> Bool {
        let (accepted, wasEmpty) = state.withLock { state -> (Bool, Bool) in
            guard !state.isClosed else { return (false, false) }
            state.queue.append(message)
            return (true, state.queue.count == 1)
        }
        if wasEmpty { arrival.raise() }
        return accepted
    }

    /// Adds a message, waiting while the mailbox is full.
    ///
    /// - Returns: false when the mailbox is or becomes closed.
    package func sendWaiting(_ message: Message) -> Bool {
        let signal = ThreadSignal()
        while true {
            let mustWait = state.withLock { state -> Bool in
                guard !state.isClosed, state.queue.count >= bound else { return false }
                state.waitingSenders.append(signal)
                return true
            }
            guard mustWait else { return send(message) }
            signal.wait()
        }
    }

    /// Takes everything that waits, in order; does not block.
    package func drain(into messages: inout [Message]) {
        let (taken, senders) = state.withLock { state -> ([Message], [ThreadSignal]) in
            defer {
                state.queue = []
                state.waitingSenders = []
            }
            return (state.queue, state.waitingSenders)
        }
        messages.append(contentsOf: taken)
        for sender in senders { sender.raise() }
    }

    /// Blocks until a message may have arrived or the time is over.
    package func wait(forMicroseconds timeoutMicroseconds: Int64? = nil) {
        guard state.withLock({ $0.queue.isEmpty && !$0.isClosed }) else { return }
        if let timeoutMicroseconds {
            arrival.wait(forMicroseconds: timeoutMicroseconds)
        } else {
            arrival.wait()
        }
    }

    /// Wakes the receiver without a message.
    package func wake() {
        arrival.raise()
    }

    /// Refuses further messages, drops the waiting ones and frees blocked senders.
    package func close() {
        let senders = state.withLock { state -> [ThreadSignal] in
            state.isClosed = true
            state.queue = []
            defer { state.waitingSenders = [] }
            return state.waitingSenders
        }
        for sender in senders { sender.raise() }
        arrival.raise()
    }

    /// Refuses further messages and takes the waiting ones: none is dropped unseen.
    package func closeAndDrain(into messages: inout [Message]) {
        let (taken, senders) = state.withLock { state -> ([Message], [ThreadSignal]) in
            state.isClosed = true
            defer {
                state.queue = []
                state.waitingSenders = []
            }
            return (state.queue, state.waitingSenders)
        }
        messages.append(contentsOf: taken)
        for sender in senders { sender.raise() }
        arrival.raise()
    }

    /// Whether nothing waits.
    package var isEmpty: Bool { state.withLock { $0.queue.isEmpty } }

    package var isClosed: Bool { state.withLock { $0.isClosed } }
}
