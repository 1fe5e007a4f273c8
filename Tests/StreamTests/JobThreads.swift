import Threads

/// Runs jobs on threads of their own, a few at a time: they would block the threads of tasks.
actor JobThreads {
    static let shared = JobThreads()

    private var free = 6
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// What the body gives, on a thread of its own.
    static func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        await shared.enter()
        let result = await withCheckedContinuation { continuation in
            _ = WorkerThread(name: "job") {
                continuation.resume(returning: Swift.Result { try body() })
            }
        }
        await shared.leave()
        return try result.get()
    }

    private func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
