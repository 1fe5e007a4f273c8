import Columnar
import Core
import KeyedState
import Operators

/// One stage of one slot: takes elements from its channels and runs its operators to completion.
///
/// ```
/// channels ─▶ head ─▶ … ─▶ exchange writers, sink ports
///     barrier n on a channel: read it no further; on all: snapshot, send n on, read again
/// ```
final class StageRunner {
    /// A stage's part of a checkpoint, ready to be made durable.
    typealias SnapshotHandler = (StageRunner, Barrier, [NodeSnapshot]) -> Void

    let stage: Int
    private let nodes: [NodeRunner]
    private let channels: [InputChannel]
    private let writers: [ExchangeWriter]
    private let sinks: [SinkPort]
    private let onSnapshot: SnapshotHandler
    private let time: any TimeSource
    private let metrics: StageMetrics
    /// When the first barrier of the checkpoint that is being aligned arrived.
    private var alignmentStart: Int64?
    private var eventTime: EventTime
    private var turns: ChannelTurns
    private var rowsSinceFlush = 0
    /// The most rows that one run may be given, for stages that multiply rows.
    private var rowsLimit = Int.max

    init(
        stage: Int,
        nodes: [NodeRunner],
        channels: [InputChannel],
        writers: [ExchangeWriter],
        sinks: [SinkPort],
        time: any TimeSource,
        metrics: StageMetrics,
        onSnapshot: @escaping SnapshotHandler
    ) {
        precondition(!nodes.isEmpty && !channels.isEmpty, "a stage has a head and an input")
        self.stage = stage
        self.nodes = nodes
        self.channels = channels
        self.writers = writers
        self.sinks = sinks
        self.time = time
        self.metrics = metrics
        self.onSnapshot = onSnapshot
        eventTime = EventTime(inputs: channels.count)
        turns = ChannelTurns(inputs: channels.map(\.input))
    }

    private var head: NodeRunner { nodes[0] }

    /// Whether everything that the stage sends to has room.
    var hasCredit: Bool {
        writers.allSatisfy(\.hasCredit) && sinks.allSatisfy(\.hasCredit)
    }

    var isReady: Bool { channels.contains(where: \.isReady) }

    /// Whether rows that wait are ahead of a sender that has sent nothing that waits.
    var isAhead: Bool { channels.count > 1 && turns.isAhead(channels.map(\.state), eventTime) }

    /// Processes one element of one channel, as `turns` says.
    ///
    /// - Returns: the channel of a batch that has been taken in whole: its sender gets credit.
    func runOnce() throws(OperatorError) -> ChannelAddress? {
        guard let index = turns.choose(channels.map(\.state), eventTime),
            let arrival = channels[index].take()
        else { return nil }
        return try process(arrival, index)
    }

    private func process(
        _ arrival: InputChannel.Arrival,
        _ index: Int
    ) throws(OperatorError) -> ChannelAddress? {
        let channel = channels[index]
        switch arrival.element {
        case .batch(let batch):
            eventTime.becomeActive(index)
            let isWhole = try process(batch, channel, arrival.output)
            return isWhole ? channel.address : nil
        case .watermark(let watermark):
            try head.apply(eventTime.advance(index, to: watermark))
        case .idle: try head.apply(eventTime.becomeIdle(index))
        case .barrier(let barrier):
            channel.barrier = barrier
            alignmentStart = alignmentStart ?? time.monotonicMicroseconds
            if channels.allSatisfy({ $0.barrier != nil }) { try takeSnapshot(barrier) }
        }
        return nil
    }

    /// Runs rows through the stage; what exceeds the limit goes back to the channel.
    private func process(
        _ batch: RecordBatch,
        _ channel: InputChannel,
        _ output: Int
    ) throws(OperatorError) -> Bool {
        let rows = min(batch.count, rowsLimit)
        for writer in writers { writer.startRun() }
        try head.process(batch.slice(0..<rows), input: channel.input, output: output)
        adjustLimit(rows)
        rowsSinceFlush += rows
        if rowsSinceFlush >= DataflowLimits.flushRows { flush() }
        guard rows < batch.count else { return true }
        channel.putBack(.batch(batch.slice(rows..<batch.count)), output: output)
        return false
    }

    /// Gives a stage that sent much more than it was given fewer rows the next time.
    private func adjustLimit(_ rows: Int) {
        let sent = writers.map(\.rowsOfRun).max() ?? 0
        if sent > DataflowLimits.stageOutputRows {
            rowsLimit = max(1, rows * DataflowLimits.stageOutputRows / sent)
        } else if rowsLimit != .max, sent < DataflowLimits.stageOutputRows / 4 {
            rowsLimit = rowsLimit > 1 << 20 ? .max : rowsLimit * 2
        }
    }

    private func takeSnapshot(_ barrier: Barrier) throws(OperatorError) {
        if let start = alignmentStart {
            metrics.noteAlignment(microseconds: time.monotonicMicroseconds - start)
            alignmentStart = nil
        }
        if barrier.isFinal {
            for node in nodes { try node.finish() }
        }
        for writer in writers { writer.flush() }
        var snapshots: [NodeSnapshot] = []
        for node in nodes {
            let small = try node.prepareCheckpoint(barrier.checkpoint)
            let keyed = try node.freeze(barrier.checkpoint)
            guard small != nil || keyed != nil else { continue }
            snapshots.append(NodeSnapshot(node: node.node, small: small, keyed: keyed))
        }
        for writer in writers { writer.write(barrier) }
        for sink in sinks { sink.write(barrier) }
        for channel in channels { channel.barrier = nil }
        onSnapshot(self, barrier, snapshots)
    }

    /// State that should be frozen before the next barrier, since too much has changed.
    func freezeEarly(_ epoch: CheckpointID) throws(OperatorError) -> [NodeSnapshot] {
        var snapshots: [NodeSnapshot] = []
        for node in nodes where node.state?.shouldFreeze ?? false {
            let keyed = try node.freeze(epoch)
            snapshots.append(NodeSnapshot(node: node.node, small: nil, keyed: keyed))
        }
        return snapshots
    }

    /// Tells how much memory keyed state uses.
    func noteState() {
        for node in nodes { node.noteState() }
    }

    /// Whether memory is full of changes that the persister has not brought to disk yet.
    var isSaturated: Bool { nodes.contains { $0.state?.isSaturated ?? false } }

    /// Sends on everything that is gathered, since no input is waiting.
    func flush() {
        rowsSinceFlush = 0
        for writer in writers { writer.flush() }
    }
}
