import ClusterProtocol
import ManagementAPI
import Transport

extension NetworkFigures {
    /// The figures for Prometheus; every reason is there, so that the first refusal is seen.
    var samples: [MetricSample] {
        let counts: [(metric: Metric, count: Int)] = [
            (NetworkMetrics.framesIn, framesIn), (NetworkMetrics.framesOut, framesOut),
            (NetworkMetrics.bytesIn, bytesIn), (NetworkMetrics.bytesOut, bytesOut),
            (NetworkMetrics.connections, openConnections),
        ]
        let dropped = [
            ("unknown-deployment", droppedOfUnknownDeployment),
            ("unconnected", droppedUnconnected),
        ]
        return counts.map { MetricSample($0.metric, $0.count) }
            + dropped.map { MetricSample(NetworkMetrics.dropped, $0.1, Self.label($0.0)) }
            + RefusalReason.allCases.map { reason in
                MetricSample(
                    NetworkMetrics.refused,
                    refused[reason] ?? 0,
                    Self.label(reason.rawValue)
                )
            }
    }

    private static func label(_ reason: String) -> [MetricSample.Label] {
        [MetricSample.Label("reason", reason)]
    }
}
