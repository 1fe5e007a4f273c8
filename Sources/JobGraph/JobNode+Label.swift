import Columnar

extension JobGraph {
    /// The tables that the rows of a node go to in the end.
    package func tablesBehind(_ node: Int) -> [String] {
        var reached: Set<Int> = [node]
        var names: [String] = []
        // A node stands behind its inputs: one pass finds everything that reads it.
        for (index, candidate) in nodes.enumerated().dropFirst(node) {
            if candidate.inputs.contains(where: { reached.contains($0.node) }) {
                reached.insert(index)
            }
            guard reached.contains(index), case .sink(let spec) = candidate.spec,
                !names.contains(spec.table.name)
            else { continue }
            names.append(spec.table.name)
        }
        return names
    }
}

extension JobNode {
    /// What log lines call the node: for sources and sinks their tables, else the operator.
    package var label: String {
        switch spec {
        case .source(let spec):
            var names: [String] = []
            for request in spec.requests where !names.contains(request.table.name) {
                names.append(request.table.name)
            }
            return names.joined(separator: ", ")
        case .sink(let spec): return spec.table.name
        default: return name
        }
    }

    /// What messages about checkpoints call the node: what it is, and the uid of its state.
    package var titleWithUID: String {
        let title =
            switch spec {
            case .source: "source of \(label)"
            case .sink: "sink \(label)"
            default: name
            }
        return "\(title) (uid \(uid))"
    }
}
