package import JobGraph
package import Operators

/// The counters of a running job, read from any thread.
package struct JobCounters: Sendable {
    package let graph: JobGraph
    /// Of each node, by slot.
    package let metrics: [[OperatorMetrics]]

    package init(graph: JobGraph, metrics: [[OperatorMetrics]]) {
        self.graph = graph
        self.metrics = metrics
    }

    /// Rows that sources have sent.
    package var rowsIn: Int64 {
        sum { spec in
            switch spec {
            case .source, .values: true
            default: false
            }
        } of: {
            $0.rowsIn
        }
    }

    /// Rows that sinks have been given.
    package var rowsOut: Int64 {
        sum { spec in
            if case .sink = spec { return true }
            return false
        } of: {
            $0.rowsOut
        }
    }

    package var lateRows: Int64 {
        sum { _ in
            true
        } of: {
            $0.lateRows
        }
    }

    package var retractionsWithoutRow: Int64 {
        sum { _ in
            true
        } of: {
            $0.retractionsWithoutRow
        }
    }

    package var droppedRows: Int64 {
        sum { _ in
            true
        } of: {
            $0.droppedRows
        }
    }

    /// How far the slowest source is behind the system that it reads; nil if none knows.
    package var lagMicroseconds: Int64? {
        metrics.flatMap { $0 }.compactMap(\.lagMicroseconds).max()
    }

    private func sum(
        _ counts: (NodeSpec) -> Bool,
        of value: (OperatorMetrics) -> Int64
    ) -> Int64 {
        var total: Int64 = 0
        for slot in metrics {
            for (node, metrics) in zip(graph.nodes, slot) where counts(node.spec) {
                total += value(metrics)
            }
        }
        return total
    }
}
