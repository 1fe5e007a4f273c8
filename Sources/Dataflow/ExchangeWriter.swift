import Columnar
import Core
import JobGraph
import Operators

/// Sends a node's rows over one edge to the slots that own them.
///
/// Rows for one receiver are gathered until they are worth a batch or the slot runs out of input.
/// A watermark waits for the rows before it: behind later rows it is still true.
final class ExchangeWriter {
    /// What one receiver has been sent and not yet taken, and what is gathered for it.
    private struct Receiver {
        var pieces: [RecordBatch] = []
        var rows = 0
        var batchesUnderWay = 0
        /// The watermark that goes behind the gathered rows.
        var watermark: WatermarkMilliseconds?
    }

    let edge: Int
    private let exchange: Exchange
    private let slot: Int
    private let maxParallelism: Int
    private let types: [DataType]
    private let keyCodec: KeyCodec?
    /// The slot that owns the key of rows without a key.
    private let singleSlot: Int
    private let flushRows: Int
    private let router: any SlotRouter
    private var receivers: [Receiver]
    /// Rows sent in the current run of the stage.
    private(set) var rowsOfRun = 0

    init(
        edge: Int,
        exchange: Exchange,
        types: [DataType],
        slot: Int,
        parallelism: Int,
        settings: JobSettings,
        router: any SlotRouter
    ) {
        self.edge = edge
        self.exchange = exchange
        self.slot = slot
        self.types = types
        self.router = router
        maxParallelism = settings.maxParallelism
        flushRows = min(DataflowLimits.exchangeRows, settings.batchRows)
        receivers = Array(repeating: Receiver(), count: parallelism)
        if case .hash(_, let keyTypes) = exchange {
            keyCodec = KeyCodec(keyTypes)
        } else {
            keyCodec = nil
        }
        let owners = KeyCodec([]).encode([], count: 1)
            .slots(parallelism: parallelism, maxParallelism: settings.maxParallelism)
        singleSlot = Int(owners[0])
    }

    /// Whether every receiver has room for another batch.
    var hasCredit: Bool {
        receivers.allSatisfy { $0.batchesUnderWay < DataflowLimits.channelBatches }
    }

    func credit(receiver: Int, batches: Int) {
        receivers[receiver].batchesUnderWay -= batches
    }

    func startRun() {
        rowsOfRun = 0
    }

    func write(_ batch: RecordBatch) {
        rowsOfRun += batch.count
        switch exchange {
        case .forward: gather(batch, for: slot)
        case .single: gather(batch, for: singleSlot)
        case .hash(let columns, _):
            guard receivers.count > 1, let keyCodec else {
                gather(batch, for: 0)
                return
            }
            let keys = keyCodec.encode(columns.map { batch.columns[$0] }, count: batch.count)
            let slots = keys.slots(parallelism: receivers.count, maxParallelism: maxParallelism)
            split(batch, slots)
        }
    }

    private func split(_ batch: RecordBatch, _ slots: FixedValues<Int32>) {
        let partitions = RowPartitions(slots, count: receivers.count)
        for receiver in receivers.indices {
            let rows = partitions.rows(of: receiver)
            guard rows.count > 0 else { continue }
            gather(rows.count == batch.count ? batch : batch.gather(rows), for: receiver)
        }
    }

    private func gather(_ batch: RecordBatch, for receiver: Int) {
        receivers[receiver].pieces.append(batch)
        receivers[receiver].rows += batch.count
        if receivers[receiver].rows >= flushRows { sendGathered(receiver) }
    }

    private func sendGathered(_ receiver: Int) {
        guard receivers[receiver].rows > 0 else { return }
        let batch = RecordBatch.concatenate(receivers[receiver].pieces, types: types)
        receivers[receiver].pieces = []
        receivers[receiver].rows = 0
        receivers[receiver].batchesUnderWay += 1
        send(.batch(batch), to: receiver)
        sendWatermark(receiver)
    }

    private func sendWatermark(_ receiver: Int) {
        guard let watermark = receivers[receiver].watermark else { return }
        receivers[receiver].watermark = nil
        send(.watermark(watermark), to: receiver)
    }

    func write(watermark: WatermarkMilliseconds) {
        for receiver in addressed {
            receivers[receiver].watermark = watermark
            if receivers[receiver].rows == 0 { sendWatermark(receiver) }
        }
        if flushRows == 1 { flush() }
    }

    /// Sends everything that is held.
    func flush() {
        for receiver in receivers.indices { sendGathered(receiver) }
        for receiver in addressed { sendWatermark(receiver) }
    }

    func writeIdle() {
        flush()
        for receiver in addressed { send(.idle, to: receiver) }
    }

    func write(_ barrier: Barrier) {
        flush()
        for receiver in addressed { send(.barrier(barrier), to: receiver) }
    }

    /// The receivers that have a channel from this slot.
    private var addressed: Range<Int> {
        switch exchange {
        case .forward: slot..<slot + 1
        case .single, .hash: receivers.indices
        }
    }

    private func send(_ element: StreamElement, to receiver: Int) {
        router.send(
            .element(ChannelAddress(edge: edge, sender: slot), output: 0, element),
            toSlot: receiver
        )
    }
}
