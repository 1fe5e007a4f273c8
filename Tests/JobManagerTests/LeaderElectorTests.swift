import Core
import JobManager
import ObjectStore
import Synchronization
import Testing
import Threads

@Suite struct LeaderElectorTests {
    private let options = LeaseOptions(
        leaseDurationMicroseconds: 60_000_000,
        renewDeadlineMicroseconds: 30_000_000,
        retryPeriodMicroseconds: 10_000
    )
    private let layout = ClusterLayout(clusterID: "c1")

    /// A job manager that notes what it is told.
    private final class Manager: Sendable {
        let told = Mutex<[LeadershipEvent]>([])
        let arrival = ThreadSignal()

        func add(_ event: LeadershipEvent) {
            told.withLock { $0.append(event) }
            arrival.raise()
        }

        func waitUntilLeading() {
            while !told.withLock({ told in
                told.contains { if case .becameLeader = $0 { true } else { false } }
            }) {
                arrival.wait()
            }
        }
    }

    private func elector(
        _ name: String,
        _ store: any ObjectStore,
        _ manager: Manager
    )
        -> LeaderElector
    {
        LeaderElector(
            LeaseElection(
                holder: LeaderRecord.Holder(name: name, incarnation: "1"),
                address: LeaderRecord.Address(control: name, rest: name),
                options: options
            ),
            lease: ObjectStoreLease(store: store, layout: layout),
            time: SystemTime(),
            events: { manager.add($0) }
        )
    }

    @Test func `a standby takes over at once from a leader that resigns`() {
        let store = MemoryStore()
        let first = Manager()
        let second = Manager()
        let leader = elector("a", store, first)
        leader.start()
        first.waitUntilLeading()
        #expect(leader.currentEpoch == 1)
        let standby = elector("b", store, second)
        standby.start()
        leader.resign()
        #expect(leader.currentEpoch == nil)
        // Long before the lease of a minute is over.
        second.waitUntilLeading()
        #expect(standby.currentEpoch == 2)
        standby.resign()
        #expect(second.told.withLock { $0.contains(.becameLeader(epoch: 2)) })
    }

    @Test func `nobody leads by a store that ignores conditions`() {
        let store = FaultyStore(MemoryStore())
        // After the look that finds no record, the claim: it is written, and proves nothing.
        store.failCall(2, .refuseAfterwards)
        let manager = Manager()
        let candidate = elector("a", store, manager)
        candidate.start()
        while manager.told.withLock({ $0.isEmpty }) { manager.arrival.wait() }
        candidate.resign()
        let told = manager.told.withLock { $0 }
        guard case .failed(let reason)? = told.first else {
            Issue.record("\(told)")
            return
        }
        #expect(reason.contains("on purpose"))
        #expect(told.count == 1)
        #expect(candidate.currentEpoch == nil)
    }

    @Test func `records of leaders that are long gone are deleted`() throws {
        let store = MemoryStore()
        for epoch in 1...40 as ClosedRange<UInt64> {
            try store.put(layout.leaderKey(epoch), [], ifAbsent: true)
        }
        let lease = ObjectStoreLease(store: store, layout: layout)
        let record = LeaderRecord(
            epoch: 41,
            holder: LeaderRecord.Holder(name: "a", incarnation: "1"),
            address: LeaderRecord.Address(control: "", rest: "")
        )
        #expect(lease.claim(record) == .done)
        #expect(try store.list(layout.leaderFolder).count == 17)
        #expect(lease.read() == .record(record))
        // An epoch whose record was deleted can be claimed again, but not led.
        let late = LeaderRecord(epoch: 3, holder: record.holder, address: record.address)
        #expect(lease.claim(late) == .superseded(record))
    }

    @Test func `a record that cannot be read holds its epoch all the same`() throws {
        let store = MemoryStore()
        try store.put(layout.leaderKey(7), [1, 2], ifAbsent: true)
        let lease = ObjectStoreLease(store: store, layout: layout)
        guard case .record(let record) = lease.read() else {
            Issue.record("there is a record")
            return
        }
        #expect(record.epoch == 7)
        #expect(record.holder.name == "unknown")
    }
}
