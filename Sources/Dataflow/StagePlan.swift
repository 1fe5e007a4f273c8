package import JobGraph

/// How the nodes of a job graph are cut into stages.
///
/// ```
/// source ─▶ calc ─▶ local agg ┄hash┄▶ agg ─▶ calc ─▶ sink
/// └──────── stage 0 ────────┘        └──── stage 1 ────┘
/// ```
///
/// A node joins the stage of its inputs if all of them are forward edges out of one stage; else it
/// is the head of a new stage. So only heads have inputs from outside, and the stages form no
/// cycle: an edge always leads from a lower stage to a higher one.
package struct StagePlan: Sendable {
    /// An edge between two stages.
    package struct Edge: Hashable, Sendable {
        package let from: Int
        package let output: Int
        package let to: Int
        package let input: Int
        package let exchange: Exchange
    }

    /// The nodes of each stage, in topological order; the first is the head.
    package let stages: [[Int]]
    package let stageOfNode: [Int]
    package let edges: [Edge]

    package init(_ graph: JobGraph) {
        var stages: [[Int]] = []
        var stageOfNode: [Int] = []
        var edges: [Edge] = []
        for (index, node) in graph.nodes.enumerated() {
            let upstream = Set(node.inputs.map { stageOfNode[$0.node] })
            let isForward = node.inputs.allSatisfy { $0.exchange == .forward }
            if isForward, upstream.count == 1, let stage = upstream.first {
                stages[stage].append(index)
                stageOfNode.append(stage)
                continue
            }
            stageOfNode.append(stages.count)
            stages.append([index])
            for (input, edge) in node.inputs.enumerated() {
                edges.append(
                    Edge(
                        from: edge.node,
                        output: edge.output,
                        to: index,
                        input: input,
                        exchange: edge.exchange
                    )
                )
            }
        }
        self.stages = stages
        self.stageOfNode = stageOfNode
        self.edges = edges
    }

    /// The positions of the edges that lead into a stage.
    package func edges(into stage: Int) -> [Int] {
        edges.indices.filter { stageOfNode[edges[$0].to] == stage }
    }

    /// The positions of the edges that leave a node.
    package func edges(from node: Int) -> [Int] {
        edges.indices.filter { edges[$0].from == node }
    }

    /// The number under which the channel from a source's threads to its stage goes.
    package func sourceEdge(of node: Int) -> Int { edges.count + node }
}
