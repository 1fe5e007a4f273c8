package import Core
import Synchronization
import Threads

/// What a job manager is told about leadership; called on the elector's thread, in order.
package enum LeadershipEvent: Hashable, Sendable {
    case becameLeader(epoch: UInt64)
    /// Stop at once all that a leader does: another may lead already.
    case lostLeadership(reason: String)
    /// Whom others should talk to; nil while nobody is known.
    case leaderIs(LeaderRecord?)
    /// The store cannot hold elections: this process never leads. It is the last event.
    case failed(reason: String)
}

/// Runs an election: the state machine on one thread, the calls to the store, which may hang, on
/// another, so that a leader that cannot renew stops in time.
package final class LeaderElector: Sendable {
    /// What the thread of the store is told.
    private enum Call: Sendable {
        case read
        case claim(LeaderRecord)
        case renew(LeaderRecord)
        case release(LeaderRecord)
        case stop
    }

    private struct Term {
        let epoch: UInt64
        var deadlineMicroseconds: Int64
    }

    private let lease: any LeaseStore
    private let time: any TimeSource
    private let events: @Sendable (LeadershipEvent) -> Void
    private let initial: LeaseElection
    private let term = Mutex<Term?>(nil)
    private let mailbox = Mailbox<LeaseElection.Event>(bound: LeaderLimits.mail)
    private let calls = Mailbox<Call>(bound: LeaderLimits.mail)
    private let released = ThreadSignal()

    /// - Parameters:
    ///   - election: a machine that has not been used.
    ///   - lease: where the records are.
    ///   - time: whose monotonic clock counts.
    ///   - events: what the job manager does; it must return soon.
    package init(
        _ election: LeaseElection,
        lease: any LeaseStore,
        time: any TimeSource,
        events: @escaping @Sendable (LeadershipEvent) -> Void
    ) {
        initial = election
        self.lease = lease
        self.time = time
        self.events = events
    }

    /// Starts the threads.
    package func start() {
        _ = WorkerThread(name: "lease-store") { self.runCalls() }
        _ = WorkerThread(name: "lease") { self.run() }
    }

    /// The epoch in which this process may act as the leader at this moment; from any thread.
    ///
    /// It ends with the lease even if the elector's own thread is not running.
    package var currentEpoch: UInt64? {
        let now = time.monotonicMicroseconds
        return term.withLock { term in
            term.flatMap { now < $0.deadlineMicroseconds ? $0.epoch : nil }
        }
    }

    /// Ends the election and lets another take over at once; from any thread but the elector's.
    ///
    /// The caller has stopped everything that a leader does. Returns when the record is released
    /// or the time is over.
    package func resign(waitingMicroseconds: Int64 = 5_000_000) {
        mailbox.send(.resign)
        released.wait(forMicroseconds: waitingMicroseconds)
    }

    private func run() {
        var election = initial
        var mail: [LeaseElection.Event] = [.tick]
        while true {
            for event in mail {
                let now = time.monotonicMicroseconds
                let actions = election.handle(event, nowMicroseconds: now)
                publish(election)
                for action in actions { perform(action) }
                if event == .resign {
                    calls.send(.stop)
                    return
                }
            }
            mail.removeAll(keepingCapacity: true)
            mailbox.drain(into: &mail)
            if mail.isEmpty {
                let now = time.monotonicMicroseconds
                mailbox.wait(forMicroseconds: election.nextTickMicroseconds(now) - now)
                mailbox.drain(into: &mail)
            }
            // Answers of the store are looked at in the light of the time.
            mail.append(.tick)
        }
    }

    private func publish(_ election: LeaseElection) {
        let now = election.epoch.flatMap { epoch in
            election.deadlineMicroseconds.map { Term(epoch: epoch, deadlineMicroseconds: $0) }
        }
        term.withLock { $0 = now }
    }

    private func perform(_ action: LeaseElection.Action) {
        switch action {
        case .read: calls.send(.read)
        case .claim(let record): calls.send(.claim(record))
        case .renew(let record): calls.send(.renew(record))
        case .release(let record): calls.send(.release(record))
        case .becameLeader(let epoch): events(.becameLeader(epoch: epoch))
        case .lostLeadership(let reason): events(.lostLeadership(reason: reason))
        case .leaderIs(let record): events(.leaderIs(record))
        case .failed(let reason): events(.failed(reason: reason))
        }
    }

    private func runCalls() {
        var waiting: [Call] = []
        while true {
            calls.drain(into: &waiting)
            for call in waiting {
                switch call {
                case .read: mailbox.send(.read(lease.read()))
                case .claim(let record): mailbox.send(.claimed(lease.claim(record)))
                case .renew(let record): mailbox.send(.renewed(lease.renew(record)))
                case .release(let record): lease.release(record)
                case .stop:
                    released.raise()
                    return
                }
            }
            if waiting.isEmpty { calls.wait() }
            waiting.removeAll(keepingCapacity: true)
        }
    }
}
