package import Columnar
package import Connectors
package import Core
import Synchronization

/// Collects what a source or sink has to say.
package final class ReportLog: Sendable {
    private let entries = Mutex<[ConnectorReport]>([])

    package init() {}

    package func add(_ report: ConnectorReport) {
        entries.withLock { $0.append(report) }
    }

    package var messages: [String] { entries.withLock { $0.map(\.message) } }
    package var warnings: [String] {
        entries.withLock { $0.filter { $0.level == .warning }.map(\.message) }
    }
}

/// Runs the enumerator and readers of a source on the calling thread, as the engine would: hands
/// out splits, takes checkpoints, crashes and restores at another parallelism.
package final class SourceDriver {
    /// A checkpoint: what the engine would have in its manifest.
    package struct Checkpoint {
        package let id: CheckpointID
        package let state: String
        package let splits: [[SourceSplit]]
        package let finished: [FinishedSplit]
        /// How many batches had been delivered by then.
        package let delivered: Int
    }

    package let factory: any ConnectorFactory
    package let requests: [SourceRequest]
    package let jobID: JobID
    package let reports = ReportLog()
    package var batchRows = 64
    /// Everything that was delivered, in order; a restore cuts it back.
    package private(set) var delivered: [(output: Int, batch: RecordBatch)] = []
    package private(set) var completed: Checkpoint?
    package private(set) var declined: [String] = []
    package private(set) var isFinished = false
    /// How many splits have been read to their end.
    package private(set) var finishedCount = 0

    private var enumerator: (any SplitEnumerator)?
    private var readers: [any SourceReader] = []
    private var readerIsDone: [Bool] = []
    private var readerHolds: [Set<String>] = []
    private var finishedSinceState: [FinishedSplit] = []
    private var nextCheckpoint: CheckpointID = 1

    package init(
        _ factory: any ConnectorFactory,
        _ requests: [SourceRequest],
        jobID: JobID = JobID(text: "00112233445566778899aabbccddeeff")
    ) {
        self.factory = factory
        self.requests = requests
        self.jobID = jobID
    }

    private func context(_ subtask: Int, _ parallelism: Int) -> SourceContext {
        SourceContext(
            subtask: subtask,
            parallelism: parallelism,
            batchRows: batchRows,
            time: SystemTime(),
            jobID: jobID,
            claim: 1,
            report: { [reports] in reports.add($0) }
        )
    }

    /// Starts afresh, or from the last completed checkpoint if there is one.
    package func start(parallelism: Int) throws(ConnectorError) {
        let enumerator = try factory.makeEnumerator(requests, context(0, parallelism))
        var made: [any SourceReader] = []
        for subtask in 0..<parallelism {
            made.append(try factory.makeReader(requests, context(subtask, parallelism)))
        }
        readers = made
        readerIsDone = readers.map { _ in false }
        readerHolds = readers.map { _ in [] }
        finishedSinceState = []
        self.enumerator = enumerator
        guard let checkpoint = completed else {
            delivered = []
            try enumerator.start()
            return
        }
        delivered.removeLast(delivered.count - checkpoint.delivered)
        let held = checkpoint.splits.flatMap { $0 }
        try enumerator.restore(
            state: checkpoint.state,
            held: held,
            finished: checkpoint.finished
        )
        for (index, split) in held.enumerated() {
            readerHolds[index % parallelism].insert(split.id)
            try readers[index % parallelism].assign(split)
        }
    }

    /// One round: every reader gets a split if it has none, and reads once.
    ///
    /// - Returns: whether any reader gave rows or finished a split.
    @discardableResult
    package func step(waitingMicroseconds: Int64 = 2000) throws(ConnectorError) -> Bool {
        var isBusy = false
        for subtask in readers.indices {
            try assign(subtask)
            if readerHolds[subtask].isEmpty { continue }
            switch try readers[subtask].read(waitingMicroseconds: waitingMicroseconds) {
            case .batch(let batch, let output):
                delivered.append((output, batch))
                isBusy = true
            case .splitFinished(let id, let result):
                readerHolds[subtask].remove(id)
                let split = FinishedSplit(id: id, result: result)
                finishedSinceState.append(split)
                finishedCount += 1
                try enumerator?.splitFinished(split)
                isBusy = true
            case .idle: break
            }
        }
        isFinished = readerIsDone.allSatisfy { $0 } && readerHolds.allSatisfy(\.isEmpty)
        return isBusy
    }

    private func assign(_ subtask: Int) throws(ConnectorError) {
        guard readerHolds[subtask].isEmpty, !readerIsDone[subtask], let enumerator else { return }
        switch try enumerator.nextSplit(forSubtask: subtask) {
        case .split(let split):
            readerHolds[subtask].insert(split.id)
            try readers[subtask].assign(split)
        case .wait, .waitForCheckpoint: break
        case .finished: readerIsDone[subtask] = true
        }
    }

    /// Takes a checkpoint: the enumerator first, then the readers after `between` more rounds.
    ///
    /// Unless it `completes`, nobody is told of it, and it is gone.
    @discardableResult
    package func checkpoint(
        completes: Bool = true,
        roundsBetween: Int = 0
    ) throws(ConnectorError) -> Bool {
        guard let enumerator else { return false }
        let state = try enumerator.snapshot(nextCheckpoint)
        finishedSinceState = []
        for _ in 0..<roundsBetween { try step() }
        var splits: [[SourceSplit]] = []
        for reader in readers {
            switch try reader.snapshot() {
            case .splits(let list): splits.append(list)
            case .declined(let reason):
                declined.append(reason)
                return false
            }
        }
        let checkpoint = Checkpoint(
            id: nextCheckpoint,
            state: state,
            splits: splits,
            finished: finishedSinceState,
            delivered: delivered.count
        )
        nextCheckpoint += 1
        guard completes else { return false }
        completed = checkpoint
        for (reader, list) in zip(readers, splits) {
            try reader.checkpointCompleted(checkpoint.id, list)
        }
        try enumerator.checkpointCompleted(checkpoint.id)
        return true
    }

    /// Loses everything that is not in the last completed checkpoint.
    package func crash() {
        for reader in readers { reader.close() }
        enumerator?.close()
        readers = []
        enumerator = nil
    }

    /// Makes the next start restore an older checkpoint.
    package func rewind(to checkpoint: Checkpoint) {
        completed = checkpoint
    }

    /// Wakes all readers, from any thread.
    package func interruptAll() {
        for reader in readers { reader.interruption() }
    }

    /// The rows of one output as text, in order.
    package func rows(_ output: Int = 0) -> [String] {
        delivered.filter { $0.output == output }.flatMap { $0.batch.printedRows }
    }

    /// Steps until something holds.
    ///
    /// - Returns: whether it came to hold in time.
    package func run(
        seconds: Double = 20,
        checkpointEvery rounds: Int = 5,
        until condition: () throws -> Bool
    ) throws -> Bool {
        let time = SystemTime()
        let deadline = time.monotonicMicroseconds + Int64(seconds * 1_000_000)
        var round = 0
        while time.monotonicMicroseconds < deadline {
            try step()
            if try condition() { return true }
            round += 1
            if round % rounds == 0 { try checkpoint() }
        }
        return false
    }
}
