import Core
import Synchronization
import Threads

/// Lets so many requests be under way at once, first come, first served, and knows when none is.
final class RequestGate: Sendable {
    fileprivate struct State {
        var free: Int
        var underWay = 0
        var isClosed = false
        var waiting: [ThreadSignal] = []
    }

    private let state: Mutex<State>
    private let allDone = ThreadSignal()

    init(_ atOnce: Int) {
        state = Mutex(State(free: atOnce))
    }

    /// Does the work when it is its turn.
    ///
    /// - Throws: what the work throws, or `closed`; also when it is cancelled before its turn.
    func pass<Result>(
        unless cancellation: Cancellation,
        _ work: () throws(HTTPFault) -> Result
    ) throws(HTTPFault) -> Result {
        try enter(cancellation)
        defer { leave() }
        return try work()
    }

    private func enter(_ cancellation: Cancellation) throws(HTTPFault) {
        let turn = ThreadSignal()
        let isMine = state.withLock { state -> Bool? in
            if state.isClosed { return nil }
            if state.free > 0 {
                state.free -= 1
                state.underWay += 1
                return true
            }
            state.waiting.append(turn)
            return false
        }
        if isMine == true { return }
        // Who leaves hands its place over, so that nobody overtakes.
        if isMine == false {
            let waking = cancellation.onCancel { turn.raise() }
            turn.wait()
            cancellation.forget(waking)
            if state.withLock({ $0.leaveQueue(turn) }) { throw .unwanted }
            if !state.withLock({ $0.isClosed }) { return }
            leave()
        }
        throw HTTPFault(.closed, "the client was closed")
    }

    private func leave() {
        let (next, isLast) = state.withLock { state -> (ThreadSignal?, Bool) in
            if !state.waiting.isEmpty { return (state.waiting.removeFirst(), false) }
            state.free += 1
            state.underWay -= 1
            return (nil, state.underWay == 0)
        }
        next?.raise()
        if isLast { allDone.raise() }
    }

    /// Lets nobody in any more, and waits for those inside, for a bounded time.
    ///
    /// - Parameters:
    ///   - timeoutMicroseconds: how long to wait.
    ///   - hurry: makes those inside end; called after the gate is shut.
    /// - Returns: whether all have left.
    func close(timeoutMicroseconds: Int64, _ hurry: () -> Void) -> Bool {
        state.withLock { $0.isClosed = true }
        hurry()
        while state.withLock({ $0.underWay > 0 }) {
            if !allDone.wait(forMicroseconds: timeoutMicroseconds) { return false }
        }
        return true
    }
}

extension RequestGate.State {
    /// Gives up waiting; false when the turn has come.
    fileprivate mutating func leaveQueue(_ turn: ThreadSignal) -> Bool {
        guard let index = waiting.firstIndex(where: { $0 === turn }) else { return false }
        waiting.remove(at: index)
        return true
    }
}
