import ManagementAPI

// How savepoints that somebody asked for went.
extension ClusterJob {
    /// How far a savepoint has come; nil if nobody knows of it.
    ///
    /// What was asked of an earlier leader is gone with it, but for the savepoint that a job was
    /// to end with: the job's record holds that before anything takes effect.
    ///
    /// - Parameters:
    ///   - trigger: the id of the request, which is in the name of the savepoint's folder.
    ///   - status: of the job.
    /// - Returns: what whoever asked is told.
    func savepoint(_ trigger: String, _ status: JobStatus) -> OperationResult? {
        switch history.savepoints[trigger] {
        case .inProgress: return .inProgress
        case .completed(let path): return .completed(location: path)
        case .failed(let reason): return .failed(reason)
        case nil: break
        }
        guard let path = record.savepointPath, path.hasSuffix("\(record.id)/savepoint-\(trigger)")
        else { return nil }
        switch status {
        case .finished where record.isSavepointPassed != true:
            return .completed(location: path)
        // A job that was drained only commits and ends; any other goes on.
        case .running where !isEnding && executor?.prepared?.drained == nil, .finished, .canceled,
            .failed:
            return .failed(
                "A savepoint has been created at \(path), but the job did not end with it, since "
                    + "another job manager took over: the job is \(status.rawValue)."
            )
        default: return .inProgress
        }
    }
}
