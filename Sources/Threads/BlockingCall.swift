import Synchronization

/// Waits on a thread of its own for work of the cooperative pool, such as that of a network client.
package enum BlockingCall {
    /// Runs the work and returns its result; never to be called on a cooperative thread.
    package static func run<Result: Sendable>(
        _ work: @escaping @Sendable () async -> Result
    ) -> Result {
        let done = ThreadSignal()
        let box = ResultBox<Result>()
        Task {
            let result = await work()
            box.value.withLock { $0 = result }
            done.raise()
        }
        while true {
            done.wait()
            if let result = box.value.withLock({ $0 }) { return result }
        }
    }

    private final class ResultBox<Result: Sendable>: Sendable {
        let value = Mutex<Result?>(nil)
    }
}
