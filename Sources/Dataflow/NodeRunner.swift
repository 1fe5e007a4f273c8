import Columnar
import Core
import JobGraph
import KeyedState
import Operators

/// One operator of a stage with its place in the chain: rows and watermarks pass through it.
final class NodeRunner {
    let node: Int
    let uid: OperatorUID
    let metrics: OperatorMetrics
    let outputs: [NodeOutput]
    /// The keyed state of the operator, if it has any.
    let state: StateStore?
    private let body: any Operator
    private var eventTime: EventTime
    /// The most rows that the operator is given at once.
    private let batchRows: Int

    init(
        node: Int,
        uid: OperatorUID,
        inputs: Int,
        body: any Operator,
        state: StateStore?,
        metrics: OperatorMetrics,
        outputs: [NodeOutput],
        batchRows: Int
    ) {
        self.batchRows = batchRows
        self.node = node
        self.uid = uid
        self.body = body
        self.state = state
        self.metrics = metrics
        self.outputs = outputs
        eventTime = EventTime(inputs: max(1, inputs))
    }

    /// Rows of an input; a shared source passes rows of output *i* through its output *i*.
    func process(_ batch: RecordBatch, input: Int, output: Int) throws(OperatorError) {
        metrics.countIn(batch.count)
        eventTime.becomeActive(input)
        guard batch.count > batchRows else {
            try body.process(batch, input: input, into: outputs[output])
            return
        }
        for start in stride(from: 0, to: batch.count, by: batchRows) {
            let end = min(batch.count, start + batchRows)
            try body.process(batch.slice(start..<end), input: input, into: outputs[output])
        }
    }

    /// A watermark of one input inside the stage.
    func receive(_ watermark: WatermarkMilliseconds, input: Int) throws(OperatorError) {
        try apply(eventTime.advance(input, to: watermark))
    }

    /// An input inside the stage has become idle.
    func receiveIdle(input: Int) throws(OperatorError) {
        try apply(eventTime.becomeIdle(input))
    }

    /// A change of the event time of all inputs together.
    func apply(_ change: EventTime.Change) throws(OperatorError) {
        if let watermark = change.watermark {
            metrics.noteWatermark(watermark)
            for output in outputs { try body.advance(to: watermark, into: output) }
        }
        if change.becameIdle {
            for output in outputs { try output.emitIdle() }
        }
    }

    func prepareCheckpoint(_ checkpoint: CheckpointID) throws(OperatorError) -> [UInt8]? {
        try body.prepareCheckpoint(checkpoint)
    }

    /// Copies out what changed in keyed state.
    func freeze(
        _ checkpoint: CheckpointID
    ) throws(OperatorError) -> (persister: StatePersister, frozen: FrozenState)? {
        guard let state else { return nil }
        do throws(StateError) {
            return (state.persister, try state.freeze(checkpoint))
        } catch {
            throw OperatorError(error)
        }
    }

    /// Tells how much memory keyed state uses.
    func noteState() {
        if let state { metrics.noteState(bytes: state.usage.usedBytes) }
    }

    func finish() throws(OperatorError) {
        for output in outputs { try body.finish(into: output) }
    }
}

/// Passes what a node emits to everything that reads it.
final class NodeOutput: OperatorOutput {
    /// Something that reads the node's rows.
    enum Target {
        case node(NodeRunner, input: Int)
        case exchange(ExchangeWriter)
        case sink(SinkPort)
    }

    private var targets: [Target] = []
    private let metrics: OperatorMetrics

    init(metrics: OperatorMetrics) {
        self.metrics = metrics
    }

    func add(_ target: Target) {
        targets.append(target)
    }

    func emit(_ batch: RecordBatch) throws(OperatorError) {
        guard batch.count > 0 else { return }
        metrics.countOut(batch.count)
        for target in targets {
            switch target {
            case .node(let runner, let input):
                try runner.process(batch, input: input, output: 0)
            case .exchange(let writer): writer.write(batch)
            case .sink(let port): port.write(batch)
            }
        }
    }

    func emit(watermark: WatermarkMilliseconds) throws(OperatorError) {
        metrics.noteOutputWatermark(watermark)
        for target in targets {
            switch target {
            case .node(let runner, let input): try runner.receive(watermark, input: input)
            case .exchange(let writer): writer.write(watermark: watermark)
            case .sink: break
            }
        }
    }

    func emitIdle() throws(OperatorError) {
        for target in targets {
            switch target {
            case .node(let runner, let input): try runner.receiveIdle(input: input)
            case .exchange(let writer): writer.writeIdle()
            case .sink: break
            }
        }
    }
}

/// The way from a slot to one of its sink threads.
final class SinkPort {
    let node: Int
    private let slot: Int
    private let router: any SlotRouter
    private var batchesUnderWay = 0

    init(node: Int, slot: Int, router: any SlotRouter) {
        self.node = node
        self.slot = slot
        self.router = router
    }

    var hasCredit: Bool { batchesUnderWay < DataflowLimits.channelBatches }

    func credit(batches: Int) {
        batchesUnderWay -= batches
    }

    func write(_ batch: RecordBatch) {
        batchesUnderWay += 1
        router.send(.batch(batch), toSink: node, slot: slot)
    }

    func write(_ barrier: Barrier) {
        router.send(.barrier(barrier), toSink: node, slot: slot)
    }
}
