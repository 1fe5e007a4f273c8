import Core
import JobManager
import ObjectStore
import Testing
import Threads

/// What people are told of jobs, and what the next leader finds.
@Suite struct ClusterHostTests {
    @Test func `a cancelled job is not shown as over before the registry holds it`() async throws {
        let store = RefusingStore(refusing: "endedMicroseconds")
        let leader = try await LeadingHost(store, epoch: 1)
        defer { leader.host.stop() }
        let job = LeadingHost.record(1)
        try await leader.submit(job).get()
        try await leader.service.cancel(job.id.text)
        #expect(await leader.status(job) == "cancelling")
        // Once more does no harm.
        try await leader.service.cancel(job.id.text)
        #expect(await leader.status(job) == "cancelling")
        store.relent()
        try await leader.wait(for: "canceled", of: job)
        #expect(try LeadingHost.inherited(store, epoch: 2).map(\.state) == [.cancelled])
    }

    @Test func `a failed job is not shown as over before the registry holds it`() async throws {
        let store = RefusingStore(refusing: "endedMicroseconds")
        let leader = try await LeadingHost(store, epoch: 1)
        defer { leader.host.stop() }
        let job = LeadingHost.record(1, savepoint: "/no/such/savepoint-1")
        try await leader.submit(job).get()
        try await leader.wait(for: "failing", of: job)
        store.relent()
        try await leader.wait(for: "failed", of: job)
        #expect(try LeadingHost.inherited(store, epoch: 2).map(\.state) == [.failed])
    }

    @Test func `a job whose storing failed does not run under the next leader`() async throws {
        let store = FaultyStore(MemoryStore())
        let leader = try await LeadingHost(store, epoch: 1)
        defer { leader.host.stop() }
        let job = LeadingHost.record(1)
        // Its record is there, but whether the leader still leads cannot be seen.
        store.failCall(2, .fail(.failed))
        let result = try await leader.submit(job)
        #expect(throws: RegistryError.self) { try result.get() }
        #expect(store.calls.contains { $0.hasPrefix("put c1/jobs/job1/") })
        #expect(await leader.status(job) == nil)
        #expect(try LeadingHost.inherited(store, epoch: 2).isEmpty)
    }

    @Test func `a job is in doubt when what was stored of it cannot be removed`() async throws {
        let store = FaultyStore(MemoryStore())
        let leader = try await LeadingHost(store, epoch: 1)
        defer { leader.host.stop() }
        // The list after the record, and the removal's put with the look whether it is there.
        for call in 2...4 { store.failCall(call, .fail(.failed)) }
        let result = try await leader.submit(LeadingHost.record(1))
        #expect(throws: RegistryError.self) { try result.get() }
        if case .failure(let error) = result { #expect(error.isInDoubt) }
        // It is tried again before anything else is stored.
        try await leader.submit(LeadingHost.record(2)).get()
        let inherited = try LeadingHost.inherited(store, epoch: 2)
        #expect(inherited.map(\.id) == [LeadingHost.record(2).id])
    }

    @Test func `jobs that nobody waits for are neither stored nor run`() async throws {
        let hold = ThreadSignal()
        let store = FaultyStore(MemoryStore()) { _ in hold.wait() }
        let leader = try await LeadingHost(store, epoch: 1)
        defer { leader.host.stop() }
        let stuck = LeadingHost.record(1)
        let queued = LeadingHost.record(2)
        store.failCall(1, .delay(microseconds: 1))
        let first = Task { try await leader.submit(stuck) }
        while !store.calls.contains(where: { $0.hasPrefix("put c1/jobs/job1/") }) {
            try await Task.sleep(for: .milliseconds(1))
        }
        let second = Task { try await leader.submit(queued) }
        first.cancel()
        second.cancel()
        hold.raise()
        for task in [first, second] {
            let result = try await task.value
            #expect(throws: RegistryError.self) { try result.get() }
        }
        #expect(!store.calls.contains { $0.hasPrefix("put c1/jobs/job2/") })
        #expect(await leader.status(stuck) == nil)
        #expect(try LeadingHost.inherited(store, epoch: 2).isEmpty)
    }

    @Test func `a job that cannot be planned any more can be cancelled for good`() async throws {
        let store = RefusingStore(refusing: "endedMicroseconds")
        let job = LeadingHost.record(1, sql: "INSERT INTO nowhere SELECT 1")
        try LeadingHost.leave(job, in: store, epoch: 1)
        let leader = try await LeadingHost(store, epoch: 2)
        defer { leader.host.stop() }
        #expect(await leader.status(job) == "failed")
        try await leader.service.cancel(job.id.text)
        #expect(await leader.status(job) == "cancelling")
        store.relent()
        try await leader.wait(for: "canceled", of: job)
        // Over is over.
        await #expect(throws: (any Error).self) { try await leader.service.cancel(job.id.text) }
        let inherited = try #require(try LeadingHost.inherited(store, epoch: 3).first)
        #expect(inherited.state == .cancelled)
        #expect(inherited.endedMicroseconds != nil)
    }

    @Test func `a leader can stop while its store is silent, and whoever submits is told`()
        async throws
    {
        let store = SilentStore()
        let leader = try await LeadingHost(store, epoch: 1)
        store.fallSilent()
        async let submitted = leader.submit(LeadingHost.record(1))
        while store.waiting == 0 { try await Task.sleep(for: .milliseconds(1)) }
        let isStopped = ThreadSignal()
        _ = WorkerThread(name: "stop") {
            leader.host.stop()
            isStopped.raise()
        }
        #expect(isStopped.wait(forMicroseconds: 30_000_000))
        guard case .failure(let refusal) = try await submitted else {
            Issue.record("nothing was stored")
            return
        }
        #expect(refusal.isInDoubt)
    }
}
