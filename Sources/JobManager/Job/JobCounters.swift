package import JobGraph
package import Operators

/// The counters of a running job, read from any thread.
package struct JobCounters: Sendable {
    package let graph: JobGraph
    private let read: @Sendable () -> [[NodeCounters]]

    /// - Parameters:
    ///   - graph: the dataflow.
    ///   - read: gives the counters of each node, by slot.
    package init(graph: JobGraph, read: @escaping @Sendable () -> [[NodeCounters]]) {
        self.graph = graph
        self.read = read
    }

    /// All counters as they are now.
    package func sample() -> JobSample {
        JobSample(graph: graph, counters: read())
    }
}

/// The counters of a job at one time.
package struct JobSample: Sendable {
    package let graph: JobGraph
    /// Of each node, by slot.
    package let counters: [[NodeCounters]]

    package init(graph: JobGraph, counters: [[NodeCounters]]) {
        self.graph = graph
        self.counters = counters
    }

    /// Rows that sources have sent.
    package var rowsIn: Int64 {
        var total: Int64 = 0
        for slot in counters {
            for (node, counters) in zip(graph.nodes, slot) {
                switch node.spec {
                case .source, .values: total += counters.rowsIn
                default: break
                }
            }
        }
        return total
    }

    /// Rows that sinks have been given.
    package var rowsOut: Int64 {
        var total: Int64 = 0
        for slot in counters {
            for (node, counters) in zip(graph.nodes, slot) {
                if case .sink = node.spec { total += counters.rowsOut }
            }
        }
        return total
    }

    package var lateRows: Int64 { sum(\.lateRows) }

    package var retractionsWithoutRow: Int64 { sum(\.retractionsWithoutRow) }

    package var droppedRows: Int64 { sum(\.droppedRows) }

    /// How far the slowest source is behind the system that it reads; nil if none knows.
    package var lagMicroseconds: Int64? {
        counters.flatMap { $0 }.compactMap(\.lagMicroseconds).max()
    }

    private func sum(_ value: (NodeCounters) -> Int64) -> Int64 {
        counters.reduce(0) { $0 + $1.reduce(0) { $0 + value($1) } }
    }
}
