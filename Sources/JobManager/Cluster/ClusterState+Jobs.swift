import Checkpoints
import Connectors
package import Core
import Dataflow
package import JobGraph
import ObjectStore
import Planner
import Synchronization
import Threads

/// A script that has been planned for the cluster.
package struct PlannedJob: Sendable {
    package let record: JobRecord
    package let graph: JobGraph
    package let guarantees: [String]
    /// Settings that mean something else here than in Flink, and the like.
    package let notes: [String]
}

// Jobs: from their submission to their end.
extension ClusterState {
    /// Makes a job run; its record is stored.
    func adopt(_ planned: PlannedJob) {
        let record = planned.record
        guard jobs[record.id] == nil else { return }
        let log = resources.log
        let label = "job '\(record.name)' (\(record.id))"
        let historian = JobHistorian(
            resources.time,
            root: "\(resources.store.location)/\(record.id)",
            say: { level, text in log(level, "\(label): \(text)") }
        )
        var job = ClusterJob(
            record: record,
            graph: planned.graph,
            guarantees: planned.guarantees,
            historian: historian
        )
        let id = record.id
        let post = post
        job.executor = JobExecutor(
            description(record, planned.graph),
            jobResources(id),
            historian,
            gateway: ClusterGateway(taskManagers),
            post: { _ = post(.job(id, $0)) }
        )
        jobs[id] = job
        order.append(id)
        for note in planned.notes { historian.report(.init(.warning, note), from: "settings") }
        let machine = JobMachine(
            shape: JobExecutor.shape(planned.graph),
            settings: planned.graph.settings,
            parallelism: record.parallelism,
            request: .newest,
            seed: .random(in: 0 ... .max)
        )
        advance(.submitted(id, name: record.name, machine))
    }

    /// Shows a job that ended under an earlier leader.
    func adoptEnded(_ record: JobRecord) {
        jobs[record.id] = ClusterJob(
            record: record,
            graph: nil,
            guarantees: [],
            historian: nil,
            executor: nil,
            // One that cannot be planned here has not ended as far as the registry knows.
            isEndOnRecord: record.endedMicroseconds != nil
        )
        order.append(record.id)
    }

    private func description(_ record: JobRecord, _ graph: JobGraph) -> JobDescription {
        var description = JobDescription(
            id: record.id,
            graph: graph,
            parallelism: record.parallelism,
            sqlHash: SavepointPath.hash(ofSQL: record.sqlText)
        )
        description.savepoint = record.savepointPath.map {
            SavepointPath.restorePoint($0, record.savepointCheckpoint)
        }
        description.dropsUntakenState = record.allowsNonRestoredState
        return description
    }

    private func jobResources(_ id: JobID) -> JobResources {
        let post = post
        return JobResources(
            connectors: resources.connectors,
            store: resources.store,
            stores: resources.stores,
            time: resources.time,
            leaderEpoch: leaderEpoch,
            recordSavepoint: { point in
                // The record belongs to the cluster's thread; this one waits for it.
                let done = ThreadSignal()
                let answer = SavepointAnswer()
                let isTaken = post(
                    .ask { state in
                        state?.storeSavepoint(point, of: id) { result in
                            answer.set(result)
                            done.raise()
                        } ?? done.raise()
                    }
                )
                if isTaken { done.wait() }
                try answer.get()
            }
        )
    }

    private func storeSavepoint(
        _ point: RestorePoint,
        of id: JobID,
        then: @escaping @Sendable (Result<Void, RegistryError>) -> Void
    ) {
        guard var job = jobs[id] else {
            then(.failure(RegistryError(.failed, "the job '\(id)' is gone")))
            return
        }
        job.record.keep(point)
        let post = post
        registry.store(job.record) { result in
            if case .success = result {
                // Other changes of the record that are stored meanwhile do not know the path yet.
                _ = post(.ask { $0?.keepSavepoint(point, of: id) })
            }
            then(result)
        }
    }

    private func keepSavepoint(_ point: RestorePoint, of id: JobID) {
        jobs[id]?.record.keep(point)
    }

    /// Something has happened to a job.
    func handle(_ event: JobEvent, of id: JobID) {
        guard let executor = jobs[id]?.executor else { return }
        for event in executor.translate(event) { advance(.job(id, event)) }
    }

    /// Keeps the record of a job true.
    func note(_ action: JobMachine.Action, of id: JobID) {
        guard var job = jobs[id] else { return }
        switch action {
        case .prepare(let attempt, _):
            job.record.attempts = attempt
            job.record.state = .running
        case .rescaled(let parallelism): job.record.parallelism = parallelism
        case .ended(let outcome):
            job.record.endedMicroseconds = resources.time.nowMicroseconds
            switch outcome {
            case .finished: job.record.state = .finished
            case .cancelled: job.record.state = .cancelled
            case .failed(let failure):
                job.record.state = .failed
                job.record.failure = JobRecord.Failure(
                    blame: failure.blame,
                    message: failure.message
                )
            }
            let retention = job.graph?.settings.checkpointRetention
            job.record.discardsCheckpoints =
                retention?.discards(after: outcome) == true ? true : nil
            let executor = job.executor
            if job.record.savepointCheckpoint != nil, executor?.endsWithSavepoint == false {
                job.record.isSavepointPassed = true
            }
            job.executor = nil
            // Its threads have ended, or are about to: nothing waits for them.
            executor?.leave()
        default: return
        }
        let isNew = job.record != jobs[id]?.record
        jobs[id] = job
        guard isNew else { return }
        if job.record.state.isTerminal { keepEnd(job.record) } else { registry.keep(job.record) }
    }

    /// Hands a person's wish to a job.
    package func tell(_ wish: JobMachine.Wish, to id: JobID) {
        if case .savepoint(let request) = wish { jobs[id]?.historian?.asked(request) }
        advance(.job(id, .person(wish)))
    }
}

/// Carries the answer of the registry to the thread that waits for it.
private final class SavepointAnswer: Sendable {
    private let result = Mutex<Result<Void, RegistryError>>(
        .failure(RegistryError(.failed, "the job manager does not lead any more"))
    )

    func set(_ result: Result<Void, RegistryError>) {
        self.result.withLock { $0 = result }
    }

    func get() throws {
        try result.withLock { $0 }.get()
    }
}
