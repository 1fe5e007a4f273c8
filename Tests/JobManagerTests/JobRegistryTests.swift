import Core
import JobManager
import ObjectStore
import Testing

@Suite struct JobRegistryTests {
    private let store = MemoryStore()
    private let layout = ClusterLayout(clusterID: "c1")

    private func registry(_ epoch: UInt64) throws -> JobRegistry {
        try store.put(layout.leaderKey(epoch), [], ifAbsent: true)
        return JobRegistry(store: store, layout: layout, leaderEpoch: epoch)
    }

    private func job(_ number: Int) -> JobRecord {
        JobRecord(
            id: JobID(text: "job\(number)"),
            name: "orders-\(number)",
            sqlText: "INSERT INTO b SELECT * FROM a",
            settings: ["execution.checkpointing.interval": "10 s"],
            parallelism: 2,
            maxParallelism: 128,
            submittedMicroseconds: Int64(number)
        )
    }

    private func keys() throws -> [String] { try store.list("c1/jobs/").map(\.key) }

    private func newestKey(_ job: JobRecord) throws -> String {
        let keys = try store.list(layout.jobFolder(job.id)).map(\.key)
        return try #require(keys.last)
    }

    @Test func `a new leader has all jobs as they were last`() throws {
        var first = try registry(1)
        #expect(try first.takeOver().jobs.isEmpty)
        try first.update(job(2))
        var running = job(1)
        try first.update(running)
        running.state = .running
        running.attempts = 3
        try first.update(running)
        var second = try registry(2)
        let (jobs, notes) = try second.takeOver()
        #expect(jobs == [running, job(2)])
        #expect(notes.isEmpty)
    }

    @Test func `a record in a store that ignores conditions is not acknowledged`() throws {
        try store.put(layout.leaderKey(1), [], ifAbsent: true)
        let careless = FaultyStore(store)
        var registry = JobRegistry(store: careless, layout: layout, leaderEpoch: 1)
        _ = try registry.takeOver()
        careless.failCall(1, .refuseAfterwards)
        do {
            try registry.update(job(1))
            Issue.record("it was acknowledged")
        } catch {
            #expect(error.kind == .unsupported)
            #expect(!error.isRetryable)
        }
    }

    @Test func `a deposed leader acknowledges nothing`() throws {
        var first = try registry(1)
        _ = try first.takeOver()
        var second = try registry(2)
        #expect(throws: RegistryError.self) { try first.update(job(1)) }
        // It was written before the new leader looked: harmless, and nobody was promised anything.
        #expect(try second.takeOver().jobs == [job(1)])
    }

    @Test func `a zombie's late writes lose`() throws {
        var first = try registry(1)
        _ = try first.takeOver()
        try first.update(job(1))
        var second = try registry(2)
        _ = try second.takeOver()
        var cancelled = job(1)
        cancelled.state = .cancelled
        try second.update(cancelled)
        var late = job(1)
        late.state = .running
        for record in [late, job(9)] {
            #expect(throws: RegistryError.self) { try first.update(record) }
        }
        var third = try registry(3)
        #expect(try third.takeOver().jobs == [cancelled])
        #expect(try keys().allSatisfy { !$0.contains("job9") })
    }

    @Test func `a job that was removed does not come back`() throws {
        var first = try registry(1)
        _ = try first.takeOver()
        try first.update(job(1))
        var second = try registry(2)
        _ = try second.takeOver()
        try second.remove(job(1).id)
        #expect(throws: RegistryError.self) { try first.update(job(1)) }
        var third = try registry(3)
        #expect(try third.takeOver().jobs.isEmpty)
    }

    @Test func `a version that is written late does not bring a removed job back`() throws {
        var first = try registry(1)
        try first.update(job(1))
        let bytes = try store.get(try newestKey(job(1)))
        try first.update(job(1))
        try first.update(job(1))
        try first.remove(job(1).id)
        let late = RecordRevision(epoch: 1, version: 2)
        try store.put(layout.recordKey(job(1).id, late), bytes, ifAbsent: false)
        var second = try registry(2)
        #expect(try second.takeOver().jobs.isEmpty)
        #expect(try keys().isEmpty)
    }

    @Test func `a leader that died while taking over leaves nothing out`() throws {
        var first = try registry(1)
        _ = try first.takeOver()
        for number in 1...4 { try first.update(job(number)) }
        for failing in 1...12 {
            let faulty = FaultyStore(store)
            faulty.failCall(failing, .fail(.failed))
            try store.put(layout.leaderKey(UInt64(failing + 1)), [], ifAbsent: true)
            var dying = JobRegistry(
                store: faulty,
                layout: layout,
                leaderEpoch: UInt64(failing + 1)
            )
            do { _ = try dying.takeOver() } catch { #expect(error.isRetryable) }
        }
        var last = try registry(20)
        #expect(try last.takeOver().jobs == (1...4).map(job))
    }

    @Test func `a take-over that failed can be repeated by the same leader`() throws {
        var first = try registry(1)
        _ = try first.takeOver()
        for number in 1...3 { try first.update(job(number)) }
        try store.put(layout.leaderKey(2), [], ifAbsent: true)
        let faulty = FaultyStore(store)
        var second = JobRegistry(store: faulty, layout: layout, leaderEpoch: 2)
        faulty.failCall(7, .failAfterwards)
        faulty.failCall(8, .fail(.failed))
        #expect(throws: RegistryError.self) { try second.takeOver() }
        #expect(try second.takeOver().jobs == (1...3).map(job))
    }

    @Test func `a write whose answer was lost counts`() throws {
        try store.put(layout.leaderKey(1), [], ifAbsent: true)
        let faulty = FaultyStore(store)
        var registry = JobRegistry(store: faulty, layout: layout, leaderEpoch: 1)
        faulty.failCall(1, .failAfterwards)
        try registry.update(job(1))
        #expect(try registry.takeOver().jobs == [job(1)])
    }

    @Test func `a damaged record is reported and the version before it used`() throws {
        var first = try registry(1)
        try first.update(job(1))
        var changed = job(1)
        changed.attempts = 1
        try first.update(changed)
        let key = try newestKey(job(1))
        let bytes = try store.get(key)
        try store.put(key, Array(bytes.dropLast(3)), ifAbsent: false)
        var second = try registry(2)
        let (jobs, notes) = try second.takeOver()
        #expect(jobs == [job(1)])
        #expect(notes.count == 1)
        #expect(notes[0].contains(key))
        #expect(notes[0].contains("bytes are there"))
    }

    @Test func `a job of which nothing can be read stops the take-over with instructions`() throws {
        var first = try registry(1)
        try first.update(job(1))
        try store.put(try newestKey(job(1)), [1, 2, 3], ifAbsent: false)
        var second = try registry(2)
        let error = #expect(throws: RegistryError.self) { try second.takeOver() }
        #expect(error?.kind == .damaged)
        #expect(error?.message.contains("Delete c1/jobs/job1/ in memory") == true)
    }

    @Test func `old versions are deleted`() throws {
        var first = try registry(1)
        for attempt in 0..<10 {
            var record = job(1)
            record.attempts = attempt
            try first.update(record)
        }
        #expect(try keys().count == 2)
        for epoch in 2...30 as ClosedRange<UInt64> {
            var next = try registry(epoch)
            #expect(try next.takeOver().jobs.first?.attempts == 9)
        }
        #expect(try keys().count <= 3)
        #expect(try store.list("c1/adopted/").count == 4)
    }
}
