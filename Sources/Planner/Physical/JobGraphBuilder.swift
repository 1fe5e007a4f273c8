import Columnar
import Core
import JobGraph

/// Turns physical nodes into the job graph: numbers them, names them, gives them uids.
struct JobGraphBuilder {
    private var nodes: [JobNode] = []
    private var numbers: [ObjectIdentifier: Int] = [:]
    private var uids: [String: Int] = [:]

    /// The physical node behind each node of the graph, for EXPLAIN.
    private(set) var origins: [PhysicalNode] = []

    mutating func build(_ sinks: [PhysicalNode], _ settings: JobSettings) -> JobGraph {
        for sink in sinks { _ = add(sink) }
        return JobGraph(nodes: nodes, settings: settings)
    }

    /// The position of a node in the graph; its inputs are added before it.
    private mutating func add(_ node: PhysicalNode) -> Int {
        let identity = identity(node)
        if let number = numbers[identity] { return number }
        let edges = node.inputs.map { input in
            JobEdge(node: add(input.node), output: input.output, exchange: input.exchange)
        }
        let number = nodes.count
        numbers[identity] = number
        nodes.append(
            JobNode(
                uid: uid(node),
                name: node.graphTitle,
                spec: spec(node),
                inputs: edges,
                outputs: outputs(node)
            )
        )
        origins.append(node)
        return number
    }

    /// Tables of one source are one node.
    private func identity(_ node: PhysicalNode) -> ObjectIdentifier {
        if case .source(let group, _) = node.kind { return ObjectIdentifier(group) }
        return ObjectIdentifier(node)
    }

    private func outputs(_ node: PhysicalNode) -> [Schema] {
        switch node.kind {
        case .source(let group, _): group.schemas
        case .fixed(.sink): []
        default: [node.schema]
        }
    }

    private func spec(_ node: PhysicalNode) -> NodeSpec {
        switch node.kind {
        case .source(let group, _):
            return .source(SourceSpec(connector: group.connector, requests: group.requests))
        case .fixed(let spec): return spec
        case .changelogNormalize(let spec):
            return .changelogNormalize(
                ChangelogNormalizeSpec(
                    key: spec.key,
                    condition: spec.condition,
                    unchangedMask: spec.unchangedMask,
                    maskBits: spec.maskBits,
                    emitsUpdateBefore: node.mustSendUpdateBefore
                )
            )
        case .groupAggregate(let spec):
            return .groupAggregate(
                GroupAggregateSpec(
                    keys: spec.keys,
                    keyTypes: spec.keyTypes,
                    aggregates: spec.aggregates,
                    inputRetracts: spec.inputRetracts,
                    hasLocalPhase: spec.hasLocalPhase,
                    emitsUpdateBefore: node.mustSendUpdateBefore
                )
            )
        }
    }

    /// `join-3fb28a41`: the kind, and a hash of what the node means; equal ones are numbered.
    private mutating func uid(_ node: PhysicalNode) -> OperatorUID {
        let bytes = Array(node.uidMeaning.utf8)
        let digits = String(Hashing.hash(bytes.span), radix: 16)
        let padded = String(repeating: "0", count: max(0, 16 - digits.count)) + digits
        let base = "\(node.kindName)-\(padded.prefix(10))"
        let count = uids[base, default: 0] + 1
        uids[base] = count
        return OperatorUID(count == 1 ? base : "\(base)-\(count)")
    }
}

extension PhysicalNode {
    /// The title, for a shared source all of its tables.
    var graphTitle: String {
        if case .source(let group, _) = kind { return group.titles.joined(separator: "; ") }
        return title
    }

    /// The meaning with the kind of node; a source means what it is connected to.
    var uidMeaning: String {
        if case .source(let group, _) = kind { return "source \(group.connector) \(group.key)" }
        return "\(kindName) \(meaning)"
    }

    var kindName: String {
        switch kind {
        case .source: "source"
        case .changelogNormalize: "normalize"
        case .groupAggregate: "aggregate"
        case .fixed(let spec):
            switch spec {
            case .source: "source"
            case .values: "values"
            case .watermark: "watermark"
            case .calc: "calc"
            case .dropUpdateBefore: "drop"
            case .changelogNormalize: "normalize"
            case .union: "union"
            case .join: "join"
            case .windowJoin: "windowjoin"
            case .groupAggregate: "aggregate"
            case .localGroupAggregate: "localaggregate"
            case .windowAssign: "window"
            case .windowAggregate: "windowaggregate"
            case .localWindowAggregate: "localwindow"
            case .sinkMaterialize: "materialize"
            case .sink: "sink"
            }
        }
    }
}
