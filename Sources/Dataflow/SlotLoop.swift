import Core
import KeyedState
import Operators
import Threads

/// Runs all stages of one slot on one thread: downstream stages first, never blocking on others.
///
/// ```
/// mail ─▶ channels ─▶ the last stage that has input and credit runs one element
///                     none: send on what is gathered; still none: wait for mail
/// ```
final class SlotLoop {
    private let slot: Int
    private let stages: [StageRunner]
    private let channels: [ChannelAddress: InputChannel]
    private let writers: [Int: ExchangeWriter]
    private let sinks: [Int: SinkPort]
    private let memory: StateMemory
    private let sourceOfEdge: [Int: Int]
    private let mailbox: Mailbox<SlotMail>
    private let persister: Mailbox<PersistJob>
    private let router: any SlotRouter
    private var isStopped = false
    /// Runs of stages since one that is ahead in event time had its turn.
    private var yieldsInARow = 0
    /// Runs of stages since memory was divided.
    private var runsSinceRebalance = 0
    private var lastCheckpoint: CheckpointID
    private let time: any TimeSource
    /// Of each stage, by its number.
    private let metrics: [StageMetrics]
    /// The end of what was measured last.
    private var lapMicroseconds: Int64

    init(_ parts: SlotParts, mailbox: Mailbox<SlotMail>, persister: Mailbox<PersistJob>) {
        slot = parts.slot
        stages = parts.stages
        channels = Dictionary(uniqueKeysWithValues: parts.channels.map { ($0.address, $0) })
        writers = Dictionary(uniqueKeysWithValues: parts.writers.map { ($0.edge, $0) })
        sinks = Dictionary(uniqueKeysWithValues: parts.sinks.map { ($0.node, $0) })
        memory = parts.memory
        sourceOfEdge = parts.sourceOfEdge
        router = parts.router
        lastCheckpoint = parts.lastCheckpoint
        time = parts.time
        metrics = parts.stageMetrics
        lapMicroseconds = parts.time.monotonicMicroseconds
        self.mailbox = mailbox
        self.persister = persister
    }

    /// The life of the slot thread once everything is built; returns when it is stopped.
    func run() throws(OperatorError) {
        for stage in metrics { stage.noteStart(at: lapMicroseconds) }
        noteState()
        var mail: [SlotMail] = []
        while !isStopped {
            mailbox.drain(into: &mail)
            for message in mail { handle(message) }
            mail.removeAll(keepingCapacity: true)
            if isStopped { return }
            if try runOneStage() {
                try rebalance()
                continue
            }
            for stage in stages { stage.flush() }
            noteState()
            _ = lap()
            beginWait()
            mailbox.wait()
            noteWait()
        }
    }

    private func noteState() {
        for stage in stages { stage.noteState() }
    }

    /// The time since the last lap, in microseconds.
    private func lap() -> Int64 {
        let now = time.monotonicMicroseconds
        defer { lapMicroseconds = now }
        return now - lapMicroseconds
    }

    /// Input that waits for room behind its stage is held back; all other waiting is idleness.
    private func beginWait() {
        for stage in stages where stage.isReady && !stage.hasCredit {
            metrics[stage.stage].beginBackPressured(at: lapMicroseconds)
        }
    }

    private func noteWait() {
        let waited = lap()
        for stage in stages where stage.isReady && !stage.hasCredit {
            metrics[stage.stage].noteBackPressured(microseconds: waited)
        }
    }

    private func handle(_ message: SlotMail) {
        switch message {
        case .element(let address, let output, let element):
            channels[address]?.append(element, output: output)
        case .credit(let edge, let receiver, let batches):
            writers[edge]?.credit(receiver: receiver, batches: batches)
        case .sinkCredit(let node, let batches): sinks[node]?.credit(batches: batches)
        case .wake: break
        case .stop: isStopped = true
        }
    }

    /// Divides the memory for state anew from time to time, while no operator is at work.
    private func rebalance() throws(OperatorError) {
        runsSinceRebalance += 1
        guard runsSinceRebalance >= DataflowLimits.rebalanceRuns else { return }
        runsSinceRebalance = 0
        noteState()
        do throws(StateError) {
            try memory.rebalance()
        } catch {
            throw OperatorError(error)
        }
    }

    /// Runs the last stage that can run; false if none can.
    ///
    /// A stage whose input is ahead in event time lets the stages before it run first: they may
    /// bring what it lacks. It does not do so for ever.
    private func runOneStage() throws(OperatorError) -> Bool {
        let mayYield = yieldsInARow < DataflowLimits.channelYields
        if mayYield, try runOneStage(where: { !$0.isAhead }) {
            yieldsInARow += 1
            return true
        }
        yieldsInARow = 0
        return try runOneStage(where: { _ in true })
    }

    private func runOneStage(
        where mayRun: (StageRunner) -> Bool
    ) throws(OperatorError) -> Bool {
        for stage in stages.reversed() where stage.isReady && stage.hasCredit && mayRun(stage) {
            let early = try stage.freezeEarly(lastCheckpoint + 1)
            if !early.isEmpty { persister.send(.early(early)) }
            if stage.isSaturated { continue }
            metrics[stage.stage].beginBusy(at: lapMicroseconds)
            if let address = try stage.runOnce() { credit(address) }
            metrics[stage.stage].noteBusy(microseconds: lap())
            return true
        }
        return false
    }

    /// Tells the sender of a batch that there is room for another.
    private func credit(_ address: ChannelAddress) {
        if let node = sourceOfEdge[address.edge] {
            router.creditSource(node: node, slot: address.sender, batches: 1)
        } else {
            router.send(
                .credit(edge: address.edge, receiver: slot, batches: 1),
                toSlot: address.sender
            )
        }
    }
}

/// Everything that a slot loop runs.
struct SlotParts {
    let slot: Int
    let stages: [StageRunner]
    let channels: [InputChannel]
    let writers: [ExchangeWriter]
    let sinks: [SinkPort]
    /// The memory of all state of the slot.
    let memory: StateMemory
    /// The source node behind each edge from a source thread.
    let sourceOfEdge: [Int: Int]
    let router: any SlotRouter
    let lastCheckpoint: CheckpointID
    let time: any TimeSource
    let stageMetrics: [StageMetrics]
}
