/// One value of a metric at one moment.
package struct MetricSample: Hashable, Sendable {
    package var metric: Metric
    /// Names and values in the order in which they are shown.
    package var labels: [Label]
    package var value: Double

    /// A label of a sample.
    package struct Label: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(_ metric: Metric, _ value: Double, _ labels: [Label] = []) {
        self.metric = metric
        self.labels = labels
        self.value = value
    }

    package init(_ metric: Metric, _ value: some BinaryInteger, _ labels: [Label] = []) {
        self.init(metric, Double(value), labels)
    }
}

/// A metric: all samples of it make one family in Prometheus' text.
package struct Metric: Hashable, Sendable {
    /// How values of the metric are to be read.
    package enum Kind: String, Hashable, Sendable {
        /// Goes up and down; also what Flink's reporter makes of a counter.
        case gauge
        /// Only grows until the program starts again.
        case counter
    }

    package let name: String
    package let help: String
    package let kind: Kind

    package init(_ name: String, _ help: String, _ kind: Kind = .gauge) {
        self.name = name
        self.help = help
        self.kind = kind
    }
}
