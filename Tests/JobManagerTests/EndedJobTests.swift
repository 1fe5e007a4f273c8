import Checkpoints
import Core
import JobGraph
import JobManager
import ObjectStore
import Testing

/// What becomes of jobs that have ended, and of their checkpoints.
@Suite struct EndedJobTests {
    private let failure = WrappedFailure(blame: .user, message: "no")

    @Test func `what is deleted depends on the retention and on how the job ended`() {
        let outcomes: [JobOutcome] = [.finished, .cancelled, .failed(failure)]
        let table: [CheckpointRetention: [Bool]] = [
            .retainOnCancellation: [false, false, false],
            .deleteOnCancellation: [true, true, false],
            .noExternalizedCheckpoints: [true, true, true],
        ]
        for (retention, wanted) in table {
            #expect(outcomes.map { retention.discards(after: $0) } == wanted, "\(retention)")
        }
    }

    @Test func `checkpoints are deleted, savepoints and the claims of leaders and other jobs stay`()
        throws
    {
        let store = MemoryStore()
        let job = JobID(text: "0123456789abcdef0123456789abcdef")
        let job2 = JobID(text: "fedcba9876543210fedcba9876543210")
        let kept = [
            "\(job)/leader/00000000000000000001", "\(job)/savepoint-a/_metadata",
            "\(job)/savepoint-a/tables/1.sst", "\(job)/started/00000000000000000001-0-0",
            "\(job2)/chk-1/_metadata", "\(job2)/shared/1-1-join-0-1.sst",
        ]
        let gone = [
            "\(job)/chk-1/_metadata", "\(job)/chk-1/1-0", "\(job)/chk-2/1-0",
            "\(job)/shared/1-1-join-0-000001.sst",
        ]
        for key in kept + gone { try store.put(key, [1], ifAbsent: true) }
        let disposal = CheckpointDisposal(store: store, layout: CheckpointLayout(jobID: job))
        #expect(try disposal.run() == 1)
        #expect(try store.list("").map(\.key).sorted() == kept.sorted())
        #expect(try disposal.run() == 0)
    }

    @Test func `ended jobs are forgotten after their time, and the oldest beyond the capacity`() {
        var options = ClusterOptions(clusterID: "c", checkpoints: "/c")
        options.jobExpirationMicroseconds = 100
        let ids = (1...4).map { JobID(text: String(repeating: "\($0)", count: 32)) }
        let ended = zip(ids, [400, 100, 300, 200] as [Int64]).map { (id: $0, at: $1) }
        let expired = { (now: Int64, options: ClusterOptions) in
            EndedJobs.expired(ended, nowMicroseconds: now, options)
        }
        #expect(expired(199, options) == [])
        #expect(expired(300, options) == [ids[1], ids[3]])
        options.endedJobsMax = 1
        #expect(expired(199, options) == [ids[1], ids[3], ids[2]])
        options.endedJobsMax = 0
        #expect(expired(0, options).count == 4)
    }
}
