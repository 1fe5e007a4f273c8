import BenchmarkKit
import Core
import KeyedState
import Synchronization
import Threads

/// A persister as a slot has it: a thread that persists what the slot froze.
final class PersisterThread {
    private let mailbox = Mailbox<FrozenState>(bound: 4)
    private let thread: WorkerThread
    private let failure: Shared

    /// What the threads share.
    final class Shared: Sendable {
        let message = Mutex<String?>(nil)
        let waiting = Atomic<Int>(0)
        let isClosed = Atomic<Bool>(false)
    }

    init(_ persister: StatePersister) {
        let shared = Shared()
        failure = shared
        let mailbox = mailbox
        thread = WorkerThread(name: "persister") {
            var messages: [FrozenState] = []
            while !shared.isClosed.load(ordering: .acquiring) {
                mailbox.wait(forMicroseconds: 10_000)
                mailbox.drain(into: &messages)
                for frozen in messages {
                    do {
                        try persister.persist(frozen)
                    } catch {
                        shared.message.withLock { $0 = "\(error)" }
                    }
                    shared.waiting.subtract(1, ordering: .releasing)
                }
                messages.removeAll()
            }
        }
    }

    /// Freezes early as a slot does, and waits while the persister is behind.
    func freezeIfNeeded(_ store: StateStore) throws {
        guard store.shouldFreeze else { return }
        while failure.waiting.load(ordering: .acquiring) > 1 { pause() }
        try freeze(store)
    }

    func freeze(_ store: StateStore) throws {
        failure.waiting.add(1, ordering: .releasing)
        mailbox.send(try store.freeze(1))
    }

    private func pause() {
        ThreadSignal().wait(forMicroseconds: 200)
    }

    /// Waits until everything has been persisted.
    func drain() throws {
        while failure.waiting.load(ordering: .acquiring) > 0 { pause() }
        if let message = failure.message.withLock({ $0 }) { Report.note("persister: \(message)") }
    }

    func finish() throws {
        try drain()
        failure.isClosed.store(true, ordering: .releasing)
        mailbox.wake()
        thread.join()
    }
}
