import Core
import FoundationEssentials
import JobGraph
package import ManagementAPI
import ObjectStore
import Planner
import Threads

// What makes jobs.
extension ClusterService {
    package func submit(_ submission: JobSubmission) async throws(ServiceError) -> SubmittedJob {
        guard let host else { throw .unavailable("This job manager does not lead.") }
        let planned = try await accepted(submission, host.stores)
        switch await host.submit(planned) {
        case .success:
            return SubmittedJob(
                id: planned.record.id.text,
                url: "/jobs/\(planned.record.id)",
                name: planned.record.name,
                parallelism: planned.record.parallelism,
                guarantees: planned.guarantees,
                notes: planned.notes
            )
        case .failure(let error):
            let doubt = """
                 It may run all the same when another job manager leads: look at 'jobctl list' \
                before you submit it again.
                """
            throw .unavailable(
                "The job could not be stored: \(error.description)" + (error.isInDoubt ? doubt : "")
            )
        }
    }

    /// Plans a script and looks at the savepoint that it is to start from, on a thread of its own:
    /// a large script and a distant store take time.
    private func accepted(
        _ submission: JobSubmission,
        _ stores: any StoreOpening
    ) async throws(ServiceError) -> PlannedJob {
        let result: Result<PlannedJob, ServiceError> = await withCheckedContinuation {
            continuation in
            _ = WorkerThread(name: "plan") { [self] in
                let result = Result { () throws(ServiceError) -> PlannedJob in
                    let job = try plan(submission)
                    if let path = job.record.savepointPath {
                        try SavepointCheck(
                            path: path,
                            dropsUntakenState: job.record.allowsNonRestoredState
                        ).run(job.graph, stores)
                    }
                    return job
                }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }

    private func plan(_ submission: JobSubmission) throws(ServiceError) -> PlannedJob {
        do throws(ScriptProblem) {
            let planned = try JobPlanning.plan(
                sql: submission.sql,
                name: submission.name,
                parallelism: submission.parallelism,
                settings: submission.settings.sorted { $0.key < $1.key }
                    .map { (key: $0.key, value: $0.value) },
                defaultParallelism: options.defaultParallelism,
                connectors: connectors
            )
            let tooLarge = DeploymentSize.problem(
                planned.graph,
                slots: planned.slots,
                bytesMax: options.messageBytesMax
            )
            if let tooLarge { throw ScriptProblem(isSetting: false, tooLarge) }
            var random = SystemRandomNumberGenerator()
            return PlannedJob(
                record: JobRecord(
                    id: JobID(using: &random),
                    name: planned.name,
                    sqlText: submission.sql,
                    settings: submission.settings,
                    parallelism: planned.slots,
                    maxParallelism: planned.graph.settings.maxParallelism,
                    savepointPath: submission.fromSavepoint,
                    allowsNonRestoredState: submission.allowNonRestoredState,
                    submittedMicroseconds: time.nowMicroseconds
                ),
                graph: planned.graph,
                guarantees: planned.plan.guarantees,
                notes: planned.plan.settings.notes
            )
        } catch {
            throw .badRequest(error.message)
        }
    }
}
