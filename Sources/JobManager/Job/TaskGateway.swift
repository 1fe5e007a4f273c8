package import Core
package import Dataflow
package import Operators

/// How a job manager reaches the processes that run slots; calls do not block.
///
/// What happens there comes back as `JobEvent`s: `deployed` and `stopped` as the machine's, the
/// rest as task events.
package protocol TaskGateway: Sendable {
    /// Makes the attempt's slots ready to be started, at all places.
    ///
    /// - Throws: when it cannot be sent to them.
    func deploy(_ deployment: TaskDeployment) throws(WrappedFailure)
    /// Hands a command to the slots that it is for.
    ///
    /// - Throws: when it cannot be sent to them.
    func send(_ command: TaskCommand, to deployment: TaskDeployment) throws(WrappedFailure)
    /// Stops the attempt's slots at the given places.
    func stop(_ deployment: TaskDeployment, at places: [TaskManagerID])
    /// The counters of each node, by slot, as far as they are known here.
    func counters(_ deployment: TaskDeployment) -> [[NodeCounters]]
}

/// What can happen to a job, with all that belongs to it.
package enum JobEvent: Sendable {
    case machine(JobMachine.Event)
    case task(attempt: Int, TaskEvent)
    case enumerator(attempt: Int, EnumeratorEvent)
    case manifest(attempt: Int, ManifestEvent)
    case prepared(attempt: Int, Result<PreparedAttempt, any Error>)
}
