import Columnar
import Connectors
import Core
import Operators
import Synchronization
import Threads

/// What a source thread is told.
enum SourceMail: Sendable {
    case assign(SourceSplit)
    /// There will never be another split.
    case noMoreSplits
    case barrier(Barrier)
    case completed(CheckpointID)
    /// The slot has taken batches.
    case credit(batches: Int)
    case stop
}

/// Runs one reader on a thread of its own and sends what it reads to the slot.
///
/// A finished source goes on injecting barriers, so that every channel delivers every barrier.
///
/// ```
/// waiting for a split ─assign▶ reading ─all splits finished▶ waiting for a split
///         └──noMoreSplits──▶ finished: watermark "end" sent; barriers only
/// ```
final class SourceHost {
    private let node: Int
    private let subtask: Int
    private let reader: any SourceReader
    private let mailbox: Mailbox<SourceMail>
    private let router: any SlotRouter
    private let address: ChannelAddress
    private let events: @Sendable (TaskEvent) -> Void
    private let time: any TimeSource
    private let idleTimeoutMicroseconds: Int64?
    private let metrics: OperatorMetrics

    private var heldSplits: Set<String> = []
    private var finishedSplits: [FinishedSplit] = []
    private var snapshots: [CheckpointID: ReaderSnapshot] = [:]
    private var batchesUnderWay = 0
    private var isIdle = false
    private var lastRowMicroseconds: Int64
    private var lastRequestMicroseconds: Int64 = .min
    private var noMoreSplits = false
    private var isFinished = false
    /// Whether the job stops with the barrier that was injected last: nothing is read any more.
    private var isSilenced = false
    private var isStopped = false

    init(
        node: Int,
        subtask: Int,
        reader: any SourceReader,
        mailbox: Mailbox<SourceMail>,
        router: any SlotRouter,
        address: ChannelAddress,
        time: any TimeSource,
        idleTimeoutMicroseconds: Int64?,
        metrics: OperatorMetrics,
        events: @escaping @Sendable (TaskEvent) -> Void
    ) {
        self.node = node
        self.subtask = subtask
        self.reader = reader
        self.mailbox = mailbox
        self.router = router
        self.address = address
        self.time = time
        self.idleTimeoutMicroseconds = idleTimeoutMicroseconds
        self.metrics = metrics
        self.events = events
        lastRowMicroseconds = time.monotonicMicroseconds
        metrics.noteRow(atMicroseconds: lastRowMicroseconds)
    }

    /// The life of the source thread; returns when it is stopped or has failed.
    func run() {
        defer { reader.close() }
        do {
            while !isStopped {
                try handleMail()
                try step()
            }
        } catch {
            events(.failed(WrappedFailure(error)))
        }
    }

    private func handleMail() throws(ConnectorError) {
        var mail: [SourceMail] = []
        mailbox.drain(into: &mail)
        for message in mail { try handle(message) }
    }

    private func handle(_ message: SourceMail) throws(ConnectorError) {
        switch message {
        case .assign(let split):
            heldSplits.insert(split.id)
            try reader.assign(split)
        case .noMoreSplits:
            noMoreSplits = true
            // Before the next barrier, so that its checkpoint knows.
            finishIfDone()
        case .barrier(let barrier): try inject(barrier)
        case .completed(let checkpoint): try complete(checkpoint)
        case .credit(let batches): batchesUnderWay -= batches
        case .stop: isStopped = true
        }
    }

    /// Does one piece of work, or waits for mail.
    private func step() throws(ConnectorError) {
        if isStopped { return }
        if isSilenced {
            mailbox.wait()
        } else if heldSplits.isEmpty {
            awaitSplit()
        } else if batchesUnderWay >= DataflowLimits.channelBatches {
            mailbox.wait()
        } else {
            try read()
        }
    }

    private func awaitSplit() {
        if noMoreSplits {
            finishIfDone()
            mailbox.wait()
            return
        }
        let now = time.monotonicMicroseconds
        if now - DataflowLimits.splitRequestMicroseconds >= lastRequestMicroseconds {
            lastRequestMicroseconds = now
            events(.splitRequested(node: node, subtask: subtask))
        }
        becomeIdleIfSilent(now)
        mailbox.wait(forMicroseconds: DataflowLimits.splitRequestMicroseconds)
    }

    /// Lets event time go on without this reader once it has read all that it will ever be given.
    private func finishIfDone() {
        guard noMoreSplits, heldSplits.isEmpty, !isFinished else { return }
        isFinished = true
        send(.watermark(Watermark.end))
        events(.readerFinished(node: node, subtask: subtask))
    }

    private func read() throws(ConnectorError) {
        let result = try reader.read(
            waitingMicroseconds: DataflowLimits.sourceWaitMicroseconds
        )
        metrics.noteLag(microseconds: reader.lagMicroseconds)
        metrics.noteUndecodable(reader.undecodableRecords)
        switch result {
        case .batch(let batch, let output):
            guard batch.count > 0 else { return }
            isIdle = false
            lastRowMicroseconds = time.monotonicMicroseconds
            metrics.noteRow(atMicroseconds: lastRowMicroseconds)
            batchesUnderWay += 1
            router.send(.element(address, output: output, .batch(batch)), toSlot: subtask)
        case .splitFinished(let id, let result):
            heldSplits.remove(id)
            let split = FinishedSplit(id: id, result: result)
            finishedSplits.append(split)
            lastRequestMicroseconds = .min
            events(.splitFinished(node: node, subtask: subtask, split: split))
        case .idle: becomeIdleIfSilent(time.monotonicMicroseconds)
        }
    }

    /// Lets others advance event time after the timeout of the settings, as in Flink.
    ///
    /// Only then: a reader that waits for its next split may be about to get earlier rows.
    private func becomeIdleIfSilent(_ now: Int64) {
        guard let idleTimeoutMicroseconds, !isIdle,
            now - lastRowMicroseconds > idleTimeoutMicroseconds
        else { return }
        isIdle = true
        send(.idle)
    }

    private func inject(_ barrier: Barrier) throws(ConnectorError) {
        switch try reader.snapshot() {
        case .splits(let splits):
            let snapshot = ReaderSnapshot(held: splits, finished: finishedSplits)
            snapshots[barrier.checkpoint] = snapshot
            events(
                .sourceSnapshot(
                    node: node,
                    subtask: subtask,
                    checkpoint: barrier.checkpoint,
                    snapshot: snapshot
                )
            )
        case .declined(let reason):
            events(.checkpointDeclined(checkpoint: barrier.checkpoint, reason: reason))
        }
        // Event time ends for a job that is drained as if there were no more rows.
        if barrier.isFinal, !isFinished { send(.watermark(Watermark.end)) }
        // The barrier flows in either case, so that alignment downstream always ends.
        send(.barrier(barrier))
        isSilenced = barrier.stopsSources
    }

    private func complete(_ checkpoint: CheckpointID) throws(ConnectorError) {
        // The next split may have waited for it.
        lastRequestMicroseconds = .min
        guard let snapshot = snapshots[checkpoint] else { return }
        snapshots = snapshots.filter { $0.key > checkpoint }
        let known = Set(snapshot.finished.map(\.id))
        finishedSplits.removeAll { known.contains($0.id) }
        try reader.checkpointCompleted(checkpoint, snapshot.held)
    }

    private func send(_ element: StreamElement) {
        router.send(.element(address, output: 0, element), toSlot: subtask)
    }
}
