import Checkpoints
import Connectors
import Core
import JobGraph
import ObjectStore
import Synchronization
import Threads

/// Runs a job, and after failures that may heal runs it again from its newest checkpoint.
package final class JobSupervisor: Sendable {
    private let job: JobDescription
    private let resources: JobResources
    private let observer: any JobObserver
    private let mailbox = Mailbox<JobAttempt.Event>(bound: ManagerLimits.events)
    private let isCancelled = Mutex(false)
    private let cancellation = ThreadSignal()

    package init(_ job: JobDescription, _ resources: JobResources, _ observer: any JobObserver) {
        self.job = job
        self.resources = resources
        self.observer = observer
    }

    /// Ends the job without another checkpoint; from any thread.
    package func cancel() {
        isCancelled.withLock { $0 = true }
        cancellation.raise()
        mailbox.send(.cancel)
    }

    /// Takes one more checkpoint, then ends the job; from any thread.
    package func stopAfterCheckpoint() {
        isCancelled.withLock { $0 = true }
        cancellation.raise()
        mailbox.send(.stopAfterCheckpoint)
    }

    /// Runs the job to its end; blocks.
    ///
    /// - `request`: which checkpoint the first attempt starts from.
    /// - `dropsState`: whether state that no operator takes may be dropped.
    /// - Throws `CheckpointError` when there is no such checkpoint, or it does not fit the job.
    package func run(
        from request: CheckpointRequest,
        droppingUntakenState dropsState: Bool = false
    ) throws -> JobOutcome {
        var restarts = RestartCounter(job.graph.settings.restart, resources.time)
        var request: RecoveryDecision.Request =
            switch request {
            case .fresh, .newest: .newest
            case .latest: .latest
            case .exactly(let path): .exactly(path)
            }
        var random = SystemRandomNumberGenerator()
        var number = 0
        while true {
            number += 1
            let outcome: JobOutcome
            do {
                outcome = try attempt(number, request, dropsState)
            } catch let error as CheckpointError where number > 1 && error.isRetryable {
                // The store fails now, such as with a full disk; it did not at the start.
                outcome = .failed(WrappedFailure(error))
            }
            request = .newest
            guard case .failed(let failure) = outcome, failure.isRetryable,
                !isCancelled.withLock({ $0 }),
                let pause = restarts.nextPauseMicroseconds(using: &random)
            else { return outcome }
            observer.restarting(failure, afterMicroseconds: pause)
            cancellation.wait(forMicroseconds: pause)
            if isCancelled.withLock({ $0 }) { return .cancelled }
        }
    }

    private func attempt(
        _ number: Int,
        _ request: RecoveryDecision.Request,
        _ dropsState: Bool
    ) throws -> JobOutcome {
        let layout = CheckpointLayout(jobID: job.id)
        let writer = try CheckpointWriter.claimNext(store: resources.store, layout: layout)
        let reader = CheckpointReader(store: resources.store)
        let (found, notes) = try reader.choose(layout, request, depth: .checksums)
        let mapping = found.map { RestoreMapping($0.manifest, job.graph) }
        if !dropsState { try mapping?.requireAllTaken() }
        try LocalFiles.removeAll(resources.localFolder)
        try LocalFiles.makeFolders(resources.localFolder)
        observer.attemptStarted(
            number,
            from: found?.manifest.checkpointID,
            notes: notes
        )
        // A restart has nothing new to say about it.
        if number == 1 {
            for warning in mapping?.warnings ?? [] {
                observer.report(.init(.warning, warning), from: "checkpoints")
            }
        }
        // What late threads of the last attempt sent is not for this one.
        var stale: [JobAttempt.Event] = []
        mailbox.drain(into: &stale)
        if isCancelled.withLock({ $0 }) { return .cancelled }
        let attempt = try JobAttempt(
            job,
            resources,
            observer,
            mailbox: mailbox,
            writer: writer,
            from: found,
            attempt: number
        )
        defer { removeLocalState() }
        return try attempt.run()
    }

    private func removeLocalState() {
        do throws(SystemFault) {
            try LocalFiles.removeAll(resources.localFolder)
        } catch {
            observer.report(
                .init(.warning, "The local state could not be removed: \(error)"),
                from: "checkpoints"
            )
        }
    }
}

/// Which checkpoint a job starts from.
package enum CheckpointRequest: Hashable, Sendable {
    /// None: the job is new.
    case fresh
    /// The newest, if there is one.
    case newest
    /// The newest; there must be one.
    case latest
    /// The one at a path in the store.
    case exactly(String)
}

/// Counts restarts as the strategy of the job says.
struct RestartCounter {
    private let strategy: RestartStrategy
    private let time: any TimeSource
    private var attempts = 0
    private var backoff: Backoff?
    private var lastMicroseconds: Int64

    init(_ strategy: RestartStrategy, _ time: any TimeSource) {
        self.strategy = strategy
        self.time = time
        lastMicroseconds = time.monotonicMicroseconds
        if case .exponential(let initial, let maximum, let multiplier, _, let jitter) = strategy {
            backoff = Backoff(
                initialMicroseconds: initial,
                maximumMicroseconds: maximum,
                multiplier: multiplier,
                jitterFactor: jitter
            )
        }
    }

    /// The pause before the next attempt; nil when there is none.
    mutating func nextPauseMicroseconds(
        using random: inout some RandomNumberGenerator
    ) -> Int64? {
        let now = time.monotonicMicroseconds
        defer { lastMicroseconds = now }
        switch strategy {
        case .none: return nil
        case .fixedDelay(let allowed, let delay):
            attempts += 1
            return attempts <= allowed ? delay : nil
        case .exponential(_, _, _, let resetAfter, _):
            if now - lastMicroseconds > resetAfter { backoff?.reset() }
            return backoff?.nextMicroseconds(using: &random)
        }
    }
}
