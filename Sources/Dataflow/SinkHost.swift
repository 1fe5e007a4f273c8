import Columnar
import Connectors
import Core
import ObjectStore
import Operators
import Threads

/// Runs one writer on a thread of its own.
///
/// What is prepared stays listed in every checkpoint until it is committed, so that a checkpoint
/// that fails leaves nothing behind: the next one carries its rows too.
final class SinkHost {
    private let node: Int
    private let subtask: Int
    private let writer: any SinkWriter
    private let store: CommittableStore
    private let mailbox: Mailbox<SinkMail>
    private let router: any SlotRouter
    private let metrics: OperatorMetrics
    private let events: @Sendable (TaskEvent) -> Void
    private var prepared: [PreparedEpoch] = []
    private var isStopped = false

    init(
        node: Int,
        subtask: Int,
        writer: any SinkWriter,
        store: CommittableStore,
        mailbox: Mailbox<SinkMail>,
        router: any SlotRouter,
        metrics: OperatorMetrics,
        events: @escaping @Sendable (TaskEvent) -> Void
    ) {
        self.node = node
        self.subtask = subtask
        self.writer = writer
        self.store = store
        self.mailbox = mailbox
        self.router = router
        self.metrics = metrics
        self.events = events
    }

    /// The life of the sink thread; returns when it is stopped or has failed.
    ///
    /// - Parameters:
    ///   - checkpoint: the restored checkpoint, nil for a fresh start.
    ///   - committables: what it holds of the writers that this one takes over from.
    func run(recovering checkpoint: CheckpointID?, _ committables: [Committable]) {
        defer { writer.close() }
        do {
            try writer.recover(checkpoint, committables)
            var mail: [SinkMail] = []
            while !isStopped {
                mailbox.drain(into: &mail)
                for message in mail where !isStopped { try handle(message) }
                if mail.isEmpty {
                    mailbox.wait()
                } else {
                    mail.removeAll(keepingCapacity: true)
                    if mailbox.isEmpty { try writer.flush() }
                }
            }
        } catch {
            events(.failed(WrappedFailure(error)))
        }
    }

    private func handle(_ message: SinkMail) throws(ConnectorError) {
        switch message {
        case .batch(let batch):
            try writer.write(batch)
            metrics.countSent(batch.count)
            router.send(.sinkCredit(node: node, batches: 1), toSlot: subtask)
        case .barrier(let barrier):
            let committables = try writer.prepareCommit(barrier.checkpoint)
            prepared.append(
                PreparedEpoch(epoch: barrier.checkpoint, committables: committables)
            )
            snapshot(barrier)
        case .commit(let checkpoint):
            for epoch in prepared where epoch.epoch <= checkpoint {
                try writer.commit(epoch.epoch, epoch.committables)
            }
            prepared.removeAll { $0.epoch <= checkpoint }
            events(.sinkCommitted(node: node, subtask: subtask, checkpoint: checkpoint))
        case .stop: isStopped = true
        }
    }

    /// Makes what is prepared durable: a failure fails the checkpoint, not the job.
    private func snapshot(_ barrier: Barrier) {
        do throws(ObjectStoreError) {
            events(
                .sinkSnapshot(
                    node: node,
                    subtask: subtask,
                    checkpoint: barrier.checkpoint,
                    committables: try store.write(prepared, for: barrier)
                )
            )
        } catch {
            events(
                .checkpointFailed(
                    checkpoint: barrier.checkpoint,
                    reason: "What sink \(subtask) has prepared cannot be stored: \(error)"
                )
            )
        }
    }
}
