import Synchronization

/// Waits on a thread of its own for work of the cooperative pool, such as that of a network client.
package enum BlockingCall {
    /// Runs the work and returns its result; never to be called on a cooperative thread.
    package static func run<Result: Sendable>(
        _ work: @escaping @Sendable () async -> Result
    ) -> Result {
        let call = Started(work)
        while true {
            call.done.wait()
            if let result = call.result { return result }
        }
    }

    /// Runs the work until it is done or nobody wants its result any more, which cancels it; never
    /// to be called on a cooperative thread.
    ///
    /// - Parameters:
    ///   - isGivenUp: whether nobody wants the result any more.
    ///   - interval: how often that is asked.
    ///   - work: what is waited for.
    /// - Returns: the result; nil when it was given up.
    package static func run<Result: Sendable>(
        unless isGivenUp: () -> Bool,
        askedEveryMicroseconds interval: Int64,
        _ work: @escaping @Sendable () async -> Result
    ) -> Result? {
        let call = Started(work)
        while true {
            call.done.wait(forMicroseconds: interval)
            if let result = call.result { return result }
            if isGivenUp() {
                call.task.cancel()
                return nil
            }
        }
    }

    /// Work that is under way.
    private struct Started<Result: Sendable> {
        let done = ThreadSignal()
        let task: Task<Void, Never>
        private let box = ResultBox<Result>()

        init(_ work: @escaping @Sendable () async -> Result) {
            task = Task { [done, box] in
                let result = await work()
                box.value.withLock { $0 = result }
                done.raise()
            }
        }

        /// Nil while there is none.
        var result: Result? { box.value.withLock { $0 } }
    }

    private final class ResultBox<Result: Sendable>: Sendable {
        let value = Mutex<Result?>(nil)
    }
}
