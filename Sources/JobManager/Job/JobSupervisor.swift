import Checkpoints
import Connectors
import Core
import Dataflow
import JobGraph
import KeyedState
import ObjectStore
import Synchronization
import Telemetry
import Threads

/// Runs one job with all its slots in this process, restarts included.
package final class JobSupervisor: Sendable {
    let job: JobDescription
    let resources: JobResources
    let slots: LocalSlots
    let gateway: LocalGateway
    let historian: JobHistorian
    let readings = TaskReadings()
    let vitals = Mutex(Vitals())
    private let observer: any JobObserver
    private let mailbox: Mailbox<JobEvent>

    package init(
        _ job: JobDescription,
        _ resources: JobResources,
        _ slots: LocalSlots,
        _ observer: any JobObserver
    ) {
        self.job = job
        self.resources = resources
        self.slots = slots
        let mailbox = Mailbox<JobEvent>(bound: ManagerLimits.events)
        self.mailbox = mailbox
        gateway = LocalGateway(resources, slots, post: { mailbox.send($0) })
        historian = JobHistorian(resources.time, root: resources.store.location) { _, _ in }
        self.observer = JobObserverPair(first: historian, second: observer)
    }

    /// Ends the job without another checkpoint; from any thread.
    package func cancel() {
        mailbox.send(.machine(.person(.cancel)))
    }

    /// Takes one more checkpoint, then ends the job; from any thread.
    package func stopAfterCheckpoint() {
        mailbox.send(.machine(.person(.stopAfterCheckpoint)))
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
        var job = job
        job.dropsUntakenState = dropsState
        let mailbox = mailbox
        let executor = JobExecutor(
            job,
            resources,
            observer,
            gateway: gateway,
            post: { mailbox.send($0) }
        )
        var machine = JobMachine(
            shape: JobExecutor.shape(job.graph),
            settings: job.graph.settings,
            parallelism: job.parallelism,
            request: request.decision,
            seed: .random(in: 0 ... .max)
        )
        defer {
            gateway.join()
            executor.join()
            removeLocalState()
        }
        handle(.start, &machine, executor)
        var events: [JobEvent] = []
        while true {
            for event in events {
                // What the store refuses at the start is told as it is.
                if case .prepared(1, .failure(let error)) = event, machine.attempt == 1 {
                    throw error
                }
                for event in executor.translate(event) { handle(event, &machine, executor) }
            }
            events.removeAll(keepingCapacity: true)
            handle(.tick, &machine, executor)
            note(machine, at: resources.time.monotonicMicroseconds)
            if let outcome = machine.outcome { return outcome }
            mailbox.drain(into: &events)
            if events.isEmpty {
                mailbox.wait(forMicroseconds: ManagerLimits.tickMicroseconds)
                mailbox.drain(into: &events)
            }
        }
    }

    private func removeLocalState() {
        do throws(SystemFault) {
            try slots.clear()
        } catch {
            observer.report(
                .init(.warning, "The local state could not be removed: \(error)"),
                from: "checkpoints"
            )
        }
    }

    private func handle(
        _ event: JobMachine.Event,
        _ machine: inout JobMachine,
        _ executor: JobExecutor
    ) {
        let now = resources.time.monotonicMicroseconds
        for action in machine.handle(event, nowMicroseconds: now) {
            executor.perform(action)
            if case .requestSlots(let count) = action {
                let places = Array(repeating: LocalGateway.place, count: count)
                handle(.slotsGranted(places), &machine, executor)
            }
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

    var decision: RecoveryDecision.Request {
        switch self {
        case .fresh, .newest: .newest
        case .latest: .latest
        case .exactly(let path): .exactly(path)
        }
    }
}
