import Core
import ManagementAPI

// Operations that take their time.
extension ClusterSession {
    private static let lineMicroseconds: Int64 = 10_000_000

    /// Waits for the outcome of an operation and shows that it goes on.
    ///
    /// - Parameters:
    ///   - title: what is done, as in `Savepoint of 'orders'`.
    ///   - next: where to look, for those who do not wait, and where it came to nothing.
    ///   - poll: asks how far it is.
    /// - Returns: how it ended well.
    /// - Throws: when it came to nothing, or nobody wants to wait any longer.
    func outcome(
        _ title: String,
        next: String,
        _ poll: () throws -> OperationResult
    ) throws -> OperationOutcome {
        var lastLine: Int64 = 0
        let interrupted = "Interrupted: the job manager goes on with it. \(next)"
        let outcome = try wait(interrupted: interrupted) { elapsed -> OperationOutcome? in
            let result = try poll()
            if result.status.id == .completed {
                return result.operation ?? OperationOutcome()
            }
            let text = "\(title) goes on, \(DurationText.short(microseconds: elapsed)) so far"
            if console.isTerminal, form == .text {
                console.live(text)
            } else if elapsed >= lastLine + Self.lineMicroseconds {
                lastLine = elapsed
                log.write("info", "waiting", text)
            }
            return nil
        }
        if let cause = outcome.failureCause {
            throw CommandFailure(.cluster, "\(title) failed: \(cause.text)\n\(next)")
        }
        return outcome
    }
}
