import Core
import ManagementAPI
import RESTClient

// Operations that take their time.
extension ClusterSession {
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
        var line = PacedLine(self, "waiting")
        let interrupted = "Interrupted: the job manager goes on with it. \(next)"
        let outcome = try wait(interrupted: interrupted) { elapsed -> OperationOutcome? in
            let result: OperationResult
            do {
                result = try poll()
            } catch let error as ClientError where error.kind == .refused(404) {
                throw CommandFailure(.cluster, "\(title): \(error.message)\n\(next)")
            }
            if result.status.id == .completed {
                return result.operation ?? OperationOutcome()
            }
            line.show(
                "\(title) goes on, \(DurationText.short(microseconds: elapsed)) so far",
                elapsedMicroseconds: elapsed
            )
            return nil
        }
        if let cause = outcome.failureCause {
            throw CommandFailure(.cluster, "\(title) failed: \(cause.text)\n\(next)")
        }
        return outcome
    }
}
