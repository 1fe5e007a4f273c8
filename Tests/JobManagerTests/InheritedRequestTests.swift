import Core
import JobManager
import ManagementAPI
import ObjectStore
import Testing

/// What a leader answers to those who asked something of the one before it.
@Suite struct InheritedRequestTests {
    /// A job as the leader before left it, and the leader that has taken over.
    private func leader(
        after state: JobRecord.State,
        savepoint: String?,
        isPassed: Bool? = nil,
        in store: any ObjectStore = MemoryStore()
    ) async throws -> (leader: LeadingHost, job: String) {
        var job = LeadingHost.record(1, savepoint: savepoint)
        job.state = state
        job.isSavepointPassed = isPassed
        if state.isTerminal { job.endedMicroseconds = SystemTime().nowMicroseconds }
        try LeadingHost.leave(job, in: store, epoch: 1)
        return (try await LeadingHost(store, epoch: 2), job.id.text)
    }

    @Test func `a stop that worked is told by the next leader, also when it is repeated`()
        async throws
    {
        let path = "/backup/job1/savepoint-abc"
        let (leader, job) = try await leader(after: .finished, savepoint: path)
        defer { leader.host.stop() }
        let again = try await leader.service.stop(job, StopTrigger(triggerID: "abc"))
        #expect(again == TriggerResponse(requestID: "abc"))
        let result = try await leader.service.savepointStatus(job, "abc")
        #expect(result == .completed(location: path))
    }

    @Test func `a stop whose job was cancelled before it ended with its savepoint has failed`()
        async throws
    {
        let path = "/backup/job1/savepoint-abc"
        let (leader, job) = try await leader(after: .cancelled, savepoint: path)
        defer { leader.host.stop() }
        let result = try await leader.service.savepointStatus(job, "abc")
        let cause = result.operation?.failureCause?.text
        #expect(cause?.hasPrefix("A savepoint has been created at \(path), but the job") == true)
        #expect(cause?.hasSuffix("the job is CANCELED.") == true)
    }

    /// It was restored, read on, and came to the end of its input.
    @Test func `a stop whose job went on from its savepoint and finished later has failed`()
        async throws
    {
        let path = "/backup/job1/savepoint-abc"
        let (leader, job) = try await leader(after: .finished, savepoint: path, isPassed: true)
        defer { leader.host.stop() }
        let result = try await leader.service.savepointStatus(job, "abc")
        #expect(result.operation?.failureCause?.text.hasSuffix("the job is FINISHED.") == true)
    }

    @Test func `a stop is not over before the registry holds how its job has ended`() async throws {
        let store = RefusingStore(refusing: "endedMicroseconds")
        // The job fails, since there is no such savepoint.
        let path = "/no/such/job1/savepoint-abc"
        let (leader, job) = try await leader(after: .running, savepoint: path, in: store)
        defer { leader.host.stop() }
        let before = try await leader.service.savepointStatus(job, "abc")
        #expect(before == .inProgress)
        store.relent()
        try await leader.wait(for: "failed", of: LeadingHost.record(1))
        let result = try await leader.service.savepointStatus(job, "abc")
        #expect(result.operation?.failureCause?.text.hasSuffix("the job is FAILED.") == true)
    }

    @Test(arguments: ["/backup/job1/savepoint-xyz", "/backup/job2/savepoint-abc", nil])
    func `another savepoint is not taken for the one that was asked for`(
        _ path: String?
    ) async throws {
        let (leader, job) = try await leader(after: .finished, savepoint: path)
        defer { leader.host.stop() }
        let unknown = await #expect(throws: ServiceError.self) {
            try await leader.service.savepointStatus(job, "abc")
        }
        #expect(unknown?.status == 404)
        let refused = await #expect(throws: ServiceError.self) {
            try await leader.service.stop(job, StopTrigger(triggerID: "abc"))
        }
        #expect(refused?.status == 409)
    }

    @Test func `a rescaling of an earlier term is unknown, also to a leader that led then`()
        async throws
    {
        let (leader, job) = try await leader(after: .running, savepoint: nil)
        defer { leader.host.stop() }
        let trigger = try await leader.service.rescale(job, parallelism: 3).requestID
        _ = try await leader.service.rescaleStatus(job, trigger)
        leader.service.lead(nil)
        leader.service.lead(leader.host)
        let unknown = await #expect(throws: ServiceError.self) {
            try await leader.service.rescaleStatus(job, trigger)
        }
        #expect(unknown?.status == 404)
        #expect(unknown?.message.contains("the job's parallelism shows") == true)
    }

    @Test func `the newest rescalings are known, and the oldest are forgotten`() async throws {
        let (leader, job) = try await leader(after: .running, savepoint: nil)
        defer { leader.host.stop() }
        var triggers: [String] = []
        for _ in 0..<300 {
            triggers.append(try await leader.service.rescale(job, parallelism: 3).requestID)
        }
        _ = try await leader.service.rescaleStatus(job, triggers[299])
        let forgotten = await #expect(throws: ServiceError.self) {
            try await leader.service.rescaleStatus(job, triggers[0])
        }
        #expect(forgotten?.status == 404)
    }
}
