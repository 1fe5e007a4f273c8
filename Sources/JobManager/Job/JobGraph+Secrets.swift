import Connectors
import JobGraph

extension JobGraph {
    /// The graph as checkpoints keep it: readable for whoever reads the folder, so no passwords.
    var withoutSecrets: JobGraph {
        let shown = nodes.map { node -> JobNode in
            let spec: NodeSpec
            switch node.spec {
            case .source(let source):
                spec = .source(
                    SourceSpec(
                        connector: source.connector,
                        requests: source.requests.map {
                            ScanRequest(table: $0.table.withoutSecrets, projection: $0.projection)
                        }
                    )
                )
            case .sink(let sink):
                spec = .sink(
                    SinkSpec(
                        table: sink.table.withoutSecrets,
                        notNull: sink.notNull,
                        length: sink.length
                    )
                )
            default: return node
            }
            return JobNode(
                uid: node.uid,
                name: node.name,
                spec: spec,
                inputs: node.inputs,
                outputs: node.outputs
            )
        }
        return JobGraph(nodes: shown, settings: settings)
    }
}
