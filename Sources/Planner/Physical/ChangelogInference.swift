import JobGraph

/// Finds, from the sinks down, which nodes have to send `-U` rows.
///
/// What needs them: everything that keeps state by row, filters (a row that leaves the filter has
/// to be taken back), and sinks that ask for them. A source that sends them anyway is followed by
/// a node that drops them when nobody does.
struct ChangelogInference {
    private var visited: [ObjectIdentifier: Bool] = [:]

    /// Marks a node and everything below it.
    mutating func require(_ node: PhysicalNode, updateBefore: Bool) {
        let known = visited[ObjectIdentifier(node)]
        if known == true || known == updateBefore { return }
        visited[ObjectIdentifier(node)] = updateBefore
        node.mustSendUpdateBefore = node.mustSendUpdateBefore || updateBefore
        for input in node.inputs {
            require(input.node, updateBefore: needsUpdateBefore(node))
        }
    }

    /// Whether a node needs `-U` rows of its inputs.
    private func needsUpdateBefore(_ node: PhysicalNode) -> Bool {
        switch node.kind {
        case .source: false
        case .changelogNormalize: false
        case .groupAggregate: true
        case .fixed(let spec):
            switch spec {
            case .calc(let calc):
                node.mustSendUpdateBefore || calc.condition != nil
            case .watermark, .union, .windowAssign: node.mustSendUpdateBefore
            case .dropUpdateBefore, .source, .values: false
            case .join, .windowJoin, .windowAggregate, .localWindowAggregate,
                .localGroupAggregate, .sinkMaterialize, .sink, .changelogNormalize,
                .groupAggregate:
                true
            }
        }
    }
}
