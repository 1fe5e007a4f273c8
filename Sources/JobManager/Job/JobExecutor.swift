import Checkpoints
import Connectors
import Core
package import Dataflow
package import JobGraph
import ObjectStore
import Operators
import Threads

/// Does what the machine of one job says: enumerators, manifests, and mail to its slots.
///
/// Belongs to the coordinator's thread; blocking work is done on threads of its own, which answer
/// with events.
package final class JobExecutor {
    let job: JobDescription
    let resources: JobResources
    let observer: any JobObserver
    let gateway: any TaskGateway
    let post: @Sendable (JobEvent) -> Void
    /// The attempt under way.
    var prepared: PreparedAttempt?
    package internal(set) var deployment: TaskDeployment?
    var enumerators: [Int: Mailbox<EnumeratorMail>] = [:]
    /// Ends what the enumerators of the attempt wait for.
    var cancellation = Cancellation()
    /// Ends what its manifests and retention wait for.
    private var storeCancellation = Cancellation()
    var manifests: Mailbox<ManifestMail>?
    /// What has been collected for the checkpoints under way.
    var pending: [CheckpointID: PendingCheckpoint] = [:]
    var helpers: [WorkerThread] = []
    /// A savepoint that ended the job, or that it was submitted with.
    var savepoint: RestorePoint?
    /// Whether the last attempt ended before it had restored all its state: its checkpoint may be
    /// damaged, so that the next one reads everything before it chooses.
    private var hasDoubts = false
    private var background: [WorkerThread] = []

    /// - Parameters:
    ///   - job: what is run.
    ///   - resources: what the process gives it.
    ///   - observer: told of what happens, on this thread.
    ///   - gateway: reaches its slots.
    ///   - post: takes events for this job, from any thread.
    package init(
        _ job: JobDescription,
        _ resources: JobResources,
        _ observer: any JobObserver,
        gateway: any TaskGateway,
        post: @escaping @Sendable (JobEvent) -> Void
    ) {
        self.job = job
        self.resources = resources
        self.observer = observer
        self.gateway = gateway
        self.post = post
        savepoint = job.savepoint
    }

    /// The job's shape, for its machine.
    package static func shape(_ graph: JobGraph) -> JobMachine.Shape {
        var sources: [Int] = []
        var sinks: [Int] = []
        for (index, node) in graph.nodes.enumerated() {
            switch node.spec {
            case .source, .values: sources.append(index)
            case .sink: sinks.append(index)
            default: break
            }
        }
        return JobMachine.Shape(
            sourceNodes: sources,
            sinkNodes: sinks,
            stageCount: StagePlan(graph).stages.count
        )
    }

    /// Does what the machine says; slots are the caller's business.
    package func perform(_ action: JobMachine.Action) {
        switch action {
        case .requestSlots, .releaseSlots: break
        case .prepare(let attempt, let request): prepare(attempt, request)
        case .deploy(let attempt, let places): deploy(attempt, places)
        case .start: start()
        case .stopTasks(let attempt, let places): stop(attempt, places)
        case .trigger(let id, let isFinal, let savepoint): trigger(id, isFinal, savepoint)
        case .store(let id):
            guard let collected = pending[id] else { return }
            manifests?.send(.store(collected))
        case .complete(let id): complete(id)
        case .savepointStored(let id, let request): savepointStored(id, request)
        case .savepointFailed(let request, let reason):
            observer.savepointFailed(request, reason: reason)
        case .giveUp(let id, let reason):
            observer.checkpointGivenUp(id, reason: reason)
            pending[id] = nil
        case .retryPersisting: send(.retryPersisting)
        case .running:
            hasDoubts = false
            let graph = job.graph
            let gateway = gateway
            guard let deployment else { return }
            observer.running(JobCounters(graph: graph) { gateway.counters(deployment) })
        case .restarting(let failure, let pause):
            observer.restarting(failure, afterMicroseconds: pause)
        case .rescaled(let slots): observer.rescaled(slots)
        case .rescaleFailed(let failure): observer.rescaleFailed(failure)
        case .ended(let outcome): observer.ended(outcome)
        }
    }

    func send(_ command: TaskCommand) {
        guard let deployment else { return }
        do throws(WrappedFailure) {
            try gateway.send(command, to: deployment)
        } catch {
            fail(deployment.attempt, error)
        }
    }

    /// The attempt cannot go on; comes back as mail, so that what is being done ends first.
    private func fail(_ attempt: Int, _ failure: WrappedFailure) {
        post(.machine(.failed(attempt: attempt, failure)))
    }

    /// Waits for work in the background; the job has ended.
    package func join() {
        for thread in background { thread.join() }
        background = []
    }

    /// Ends the job's own threads without waiting for them; the executor is used no more.
    func leave() {
        cancellation.cancel()
        storeCancellation.cancel()
        for box in enumerators.values { box.send(.stop) }
        manifests?.send(.stop)
        enumerators = [:]
        manifests = nil
        helpers = []
        background = []
    }

    func runInBackground(_ name: String, _ body: @escaping @Sendable () -> Void) {
        background.append(WorkerThread(name: name, body: body))
    }
}

// Attempts.
extension JobExecutor {
    private func prepare(_ attempt: Int, _ request: RecoveryDecision.Request) {
        // Whoever asked for a checkpoint is told at once that it is damaged.
        let isAskedFor = request != .newest
        let mustRead = hasDoubts || isAskedFor || job.graph.settings.restart == .none
        let preparation = AttemptPreparation(
            job: job,
            resources: resources,
            attempt: attempt,
            request: request,
            savepoint: savepoint,
            depth: mustRead ? .checksums : .sizes
        )
        let post = post
        runInBackground("prepare") {
            post(.prepared(attempt: attempt, Result { try preparation.run() }))
        }
    }

    /// Keeps what preparing found, and says what the machine has to know.
    func prepared(
        _ attempt: Int,
        _ result: Result<PreparedAttempt, any Error>
    ) -> JobMachine.Event {
        switch result {
        case .failure(let error):
            return .prepareFailed(attempt: attempt, WrappedFailure(error))
        case .success(let prepared):
            self.prepared = prepared
            observer.attemptStarted(
                attempt,
                from: prepared.found?.manifest.checkpointID,
                notes: prepared.notes
            )
            // A restart has nothing new to say about it.
            if attempt == 1 {
                for warning in prepared.warnings {
                    observer.report(.init(.warning, warning), from: "checkpoints")
                }
            }
            return .prepared(
                attempt: attempt,
                JobMachine.Prepared(
                    restored: prepared.found?.manifest.checkpointID,
                    nextCheckpoint: prepared.nextCheckpoint
                )
            )
        }
    }

    private func deploy(_ attempt: Int, _ places: [TaskManagerID]) {
        guard let prepared else { return }
        let deployment = TaskDeployment(
            id: .random(in: 1 ... .max),
            jobID: job.id,
            attempt: attempt,
            leaderEpoch: prepared.writer.leaderEpoch,
            graph: job.graph,
            places: places,
            restore: prepared.restore
        )
        self.deployment = deployment
        pending = [:]
        hasDoubts = true
        cancellation = Cancellation()
        storeCancellation = Cancellation()
        do throws(WrappedFailure) {
            try gateway.deploy(deployment)
        } catch {
            fail(attempt, error)
        }
    }

    private func start() {
        startManifests()
        if prepared?.drained != nil {
            endInput()
            send(.start)
            return
        }
        // Before the readers start: one that holds a split must not ask for another.
        assignHeldSplits()
        send(.start)
        startEnumerators()
    }

    private func startManifests() {
        guard let deployment, let prepared else { return }
        let mailbox = Mailbox<ManifestMail>(bound: 1024)
        manifests = mailbox
        let post = post
        let attempt = deployment.attempt
        do {
            let store = try ManifestStore(
                job,
                parallelism: deployment.parallelism,
                resources: resources.cancelled(by: storeCancellation),
                writer: prepared.writer.cancelled(by: storeCancellation),
                drainedSources: prepared.drained?.sources,
                mailbox: mailbox,
                events: { post(.manifest(attempt: attempt, $0)) }
            )
            helpers.append(WorkerThread(name: "manifests") { store.run() })
        } catch {
            fail(attempt, WrappedFailure(error))
        }
    }

    private func stop(_ attempt: Int, _ places: [TaskManagerID]) {
        guard let deployment else { return }
        cancellation.cancel()
        for box in enumerators.values { box.send(.stop) }
        manifests?.send(.stop)
        gateway.stop(deployment, at: places)
        let threads = helpers
        let post = post
        helpers = []
        enumerators = [:]
        manifests = nil
        pending = [:]
        let storeCancellation = storeCancellation
        runInBackground("stop") {
            // What the store is asked for now is worth a moment: a manifest that is not waited for
            // may still appear, and retention leaves files behind that only a next attempt looks for.
            let isOver = ThreadSignal()
            let grace = WorkerThread(name: "stop-grace") {
                if isOver.wait(forMicroseconds: ManagerLimits.stopGraceMicroseconds) { return }
                storeCancellation.cancel()
            }
            for thread in threads { thread.join() }
            isOver.raise()
            grace.join()
            post(.machine(.stopped(attempt: attempt, JobMachine.managerPlace)))
        }
    }
}
