import Threads

/// Calls that block: on the cooperative threads, which the server needs, they would wait for ever.
package enum OwnThread {
    /// Runs calls on a thread of their own.
    package static func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            _ = WorkerThread(name: "test") {
                continuation.resume(with: Result(catching: work))
            }
        }
    }
}
