import Core
import Synchronization
import Threads

/// Runs the registry's calls, which block on the store, on a thread of their own, in order.
final class RegistryHost: Sendable {
    private typealias Work = @Sendable (inout JobRegistry) -> Void

    private let mailbox = Mailbox<Work>(bound: RegistryLimits.mail)
    private static let stoppedError = RegistryError(
        .failed,
        "the job manager does not lead any more"
    )
    private static let abandonedError = RegistryError(
        .failed,
        "nobody waited any longer for the job to be stored"
    )
    private let onFenced: @Sendable (String) -> Void
    private let onTrouble: @Sendable (String) -> Void
    private let isStopped = Mutex(false)
    /// Wakes the pause between two attempts.
    private let stopping = ThreadSignal()
    /// Ends calls to the store that outlast the grace of `stop`.
    private let cancellation = Cancellation()
    /// The registry as the thread left it.
    private let last = Mutex<JobRegistry?>(nil)
    private let thread = Mutex<WorkerThread?>(nil)

    /// - Parameters:
    ///   - onFenced: told when another leader has taken over.
    ///   - onTrouble: told when the store fails, and that it is tried again.
    init(
        onFenced: @escaping @Sendable (String) -> Void,
        onTrouble: @escaping @Sendable (String) -> Void
    ) {
        self.onFenced = onFenced
        self.onTrouble = onTrouble
    }

    func start(_ registry: JobRegistry) {
        let worker = WorkerThread(name: "registry") { [self] in
            var registry = registry.cancelled(by: cancellation)
            var work: [Work] = []
            while true {
                mailbox.drain(into: &work)
                for item in work { item(&registry) }
                work.removeAll()
                let current = registry
                last.withLock { $0 = current }
                // A closed mailbox wakes at once, and has given everything away when it was closed.
                if mailbox.isClosed, mailbox.isEmpty { return }
                mailbox.wait()
            }
        }
        thread.withLock { $0 = worker }
    }

    /// Ends the thread once it has done what it was asked.
    ///
    /// A store that does not answer is waited for a moment, not as long as it takes: what was to
    /// be stored is in doubt then, and the next leader reads what there is.
    ///
    /// - Parameter graceMicroseconds: how long that moment is.
    func stop(graceMicroseconds: Int64 = RegistryLimits.stopGraceMicroseconds) {
        isStopped.withLock { $0 = true }
        stopping.raise()
        let isOver = ThreadSignal()
        let grace = WorkerThread(name: "registry-grace") { [cancellation] in
            if isOver.wait(forMicroseconds: graceMicroseconds) { return }
            cancellation.cancel()
        }
        defer {
            isOver.raise()
            grace.join()
        }
        var rest: [Work] = []
        mailbox.closeAndDrain(into: &rest)
        thread.withLock { $0 }?.join()
        // Whoever waits for an answer gets one; nothing is tried again.
        if var registry = last.withLock({ $0 }) { for work in rest { work(&registry) } }
    }

    /// Reads all records and makes them this leader's, trying until it works or is over.
    func takeOver(then: @escaping @Sendable ([JobRecord], [String]) -> Void) {
        mailbox.send { [self] registry in
            attempt("The registry of jobs cannot be read") { () throws(RegistryError) in
                let (jobs, notes) = try registry.takeOver()
                then(jobs, notes)
            }
        }
    }

    /// Stores a record once; `then` is told how it went.
    func store(
        _ record: JobRecord,
        then: @escaping @Sendable (Result<Void, RegistryError>) -> Void
    ) {
        let isTaken = mailbox.send { [self] registry in
            do throws(RegistryError) {
                try registry.update(record)
                then(.success(()))
            } catch {
                if error.endsTerm { onFenced(error.description) }
                then(.failure(error))
            }
        }
        if !isTaken { then(.failure(Self.stoppedError)) }
    }

    /// Stores the record of a new job once; `then` is told how it went.
    ///
    /// A job that was refused, or that nobody waits for, must not run under a later leader: what
    /// may have been stored of it is removed first.
    func storeNew(
        _ record: JobRecord,
        for submitter: Submitter,
        then: @escaping @Sendable (Result<Void, RegistryError>) -> Void
    ) {
        let isTaken = mailbox.send { [self] registry in
            guard !isStopped.withLock({ $0 }) else { return then(.failure(Self.stoppedError)) }
            guard !submitter.hasLeft else { return then(.failure(Self.abandonedError)) }
            do throws(RegistryError) {
                try registry.update(record)
                if submitter.accept() { return then(.success(())) }
                then(.failure(takeBack(record.id, after: Self.abandonedError, &registry)))
            } catch {
                then(.failure(takeBack(record.id, after: error, &registry)))
            }
        }
        if !isTaken { then(.failure(Self.stoppedError)) }
    }

    /// Removes a job that was refused; where that fails it is tried again after the answer.
    private func takeBack(
        _ job: JobID,
        after refusal: RegistryError,
        _ registry: inout JobRegistry
    ) -> RegistryError {
        var refusal = refusal
        do throws(RegistryError) {
            if refusal.endsTerm { throw refusal }
            try registry.remove(job)
        } catch {
            refusal.isInDoubt = true
            if error.endsTerm { onFenced(error.description) } else { remove(job) }
        }
        return refusal
    }

    /// Stores a record, trying until it works or another leads; `then` is told when it is there.
    func keep(_ record: JobRecord, then: (@Sendable () -> Void)? = nil) {
        mailbox.send { [self] registry in
            attempt("The record of job '\(record.name)' cannot be stored") {
                () throws(RegistryError) in
                try registry.update(record)
                then?()
            }
        }
    }

    /// Forgets a job that has ended, trying until it works or another leads.
    func remove(_ job: JobID) {
        mailbox.send { [self] registry in
            attempt("The record of job '\(job)' cannot be removed") { () throws(RegistryError) in
                try registry.remove(job)
            }
        }
    }

    private func attempt(_ what: String, _ body: () throws(RegistryError) -> Void) {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        while !isStopped.withLock({ $0 }) {
            do throws(RegistryError) {
                return try body()
            } catch {
                if error.endsTerm { return onFenced(error.description) }
                onTrouble("\(what): \(error.description). Trying again.")
                stopping.wait(forMicroseconds: backoff.nextMicroseconds(using: &random))
            }
        }
    }
}
