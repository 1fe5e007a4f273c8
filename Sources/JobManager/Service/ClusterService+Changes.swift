import Checkpoints
import Core
package import ManagementAPI
import ObjectStore
import Synchronization
import Threads

// What changes jobs.
extension ClusterService {
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
            let status = state.status(known)
            // It was asked for before, and the answer was lost.
            if known.savepoint(id, status) != nil { return nil }
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
                    let store = try host.stores.open(location)
                    store.removeAbandoned()
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
        let answer = try await ask(about: job) { state, known in
            known.savepoint(trigger, state.status(known))
        }
        guard let answer else {
            throw .notFound(
                """
                Nobody knows of a savepoint '\(trigger)' of job \(job). If it was asked of an \
                earlier leader, that is gone and the savepoint may never have been completed.
                """
            )
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
        let request = RescaleRequests.Request(job: JobID(text: job), parallelism: parallelism)
        rescalings.withLock { $0.add(id, request) }
        return TriggerResponse(requestID: id)
    }

    package func rescaleStatus(
        _ job: String,
        _ trigger: String
    ) async throws(ServiceError) -> OperationResult {
        guard let wanted = rescalings.withLock({ $0[trigger] }), wanted.job.text == job else {
            throw .notFound(
                """
                Nobody knows of a rescaling '\(trigger)' of job \(job). If it was asked of an \
                earlier leader, the job's parallelism shows whether it was done.
                """
            )
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
