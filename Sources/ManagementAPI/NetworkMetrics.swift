/// Metrics of the connections between job managers and task managers; both programs have them.
package enum NetworkMetrics {
    /// Peers and frames that were refused.
    package static let refused = Metric(
        "apus_network_refused_total",
        "Peers and frames that were refused, by the reason.",
        .counter
    )
    /// Frames that were dropped.
    package static let dropped = Metric(
        "apus_network_dropped_frames_total",
        "Data frames of another attempt, and those to a peer without a connection.",
        .counter
    )
    /// Frames that came.
    package static let framesIn = Metric(
        "apus_network_received_frames_total",
        "Frames that came.",
        .counter
    )
    /// Frames that were sent.
    package static let framesOut = Metric(
        "apus_network_sent_frames_total",
        "Frames that were sent.",
        .counter
    )
    /// Bytes that came.
    package static let bytesIn = Metric(
        "apus_network_received_bytes_total",
        "Bytes of frames that came, before TLS.",
        .counter
    )
    /// Bytes that were sent.
    package static let bytesOut = Metric(
        "apus_network_sent_bytes_total",
        "Bytes of frames that were sent, before TLS.",
        .counter
    )
    /// Connections that stand.
    package static let connections = Metric(
        "apus_network_connections",
        "Connections that stand."
    )

    /// All of them, for the documentation and its test.
    package static let all = [
        refused, dropped, framesIn, framesOut, bytesIn, bytesOut, connections,
    ]
}
