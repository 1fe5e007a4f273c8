import Checkpoints
import Connectors
import Core
import Dataflow
import JobManager
import ObjectStore
import Testing

/// What checkpoints hold, and what attempts make of those that they begin with.
@Suite struct JobExecutorTests {
    private static let values = """
        CREATE TABLE b (n INT) WITH ('connector' = 'blackhole');
        INSERT INTO b VALUES (1), (2);
        """

    private func request(_ ending: SavepointRequest.Ending) -> SavepointRequest {
        SavepointRequest(place: SavepointPlace(location: nil, id: "x"), ending: ending)
    }

    /// The split that the source hands out.
    private func split(_ job: ExecutedJob) throws -> SourceSplit {
        job.tell(.splitRequested(node: job.sources[0], subtask: 0))
        let command = try job.awaitCommand { command in
            if case .assign = command { return true }
            return false
        }
        guard case .assign(let split, _, _) = command else {
            throw ExecutedJob.Missing(what: "a split")
        }
        return split
    }

    private func tell(
        _ job: ExecutedJob,
        _ checkpoint: CheckpointID,
        held: [SourceSplit] = [],
        finished: [FinishedSplit] = []
    ) {
        job.tell(
            .sourceSnapshot(
                node: job.sources[0],
                subtask: 0,
                checkpoint: checkpoint,
                snapshot: ReaderSnapshot(held: held, finished: finished)
            )
        )
    }

    /// The reader names it in its part of 5 and forgets it when that is complete; the enumerator
    /// gave its part of 6 before it knew.
    @Test func `a split that is finished while checkpoints overlap is in each of them`() throws {
        let job = try ExecutedJob(Self.values, MemoryStore())
        defer { job.stop() }
        _ = try job.prepared()
        job.start()
        let split = try split(job)
        let done = FinishedSplit(id: split.id, result: "all")
        try job.trigger(5)
        try job.trigger(6)
        job.tell(.splitFinished(node: job.sources[0], subtask: 0, split: done))
        tell(job, 5, finished: [done])
        #expect(try job.store(5).manifest.sources.map(\.finished.count) == [1])
        job.complete(5)
        tell(job, 6)
        let source = try #require(try job.store(6).manifest.sources.first)
        #expect(source.finished == [SplitResult(id: split.id, result: "all")])
    }

    @Test func `a split that is finished behind the barrier is held in the checkpoint`() throws {
        let job = try ExecutedJob(Self.values, MemoryStore())
        defer { job.stop() }
        _ = try job.prepared()
        job.start()
        let split = try split(job)
        try job.trigger(1)
        tell(job, 1, held: [split])
        job.tell(
            .splitFinished(
                node: job.sources[0],
                subtask: 0,
                split: FinishedSplit(id: split.id, result: "")
            )
        )
        let source = try #require(try job.store(1).manifest.sources.first)
        #expect(source.finished == [])
        #expect(source.held == [[SplitPosition(id: split.id, position: split.position)]])
    }

    /// Its sinks may not all have committed: another attempt does that, and nothing else.
    @Test func `a job that was drained reads nothing more when it starts again`() throws {
        let store = MemoryStore()
        let drained = try ExecutedJob(Self.values, store)
        _ = try drained.prepared()
        drained.start()
        let split = try split(drained)
        try drained.trigger(7, request(.drains))
        tell(drained, 7, held: [split])
        let savepoint = try drained.store(7)
        drained.stop()
        #expect(savepoint.manifest.isDrained == true)

        let point = RestorePoint(location: nil, manifest: savepoint.name, checkpoint: 7)
        let job = try ExecutedJob(Self.values, store, savepoint: point)
        defer { job.stop() }
        #expect(try job.prepared().restored == 7)
        job.start()
        let first = try job.awaitCommand { $0 != .start }
        #expect(first == .noMoreSplits(node: job.sources[0], subtask: 0))
        // Where it stood is in what it leaves behind, and so is that it has ended.
        try job.trigger(8)
        let last = try job.store(8).manifest
        #expect(last.isDrained == true)
        #expect(last.sources == savepoint.manifest.sources)
    }

    @Test func `a job that was stopped goes on from its savepoint when it starts again`() throws {
        let store = MemoryStore()
        let stopped = try ExecutedJob(Self.values, store)
        _ = try stopped.prepared()
        stopped.start()
        let split = try split(stopped)
        try stopped.trigger(7, request(.stops))
        tell(stopped, 7, held: [split])
        let savepoint = try stopped.store(7)
        stopped.stop()

        let point = RestorePoint(location: nil, manifest: savepoint.name, checkpoint: 7)
        let job = try ExecutedJob(Self.values, store, savepoint: point)
        defer { job.stop() }
        #expect(try job.prepared().restored == 7)
        job.start()
        #expect(try self.split(job).id == split.id)
    }

    @Test func `a savepoint that the job has gone on from is not needed any more`() throws {
        let store = MemoryStore()
        let first = try ExecutedJob(Self.values, store)
        _ = try first.prepared()
        first.start()
        try first.trigger(7, request(.stops))
        let savepoint = try first.store(7)
        try first.trigger(9)
        _ = try first.store(9)
        first.stop()
        try store.delete([savepoint.name])

        let known = RestorePoint(location: nil, manifest: savepoint.name, checkpoint: 7)
        let job = try ExecutedJob(Self.values, store, savepoint: known)
        defer { job.stop() }
        #expect(try job.prepared().restored == 9)
        // One that may be newer has to be there.
        let newer = RestorePoint(location: nil, manifest: savepoint.name, checkpoint: 10)
        let other = try ExecutedJob(Self.values, store, savepoint: newer)
        defer { other.stop() }
        #expect(throws: WrappedFailure.self) { try other.prepared() }
    }
}
