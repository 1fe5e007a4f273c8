import Checkpoints
import Core
import FoundationEssentials
import JobGraph
package import ManagementAPI
import ObjectStore
import Planner
import Synchronization
import Threads

// What changes jobs.
extension ClusterService {
    package func submit(_ submission: JobSubmission) async throws(ServiceError) -> SubmittedJob {
        guard let host else { throw .unavailable("This job manager does not lead.") }
        let planned = try await plan(submission)
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

    /// Plans on a thread of its own: a large script takes time.
    private func plan(_ submission: JobSubmission) async throws(ServiceError) -> PlannedJob {
        let connectors = connectors
        let options = options
        let now = time.nowMicroseconds
        let result: Result<PlannedJob, ScriptProblem> = await withCheckedContinuation {
            continuation in
            _ = WorkerThread(name: "plan") {
                let result = Result { () throws(ScriptProblem) -> PlannedJob in
                    let planned = try JobPlanning.plan(
                        sql: submission.sql,
                        name: submission.name,
                        parallelism: submission.parallelism,
                        settings: submission.settings.sorted { $0.key < $1.key }
                            .map { (key: $0.key, value: $0.value) },
                        defaultParallelism: options.defaultParallelism,
                        connectors: connectors
                    )
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
                            submittedMicroseconds: now
                        ),
                        graph: planned.graph,
                        guarantees: planned.plan.guarantees,
                        notes: planned.plan.settings.notes
                    )
                }
                continuation.resume(returning: result)
            }
        }
        switch result {
        case .success(let planned): return planned
        case .failure(let problem): throw .badRequest(problem.message)
        }
    }

    package func cancel(_ job: String) async throws(ServiceError) {
        let refusal = try await ask(about: job) { state, known -> String? in
            if known.isUnplanned {
                state.cancelUnplanned(known.record.id)
                return nil
            }
            let status = state.status(known)
            guard !status.isTerminal else {
                return "Job \(job) is over: it is \(status.rawValue)."
            }
            state.tell(.cancel, to: known.record.id)
            return nil
        }
        if let refusal { throw .conflict(refusal) }
    }

    package func triggerSavepoint(
        _ job: String,
        _ trigger: SavepointTrigger
    ) async throws(ServiceError) -> TriggerResponse {
        let ending: SavepointRequest.Ending = trigger.cancelJob == true ? .stops : .goesOn
        return try await savepoint(
            job,
            directory: trigger.targetDirectory,
            ending,
            id: trigger.triggerID
        )
    }

    package func stop(
        _ job: String,
        _ trigger: StopTrigger
    ) async throws(ServiceError) -> TriggerResponse {
        try await savepoint(
            job,
            directory: trigger.targetDirectory,
            trigger.drain == true ? .drains : .stops,
            id: trigger.triggerID
        )
    }

    private func savepoint(
        _ job: String,
        directory: String?,
        _ ending: SavepointRequest.Ending,
        id wanted: String?
    ) async throws(ServiceError) -> TriggerResponse {
        var random = SystemRandomNumberGenerator()
        let id = wanted ?? JobID(using: &random).text
        guard !id.isEmpty,
            id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
        else { throw .badRequest("The trigger id '\(id)' may have letters, digits and '-' only.") }
        let location = directory ?? options.savepoints ?? options.checkpoints
        let request = SavepointRequest(
            place: SavepointPlace(location: location, id: id),
            ending: ending
        )
        try await open(location)
        let refusal = try await ask(about: job) { state, known -> ServiceError? in
            if known.history.savepoints[id] != nil { return nil }
            let status = state.status(known)
            let phase = state.machine.jobs[known.record.id]?.phase
            guard status == .running, phase == .running else {
                let words = status == .running ? "about to finish" : status.rawValue
                return .conflict("Job \(job) is \(words): a savepoint needs a running job.")
            }
            state.tell(.savepoint(request), to: known.record.id)
            return nil
        }
        if let refusal { throw refusal }
        return TriggerResponse(requestID: id)
    }

    /// Looks whether a savepoint can be written somewhere, on a thread that may block.
    private func open(_ location: String) async throws(ServiceError) {
        guard let host else { throw .unavailable("This job manager does not lead.") }
        let fault: String? = await withCheckedContinuation { continuation in
            _ = WorkerThread(name: "open") {
                do throws(ObjectStoreError) {
                    _ = try host.stores.open(location)
                    continuation.resume(returning: nil)
                } catch {
                    continuation.resume(returning: error.description)
                }
            }
        }
        if let fault { throw .badRequest("The savepoint cannot be written there: \(fault)") }
    }

    package func savepointStatus(
        _ job: String,
        _ trigger: String
    ) async throws(ServiceError) -> OperationResult {
        let answer = try await ask(about: job) { _, known -> OperationResult? in
            switch known.history.savepoints[trigger] {
            case .inProgress: .inProgress
            case .completed(let path): .completed(location: path)
            case .failed(let reason): .failed(reason)
            case nil: nil
            }
        }
        guard let answer else {
            throw .notFound("There is no savepoint '\(trigger)' of job \(job).")
        }
        return answer
    }

    package func rescale(
        _ job: String,
        parallelism: Int
    ) async throws(ServiceError) -> TriggerResponse {
        let refusal = try await ask(about: job) { state, known -> ServiceError? in
            let status = state.status(known)
            guard !status.isTerminal else {
                return .conflict("Job \(job) is over: it is \(status.rawValue).")
            }
            guard parallelism >= 1, parallelism <= known.record.maxParallelism else {
                return .badRequest(
                    "The parallelism \(parallelism) is not between 1 and "
                        + "'pipeline.max-parallelism' (\(known.record.maxParallelism))."
                )
            }
            let pool = state.machine.pool
            let room = pool.free + pool.slots(of: known.record.id).count
            if status == .running, parallelism > room {
                return .conflict(
                    "The job needs \(parallelism) slots, and there are \(room) for it: start more "
                        + "task managers first. It goes on as it is."
                )
            }
            known.historian?.forgetRescaleFailure()
            state.tell(.rescale(parallelism), to: known.record.id)
            return nil
        }
        if let refusal { throw refusal }
        var random = SystemRandomNumberGenerator()
        let id = JobID(using: &random).text
        rescalings.withLock { $0[id] = (JobID(text: job), parallelism) }
        return TriggerResponse(requestID: id)
    }

    package func rescaleStatus(
        _ job: String,
        _ trigger: String
    ) async throws(ServiceError) -> OperationResult {
        guard let wanted = rescalings.withLock({ $0[trigger] }), wanted.job.text == job else {
            throw .notFound("There is no rescaling '\(trigger)' of job \(job).")
        }
        return try await ask(about: job) { state, known in
            if let failure = known.history.rescaleFailure { return .failed(failure.message) }
            guard let machine = state.machine.jobs[known.record.id] else { return .inProgress }
            if machine.phase == .ended {
                let status = state.status(known)
                guard status.isTerminal else { return .inProgress }
                return .failed("The job has ended: it is \(status.rawValue).")
            }
            let isThere = machine.parallelism == wanted.parallelism && machine.isWhole
            return isThere ? .completed() : .inProgress
        }
    }
}
