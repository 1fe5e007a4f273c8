import Checkpoints
import Columnar
import Connectors
import Core
import Expressions
import JobGraph
import KeyedState
import ObjectStore
import Operators

/// Builds the stages of one slot on its thread: state restored, operators made, edges connected.
struct SlotBuilder {
    let graph: JobGraph
    let plan: StagePlan
    let slot: Int
    let parallelism: Int
    let environment: TaskEnvironment
    let restore: TaskRestore?
    let metrics: [OperatorMetrics]
    let stageMetrics: [StageMetrics]
    let router: any SlotRouter

    /// The result of building: what the loop runs, and what the persister must know.
    struct Built {
        let parts: SlotParts
        let persisted: [Int: PersistedNode]
    }

    func build(
        onSnapshot: @escaping StageRunner.SnapshotHandler
    ) throws(OperatorError) -> Built {
        var runners: [Int: NodeRunner] = [:]
        var persisted: [Int: PersistedNode] = [:]
        for node in graph.nodes.indices {
            runners[node] = try makeRunner(node, &persisted)
        }
        let memory = StateMemory(bytes: environment.stateBytesPerSlot)
        for node in graph.nodes.indices {
            if let store = runners[node]?.state { memory.add(store) }
        }
        var writers: [ExchangeWriter] = []
        var sinks: [SinkPort] = []
        var writersOfStage: [Int: [ExchangeWriter]] = [:]
        var sinksOfStage: [Int: [SinkPort]] = [:]
        for (node, runner) in runners {
            let stage = plan.stageOfNode[node]
            connectForward(node, runner, runners)
            for edge in plan.edges(from: node) {
                let writer = makeWriter(edge)
                runner.outputs[plan.edges[edge].output].add(.exchange(writer))
                writers.append(writer)
                writersOfStage[stage, default: []].append(writer)
            }
            if case .sink = graph.nodes[node].spec {
                let port = SinkPort(node: node, slot: slot, router: router)
                runner.outputs[0].add(.sink(port))
                sinks.append(port)
                sinksOfStage[stage, default: []].append(port)
            }
        }
        var channels: [InputChannel] = []
        var stages: [StageRunner] = []
        var sourceOfEdge: [Int: Int] = [:]
        for (stage, nodes) in plan.stages.enumerated() {
            let inputs = makeChannels(stage, &sourceOfEdge)
            channels += inputs
            stages.append(
                StageRunner(
                    stage: stage,
                    nodes: nodes.compactMap { runners[$0] },
                    channels: inputs,
                    writers: writersOfStage[stage] ?? [],
                    sinks: sinksOfStage[stage] ?? [],
                    time: environment.time,
                    metrics: stageMetrics[stage],
                    onSnapshot: onSnapshot
                )
            )
        }
        let parts = SlotParts(
            slot: slot,
            stages: stages,
            channels: channels,
            writers: writers,
            sinks: sinks,
            memory: memory,
            sourceOfEdge: sourceOfEdge,
            router: router,
            lastCheckpoint: restore?.found.manifest.checkpointID ?? 0,
            time: environment.time,
            stageMetrics: stageMetrics
        )
        return Built(parts: parts, persisted: persisted)
    }

    /// Readers of a node on the same stage get its rows directly.
    private func connectForward(
        _ node: Int,
        _ runner: NodeRunner,
        _ runners: [Int: NodeRunner]
    ) {
        for (reader, input) in graph.consumers[node] {
            let isDirect = !plan.edges.contains { $0.to == reader && $0.input == input }
            guard isDirect, let target = runners[reader] else { continue }
            let output = graph.nodes[reader].inputs[input].output
            runner.outputs[output].add(.node(target, input: input))
        }
    }

    private func makeWriter(_ edge: Int) -> ExchangeWriter {
        let from = plan.edges[edge]
        return ExchangeWriter(
            edge: edge,
            exchange: from.exchange,
            types: graph.nodes[from.from].outputs[from.output].types,
            slot: slot,
            parallelism: parallelism,
            settings: graph.settings,
            router: router
        )
    }

    /// One channel for each subtask that sends over an edge into the stage.
    private func makeChannels(
        _ stage: Int,
        _ sourceOfEdge: inout [Int: Int]
    ) -> [InputChannel] {
        let head = plan.stages[stage][0]
        if graph.nodes[head].inputs.isEmpty {
            let edge = plan.sourceEdge(of: head)
            sourceOfEdge[edge] = head
            return [InputChannel(address: ChannelAddress(edge: edge, sender: slot), input: 0)]
        }
        return plan.edges(into: stage).flatMap { edge -> [InputChannel] in
            let isForward = plan.edges[edge].exchange == .forward
            let senders = isForward ? [slot] : Array(0..<parallelism)
            return senders.map { sender in
                InputChannel(
                    address: ChannelAddress(edge: edge, sender: sender),
                    input: plan.edges[edge].input
                )
            }
        }
    }
}

// State and operators.
extension SlotBuilder {
    private var keyGroups: KeyGroupRange {
        KeyGroupRange(
            slot: slot,
            parallelism: parallelism,
            maxParallelism: graph.settings.maxParallelism
        )
    }

    private func makeRunner(
        _ node: Int,
        _ persisted: inout [Int: PersistedNode]
    ) throws(OperatorError) -> NodeRunner {
        let description = graph.nodes[node]
        let inputs = description.inputs.map { graph.nodes[$0.node].outputs[$0.output] }
        let declarations = OperatorFactory.stateDeclarations(description.spec, inputs: inputs)
        let store = try openState(description.uid, declarations, node, &persisted)
        let outputs = max(1, description.outputs.count)
        let context = OperatorContext(
            store: store,
            evaluation: evaluation,
            metrics: metrics[node],
            time: environment.time,
            batchRows: graph.settings.batchRows,
            watermarkIntervalMilliseconds: graph.settings.watermarkIntervalMilliseconds,
            restored: try restoredSmallStates(description.uid),
            inputNames: inputs.flatMap(\.names),
            destination: graph.tablesBehind(node).joined(separator: ", ")
        )
        let body = try OperatorFactory.make(description.spec, inputs: inputs, context)
        return NodeRunner(
            node: node,
            uid: description.uid,
            inputs: inputs.count,
            body: body,
            state: store,
            metrics: metrics[node],
            outputs: (0..<outputs).map { _ in NodeOutput(metrics: metrics[node]) },
            batchRows: graph.settings.batchRows
        )
    }

    private var evaluation: EvaluationContext {
        EvaluationContext(
            zone: ZoneRules(named: graph.settings.timeZone) ?? .utc,
            time: environment.time
        )
    }

    /// The number of nodes with keyed state, which share the slot's memory.
    private var statefulNodes: Int {
        graph.nodes.count { description in
            let inputs = description.inputs.map { graph.nodes[$0.node].outputs[$0.output] }
            return !OperatorFactory.stateDeclarations(description.spec, inputs: inputs).isEmpty
        }
    }

    private func openState(
        _ uid: OperatorUID,
        _ declarations: [StateDeclaration],
        _ node: Int,
        _ persisted: inout [Int: PersistedNode]
    ) throws(OperatorError) -> StateStore? {
        var adopted: [FileReference] = []
        guard !declarations.isEmpty else {
            persisted[node] = PersistedNode(
                uid: uid,
                declarations: [],
                keyGroups: keyGroups,
                adopted: []
            )
            return nil
        }
        let folder = "\(environment.folder)/slot-\(slot)/\(uid)"
        let incoming = "\(environment.folder)/slot-\(slot)/restore-\(uid)"
        var source: RestoreSource?
        do {
            if let restore {
                let reader = CheckpointReader(store: restore.store)
                if let fetched = try reader.fetch(
                    restore.found,
                    uid,
                    keyGroups,
                    declarations,
                    into: incoming
                ) {
                    source = fetched.source
                    // Files of another job's checkpoint are not in this job's folder: they are
                    // uploaded again.
                    let isOwn = restore.found.base == environment.layout.jobFolder
                    adopted = isOwn ? fetched.adopted : []
                }
            }
            let store = try StateStore(
                uid: uid,
                directory: folder,
                declarations: declarations,
                keyGroups: keyGroups,
                maxParallelism: graph.settings.maxParallelism,
                budget: StateBudget(
                    tableBytes: max(1 << 20, environment.stateBytesPerSlot / statefulNodes),
                    sharedBytes: environment.stateBytesPerSlot
                ),
                blockCache: environment.blockCache,
                restore: source
            )
            try LocalFiles.removeAll(incoming)
            persisted[node] = PersistedNode(
                uid: uid,
                declarations: declarations,
                keyGroups: keyGroups,
                adopted: adopted
            )
            return store
        } catch {
            throw OperatorError(WrappedFailure(error))
        }
    }

    /// What all former instances of an operator gave to the checkpoint.
    private func restoredSmallStates(_ uid: OperatorUID) throws(OperatorError) -> [[UInt8]] {
        guard let restore, let snapshot = restore.found.manifest.operatorSnapshot(uid) else {
            return []
        }
        let reader = CheckpointReader(store: restore.store)
        var states: [[UInt8]] = []
        for part in snapshot.parts {
            guard let attachment = part.attachment else { continue }
            do throws(CheckpointError) {
                states.append(try reader.content(attachment, of: restore.found))
            } catch {
                throw OperatorError(error)
            }
        }
        return states
    }
}
